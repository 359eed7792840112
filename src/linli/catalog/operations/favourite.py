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
NEWS_HOURS, MOST_BATCHES = 24, 20

# What a product can be had for now: the cheapest variant of which there is something; null for nothing, and when it is not on sale.
_HAD = """(select min(o.price_fen) from catalog_sku s join catalog_offer o on o.sku_id = s.id and o.is_active
             join catalog_stock t on t.sku_id = s.id
            where s.product_id = p.id and p.state = 'on_sale' and t.available_count > 0)"""
# By products, which are few: of those who want news, whom there is something to tell, and what has gone out since.
_NEWS = f"""
with watched as (select distinct product_id from catalog_favourite where wants_news),
     now as (select p.id as product_id, {_HAD} as had_fen from catalog_product p join watched w on w.product_id = p.id)
select f.id from catalog_favourite f join now n on n.product_id = f.product_id
 where f.wants_news and f.id <> all(%(aside)s::bigint[])
   and case when n.had_fen is null then not f.is_out
            else (f.is_out or n.had_fen < f.told_fen) and (f.told_at is null or f.told_at <= %(before)s) end
 order by f.id limit %(most)s for no key update of f skip locked
"""


def keep_favourite(*, member_id: int, product_id: int, wants_news: bool, at: datetime) -> None:
    """Keep a product on sale, or say of a kept one whether news are wanted: from then on. Refuses: favourites_full, not_for_sale."""
    with transaction.atomic():
        sql.rows("select pg_advisory_xact_lock(7310, %s::int)", (member_id % 2**31,))
        known = sql.rows(
            f"""update catalog_favourite f set wants_news = %(news)s,
                       told_fen = case when %(news)s and not f.wants_news then coalesce({_HAD}, f.told_fen) else f.told_fen end,
                       is_out = case when %(news)s and not f.wants_news then {_HAD} is null else f.is_out end
                  from catalog_product p where p.id = f.product_id and f.member_id = %(member)s and f.product_id = %(product)s
                returning f.id""",
            {"news": wants_news, "member": member_id, "product": product_id},
        )
        if known:
            return
        if Favourite.objects.filter(member_id=member_id).count() >= MOST_FAVOURITES:
            raise Refusal("favourites_full")
        kept = sql.rows(
            f"""insert into catalog_favourite (member_id, product_id, noted_fen, wants_news, told_fen, is_out, kept_at)
                select %s, p.id, p.price_fen, %s, coalesce({_HAD}, p.price_fen), {_HAD} is null, %s
                  from catalog_product p where p.id = %s and p.state = 'on_sale' returning id""",
            (member_id, wants_news, at, product_id),
        )
        if not kept:
            raise Refusal("not_for_sale")


def drop_favourite(*, member_id: int, product_id: int) -> None:
    """Keep it no more; what was not kept stays so."""
    Favourite.objects.filter(member_id=member_id, product_id=product_id).delete()


def note_footprint(*, member_id: int, product_id: int, at: datetime) -> None:
    """A member looked at a product; within a minute of the last look nothing is written. What lies behind the newest
    MOST_FOOTPRINTS is forgotten."""
    sql.rows(
        """with tail as (select id from catalog_footprint where member_id = %(member)s order by seen_at desc offset %(most)s),
                gone as (delete from catalog_footprint f using tail where f.id = tail.id)
           insert into catalog_footprint (member_id, product_id, seen_at) values (%(member)s, %(product)s, %(at)s)
           on conflict (member_id, product_id) do update set seen_at = excluded.seen_at
            where catalog_footprint.seen_at < excluded.seen_at - interval '1 minute'""",
        {"member": member_id, "product": product_id, "at": at, "most": MOST_FOOTPRINTS - 1},
    )


def clear_footprints(*, member_id: int) -> None:
    """Forget what a member looked at."""
    Footprint.objects.filter(member_id=member_id).delete()


def forget_footprints(*, at: datetime) -> int:
    """What was looked at more than FOOTPRINT_DAYS ago. Returns how many."""
    return Footprint.objects.filter(seen_at__lt=at - timedelta(days=FOOTPRINT_DAYS)).delete()[0]


def tell_news(*, at: datetime) -> int:
    """Tell members who asked what became cheaper and what can be had again, of one product once in NEWS_HOURS at most. Returns how
    many favourites were looked at."""
    parameters = {"before": at - timedelta(hours=NEWS_HOURS)}
    done = 0
    for _ in range(MOST_BATCHES):
        some = work_off("catalog.tell_news", _NEWS, partial(_tell, at=at), at=at, parameters=parameters)
        done += some
        if not some:
            break
    return done


def _tell(favourite_ids: Sequence[int], *, at: datetime) -> None:
    rows = sql.rows(
        f"""with now as (
              select f.id, f.member_id, p.id as product_id, p.title, f.told_fen, f.is_out, {_HAD} as had_fen
                from catalog_favourite f join catalog_product p on p.id = f.product_id where f.id = any(%(ids)s::bigint[])),
            news as (select * from now where had_fen is not null and (is_out or had_fen < told_fen)),
            noted as (
              update catalog_favourite f set is_out = n.had_fen is null, told_fen = least(f.told_fen, coalesce(n.had_fen, f.told_fen)),
                     told_at = case when exists (select 1 from news where news.id = f.id) then %(at)s else f.told_at end
                from now n where f.id = n.id)
            select * from news order by id""",
        {"ids": list(favourite_ids), "at": at},
    )
    told = [
        Told(
            row.member_id,
            "price_dropped" if row.had_fen < row.told_fen else "back_in_stock",
            f"{row.product_id}:{at.isoformat()}",
            f"/p/{row.product_id}",
            {"title": row.title, "fen": row.had_fen},
        )
        for row in rows
    ]
    tell_members(told, at=at)
