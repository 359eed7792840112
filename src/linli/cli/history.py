"""Real group buys as input: «BeiBei» (Zhang et al., ICDE 2021), 332,826 groups that filled and 211,291 that failed, replayed
through the operations that people use. Each line: initiator, product, participants; a line without participants failed."""

import gzip
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django
from django.db import transaction

from linli.cli.input import BadInput
from linli.core import clock, events, sql

AT_ONCE = 1000
PART = 4000
WORKERS = 2
MEMBERS_AT_ONCE = 10_000
PRODUCTS_AT_ONCE = 2000
PRICE_FEN, GROUP_FEN = 9_900, 7_900
HOURS = 24
Campaigns = dict[tuple[int, int], int]


@dataclass(frozen=True)
class Record:
    """One group of the file: who opened it, for what, and who came."""

    initiator: int
    product: int
    participants: tuple[int, ...]

    @property
    def seats(self) -> int:
        """A group that failed had two seats at least, and one of them stayed empty."""
        return max(1 + len(self.participants), 2)


def read_history(path: Path, *, limit: int = 0) -> list[Record]:
    """The groups of a file, or of all *.txt.gz of a folder, so many of each at most (0: all). Raises BadInput with the line."""
    files = sorted(path.glob("*.txt.gz")) if path.is_dir() else [path]
    if not files:
        raise BadInput(f"there is no *.txt.gz in {path}")
    records: list[Record] = []
    for file in files:
        each = limit // len(files) if limit else 0
        records += list(_records(file, each))
    return records


def _records(file: Path, limit: int) -> Iterator[Record]:
    try:
        with gzip.open(file, "rt") if file.suffix == ".gz" else file.open() as lines:
            for number, line in enumerate(lines, start=1):
                if limit and number > limit:
                    return
                cells = line.split()
                if len(cells) < 2 or not all(cell.isascii() and cell.isdigit() for cell in cells):
                    raise BadInput(
                        f"{file.name} line {number}: wanted are initiator, product, participants as numbers"
                    )
                initiator, product, *others = map(int, cells)
                participants = tuple(dict.fromkeys(one for one in others if one != initiator))
                yield Record(initiator, product, participants)
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise BadInput(f"{file} cannot be read: {error}") from None


def import_history(path: Path, *, limit: int = 0) -> int:
    """Replay a history; prints how many groups a second. Exit 1 when a group did not end as the file says."""
    records = read_history(path, limit=limit)
    at = clock.now()
    began = time.monotonic()
    town = _make_town(records, at)
    print(
        f"{len(town.members)} members, {len(town.campaigns)} group buys made in {time.monotonic() - began:.0f} s",
        file=sys.stderr,
    )
    began = time.monotonic()
    groups = _replay_all(records, town, at)
    events.deliver_all()
    refunded = _expire(at + timedelta(hours=HOURS))
    took = time.monotonic() - began
    wrong = _compare(groups)
    filled = sum(1 for record in records if record.participants)
    print(
        f"\n{len(records)} groups, {filled} filled, {len(records) - filled} failed, {refunded} seats refunded, in {took:.0f} s: {len(records) / took:,.0f} groups/s"
    )
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def _replay_all(records: Sequence[Record], town: "_Town", at: datetime) -> dict[int, Record]:
    """Replay in two processes, as two workers of a site would; returns the groups with the records that they came of."""
    parts = [records[start : start + PART] for start in range(0, len(records), PART)]
    began, done = time.monotonic(), 0
    groups: dict[int, Record] = {}
    with ProcessPoolExecutor(
        WORKERS, get_context("spawn"), _begin_worker, (town.members, town.skus, town.campaigns, at)
    ) as pool:
        for part, made in zip(parts, pool.map(_replay_part, parts), strict=True):
            groups |= made
            done += len(part)
            rate = done / max(time.monotonic() - began, 0.001)
            print(f"\r{done} of {len(records)} groups, {rate:,.0f}/s   ", end="", file=sys.stderr, flush=True)
    return groups


def _begin_worker(members: dict[int, int], skus: dict[int, int], campaigns: Campaigns, at: datetime) -> None:
    """A worker knows the town that the parent has made."""
    django.setup()
    _worker.append((_Town(members, skus, campaigns), at))


def _replay_part(records: Sequence[Record]) -> dict[int, Record]:
    [(town, at)] = _worker
    groups: dict[int, Record] = {}
    for start in range(0, len(records), AT_ONCE):
        groups |= town.replay(records[start : start + AT_ONCE], at)
    return groups


# What a worker process was begun with.
_worker: list[tuple["_Town", datetime]] = []


def _make_town(records: Sequence[Record], at: datetime) -> "_Town":
    """Members, products and group buys of a history."""
    people = {record.initiator for record in records} | {one for r in records for one in r.participants}
    skus = _products(sorted({record.product for record in records}), at)
    campaigns = _campaigns(sorted({(r.product, r.seats) for r in records}), skus, at)
    return _Town(_members(sorted(people), at), skus, campaigns)


@dataclass(frozen=True)
class _Town:
    """The members, skus and campaigns of a history, by the numbers of its file."""

    members: dict[int, int]
    skus: dict[int, int]
    campaigns: Campaigns

    def replay(self, records: Sequence[Record], at: datetime) -> dict[int, Record]:
        """Everybody opens their group; then everybody joins; then all pay, as the gateway tells. Returns the groups."""
        opened = self._place([(record, record.initiator, 0) for record in records], at)
        groups = [one.orders[0].group_id for one in opened]
        joining = [
            (record, member, group_id)
            for record, group_id in zip(records, groups, strict=True)
            for member in record.participants
        ]
        joined = self._place(joining, at)
        _pay([one.charge_no for one in (*opened, *joined)], at)
        return dict(zip(groups, records, strict=True))

    def _place(self, wanted: Sequence[tuple[Record, int, int]], at: datetime) -> list[Any]:
        from linli.campaigns.types import Choice  # inline: needs Django's apps
        from linli.trade.operations.place_order import place_orders
        from linli.trade.types import Basket, Line, Placed, PlaceRequest

        address = {"name": "BeiBei", "phone": "13800000000", "region": "330102", "detail": "BeiBei"}
        requests = [
            PlaceRequest(
                Basket(
                    self.members[member],
                    (Line(self.skus[record.product], 1),),
                    choice=Choice(self.campaigns[record.product, record.seats], group_id),
                ),
                address,
                charge_gateway="sandbox",
            )
            for record, member, group_id in wanted
        ]
        placed = place_orders(requests, at=at)
        refused = next((one for one in placed if not isinstance(one, Placed)), None)
        if refused:
            raise BadInput(f"a seat was refused: {refused}")
        return placed


def _compare(groups: dict[int, Record]) -> list[str]:
    """Where a group did not end as the file says: its state, and its seats refunded or sold."""
    rows = sql.rows(
        """select g.id, g.state, count(*) filter (where s.state = 'won' and o.state = 'paid') as sold,
                  count(*) filter (where s.state = 'lost' and o.state = 'refunded' and o.refunded_fen = o.total_fen and r.state = 'succeeded') as refunded
             from campaigns_group g join campaigns_seat s on s.group_id = g.id join trade_order o on o.order_no = s.order_no
             left join payments_refund r on r.order_no = o.order_no where g.id = any(%s::bigint[]) group by g.id""",
        (list(groups),),
    )
    wrong = []
    for row in rows:
        record = groups[row.id]
        came = 1 + len(record.participants)
        wanted = ("full", came, 0) if record.participants else ("failed", 0, 1)
        if (row.state, row.sold, row.refunded) != wanted:
            wrong.append(f"group {row.id} of {record}: {row.state}, {row.sold} sold, {row.refunded} refunded")
    if len(rows) != len(groups):
        wrong.append(f"{len(groups)} groups were replayed, {len(rows)} are there")
    return wrong[:20]


def _members(people: Sequence[int], at: datetime) -> dict[int, int]:
    from linli.members.models import Member  # inline: needs Django's apps

    found: dict[int, int] = {}
    for start in range(0, len(people), MEMBERS_AT_ONCE):
        part = people[start : start + MEMBERS_AT_ONCE]
        made = Member.objects.bulk_create(
            Member(phone=f"beibei{one}", name=f"贝友{one}", created_at=at, password="!") for one in part
        )
        found |= {one: member.pk for one, member in zip(part, made, strict=True)}
    return found


def _products(products: Sequence[int], at: datetime) -> dict[int, int]:
    from linli.catalog.models import Category, Sku  # inline: needs Django's apps
    from linli.catalog.operations.product import add_products
    from linli.catalog.types import ProductDraft, SkuDraft
    from linli.merchants.models import Merchant

    merchant = Merchant.objects.create(name="BeiBei", created_at=at)
    category, _ = Category.objects.get_or_create(name="BeiBei", parent=None)
    found: dict[int, int] = {}
    for start in range(0, len(products), PRODUCTS_AT_ONCE):
        part = products[start : start + PRODUCTS_AT_ONCE]
        drafts = [
            ProductDraft(
                merchant.pk,
                category.pk,
                f"贝店商品 {one}",
                (SkuDraft(("一件",), PRICE_FEN, 1500, 100_000_000),),
            )
            for one in part
        ]
        ids = add_products(drafts, at=at)
        skus = dict(Sku.objects.filter(product__in=ids).values_list("product_id", "pk"))
        found |= {one: skus[product_id] for one, product_id in zip(part, ids, strict=True)}
    return found


def _campaigns(wanted: Sequence[tuple[int, int]], skus: dict[int, int], at: datetime) -> Campaigns:
    from linli.campaigns.operations.campaign import make_campaign  # inline: needs Django's apps
    from linli.campaigns.rules.campaign import CampaignDraft
    from linli.catalog.models import Sku
    from linli.core.actor import SYSTEM

    rows = Sku.objects.select_related("product").in_bulk(list(skus.values()))

    def make(product: int, seats: int) -> int:
        sku = rows[skus[product]]
        draft = CampaignDraft(
            kind="group_buy", sku_id=sku.pk, price_fen=GROUP_FEN, list_fen=PRICE_FEN, stock_count=1_000_000,
            seats=seats, hours=HOURS, starts_at=at, ends_at=at + timedelta(days=30),
        )  # fmt: skip
        return make_campaign(draft=draft, sku=sku, actor=SYSTEM, at=at).pk

    made: Campaigns = {}
    for start in range(0, len(wanted), PRODUCTS_AT_ONCE):
        with transaction.atomic():
            made |= {key: make(*key) for key in wanted[start : start + PRODUCTS_AT_ONCE]}
    return made


def _pay(charge_nos: Sequence[str], at: datetime) -> None:
    from linli.payments.models import Charge  # inline: needs Django's apps
    from linli.payments.operations.notice import store_checked
    from linli.payments.types import GatewayNotice

    charges = Charge.objects.filter(charge_no__in=charge_nos)
    notices = [
        GatewayNotice(f"C{c.charge_no}", "payment", c.charge_no, "success", c.amount_fen, c.charge_no, at)
        for c in charges
    ]
    store_checked("sandbox", notices, at=at)
    events.deliver_all()


def _expire(at: datetime) -> int:
    """The time of all groups that did not fill is over; every refund is told as done by the gateway. Returns how many."""
    from linli.campaigns.operations.group import expire_groups  # inline: needs Django's apps
    from linli.payments.models import Refund
    from linli.payments.operations.notice import store_checked
    from linli.payments.types import GatewayNotice

    done = 0
    while expire_groups(at=at):
        events.deliver_all()
        refunds = list(Refund.objects.filter(state="waiting"))
        notices = [
            GatewayNotice(f"R{r.refund_no}", "refund", r.refund_no, "success", r.amount_fen, r.refund_no, at)
            for r in refunds
        ]
        store_checked("sandbox", notices, at=at)
        done += len(refunds)
    return done
