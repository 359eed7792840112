"""Favourites and footprints: kept by members for themselves, told of when they asked to be."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from linli.catalog.models import Favourite, Footprint
from linli.channels.operations import Told, tell_members
from linli.core import sql
from linli.core.refusal import Refusal
from linli.core.work import work_off

MOST_FAVOURITES = 500
FOOTPRINT_DAYS, MOST_FOOTPRINTS = 90, 200

_HAD = """exists (select 1 from catalog_sku s join catalog_offer o on o.sku_id = s.id and o.is_active
                    join catalog_stock t on t.sku_id = s.id where s.product_id = p.id and t.available_count > 0)"""
# Of those who want news: what became cheaper, came back, or went out.
_NEWS = f"""
select f.id from catalog_favourite f join catalog_product p on p.id = f.product_id and p.state = 'on_sale'
 where f.wants_news and f.id <> all(%(aside)s::bigint[])
   and (p.price_fen < f.noted_fen and {_HAD} or f.is_out = {_HAD}) order by f.id limit %(most)s for no key update of f skip locked
"""


def keep_favourite(*, member_id: int, product_id: int, wants_news: bool, at: datetime) -> None:
    """Keep a product on sale, or say of a kept one whether news are wanted. Refuses: favourites_full, not_for_sale."""
    with transaction.atomic():
        sql.rows("select pg_advisory_xact_lock(7310, %s::int)", (member_id % 2**31,))
        mine = Favourite.objects.filter(member_id=member_id)
        if mine.filter(product_id=product_id).update(wants_news=wants_news):
            return
        if mine.count() >= MOST_FAVOURITES:
            raise Refusal("favourites_full")
        kept = sql.rows(
            f"""insert into catalog_favourite (member_id, product_id, noted_fen, is_out, wants_news, kept_at)
                select %s, p.id, p.price_fen, not {_HAD}, %s, %s from catalog_product p where p.id = %s and p.state = 'on_sale'
                returning id""",
            (member_id, wants_news, at, product_id),
        )
        if not kept:
            raise Refusal("not_for_sale")


def drop_favourite(*, member_id: int, product_id: int) -> None:
    """Keep it no more; what was not kept stays so."""
    Favourite.objects.filter(member_id=member_id, product_id=product_id).delete()


def note_footprint(*, member_id: int, product_id: int, at: datetime) -> None:
    """A member looked at a product; within a minute of the last look nothing is written."""
    sql.rows(
        """insert into catalog_footprint (member_id, product_id, seen_at) values (%s, %s, %s)
           on conflict (member_id, product_id) do update set seen_at = excluded.seen_at
            where catalog_footprint.seen_at < excluded.seen_at - interval '1 minute'""",
        (member_id, product_id, at),
    )


def clear_footprints(*, member_id: int) -> None:
    """Forget what a member looked at."""
    Footprint.objects.filter(member_id=member_id).delete()


def forget_footprints(*, at: datetime) -> int:
    """What is older than FOOTPRINT_DAYS, and of each member what lies behind the newest MOST_FOOTPRINTS. Returns how many."""
    return sql.rows(  # type: ignore[no-any-return]
        """with gone as (
             delete from catalog_footprint where seen_at < %s or id in (
               select id from (select id, row_number() over (partition by member_id order by seen_at desc) as place
                                 from catalog_footprint) f where place > %s) returning 1)
           select count(*)::int as count from gone""",
        (at - timedelta(days=FOOTPRINT_DAYS), MOST_FOOTPRINTS),
    )[0].count


def tell_news(*, at: datetime) -> int:
    """Tell members who asked what became cheaper and what can be had again. Returns how many favourites were looked at."""
    return work_off("catalog.tell_news", _NEWS, partial(_tell, at=at), at=at)


def _tell(favourite_ids: Sequence[int], *, at: datetime) -> None:
    rows = sql.rows(
        f"""with news as (
              select f.id, f.member_id, p.id as product_id, p.title, p.price_fen, f.noted_fen, f.is_out, {_HAD} as is_had
                from catalog_favourite f join catalog_product p on p.id = f.product_id where f.id = any(%s::bigint[])),
            noted as (
              update catalog_favourite f set is_out = not n.is_had,
                     noted_fen = case when n.is_had then least(f.noted_fen, n.price_fen) else f.noted_fen end
                from news n where f.id = n.id)
            select * from news where is_had order by id""",
        (list(favourite_ids),),
    )
    told = [
        Told(
            row.member_id,
            "price_dropped" if row.price_fen < row.noted_fen else "back_in_stock",
            f"{row.product_id}:{at.isoformat()}",
            f"/p/{row.product_id}",
            {"title": row.title, "fen": row.price_fen},
        )
        for row in rows
    ]
    tell_members(told, at=at)
