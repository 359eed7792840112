"""Every queue: one row that cannot be handled is set aside alone, its neighbour is done, and later it is done too.

The poison is a trigger of the database that refuses to write one row, as a fault of ours or a value too long would.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection

from factories.campaign import claimed, group_request, make_batch_of, make_campaign_of
from factories.community import join, make_community, membership, neighbour
from factories.shop import make_member, make_owner, make_sku, paid_order, placed, received_order, request
from linli.campaigns.models import Group, PointGrant
from linli.campaigns.operations.coupon import expire_coupons
from linli.campaigns.operations.group import expire_groups
from linli.campaigns.operations.points import check_in, expire_points
from linli.community.models import Membership
from linli.community.operations.join import admit_queued
from linli.community.operations.silence import step_down_the_silent
from linli.core import events, work
from linli.core.actor import SYSTEM, Actor
from linli.core.clock import shop_day
from linli.core.invariants import nothing_is_set_aside
from linli.core.models import SetAside
from linli.distribution.models import TierChange
from linli.distribution.operations.tier import apply_tier_changes
from linli.trade.operations.aftersale import AskedLine, ask_aftersale, decide_at_deadline
from linli.trade.operations.cancel_order import close_unpaid_orders
from linli.trade.operations.complete_order import complete_orders
from linli.trade.operations.deliver_order import receive_after_time, ship_order

pytestmark = pytest.mark.django_db
LATER = timedelta(days=40)


@contextmanager
def poisoned(table: str, row_id: int) -> Iterator[None]:
    """Nobody can change one row of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""create or replace function poison() returns trigger language plpgsql as $$
                begin if old.id = {row_id} then raise exception 'row {row_id} is poisoned'; end if; return new; end $$"""
        )
        cursor.execute(
            f"create trigger poison before update on {table} for each row execute function poison()"
        )
        yield
        cursor.execute(f"drop trigger poison on {table}")


def unpaid(at: datetime) -> list[int]:
    """Without a charge: nobody has chosen how to pay."""
    asked = [replace(request(make_member(at), (make_sku(at), 1)), charge_gateway="") for _ in range(2)]
    return [placed(at, one).orders[0].order_id for one in asked]


def wishes(at: datetime) -> list[int]:
    made = []
    for _ in range(2):
        order = paid_order(at, request(make_member(at), (make_sku(at), 1)))
        asked = [AskedLine(order.lines.get().pk)]
        buyer = Actor(member_id=order.member_id)
        made.append(
            ask_aftersale(order=order, kind="refund", reason="坏了", lines=asked, actor=buyer, at=at).pk
        )
    return made


def shipped(at: datetime) -> list[int]:
    orders = [paid_order(at, request(make_member(at), (make_sku(at), 1))) for _ in range(2)]
    for n, order in enumerate(orders):
        ship_order(order=order, carrier="顺丰速运", tracking_no=f"SF000{n}", actor=SYSTEM, at=at)
    return [order.pk for order in orders]


def received(at: datetime) -> list[int]:
    return [received_order(at, request(make_member(at), (make_sku(at), 1))).pk for _ in range(2)]


def groups(at: datetime) -> list[int]:
    for _ in range(2):
        paid_order(at, group_request(make_member(at), make_campaign_of(make_sku(at), at)))
    return sorted(Group.objects.values_list("pk", flat=True))


def coupons(at: datetime) -> list[int]:
    made = make_batch_of(at)
    return [claimed(made, make_member(at), at).pk for _ in range(2)]


def points(at: datetime) -> list[int]:
    for _ in range(2):
        check_in(member_id=make_member(at).pk, at=at)
    PointGrant.objects.update(expires_at=at + timedelta(days=1))
    return sorted(PointGrant.objects.values_list("pk", flat=True))


def tiers(at: datetime) -> list[int]:
    return [
        TierChange.objects.create(
            owner=make_owner(at),
            from_tier="ordinary",
            to_tier="ordinary",
            evidence_fen=0,
            decided_at=at,
            effective_at=at,
        ).pk
        for _ in range(2)
    ]


def silent(at: datetime) -> list[int]:
    community = make_community(at)
    return [membership(community, neighbour(community, at)).pk for _ in range(2)]


def queued(at: datetime) -> list[int]:
    """Two communities with somebody in line each, since they took in one today."""
    made = [make_community(at, daily_intake=1) for _ in range(2)]
    for community in made:
        neighbour(community, at)
        join(community, make_member(at), at)
    return [community.pk for community in made]


QUEUES = {
    "trade.close_unpaid_orders": ("trade_order", unpaid, close_unpaid_orders),
    "trade.decide_aftersales": ("trade_aftersale", wishes, decide_at_deadline),
    "trade.receive_orders": ("trade_order", shipped, receive_after_time),
    "trade.complete_orders": ("trade_order", received, complete_orders),
    "campaigns.expire_groups": ("campaigns_group", groups, expire_groups),
    "campaigns.expire_coupons": ("campaigns_coupon", coupons, expire_coupons),
    "campaigns.expire_points": ("campaigns_pointgrant", points, expire_points),
    "distribution.apply_tier_changes": ("distribution_tierchange", tiers, apply_tier_changes),
    "community.step_down_the_silent": ("community_membership", silent, step_down_the_silent),
    "community.admit_queued": ("community_community", queued, admit_queued),
}


@pytest.mark.parametrize("queue", QUEUES)
def test_one_poisoned_row_stops_no_neighbour_and_is_done_later(at: datetime, queue: str) -> None:
    table, fill, run = QUEUES[queue]
    [bad, _] = fill(at)
    later = at + LATER
    with poisoned(table, bad):
        done = run(at=later)
        assert done == 1, "the neighbour"
        assert run(at=later + timedelta(minutes=1)) == 0, "neither again at once"
    assert SetAside.objects.values_list("queue", "item", "tries").get() == (queue, bad, 1)
    [said] = nothing_is_set_aside()
    assert queue in said and "poisoned" in said
    assert run(at=later + timedelta(minutes=6)) == 1
    assert (SetAside.objects.count(), run(at=later + timedelta(minutes=7))) == (0, 0)


def test_a_row_that_fails_again_waits_longer_each_time_and_a_day_at_most(at: datetime) -> None:
    waits = []
    for _ in range(12):
        work.set_aside("q", [(1, ValueError("a\0b"))], at=at)
        waits.append(SetAside.objects.get().next_try_at - at)
    minutes = [wait.total_seconds() / 60 for wait in waits]
    assert minutes == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]
    assert SetAside.objects.get().error == "ValueError('a\\x00b')"


def test_halving_finds_every_bad_one_and_hands_over_every_good_one() -> None:
    done: list[int] = []

    def take(items: list[int]) -> None:
        if any(n % 7 == 0 for n in items):
            raise ValueError
        done.extend(items)

    failed = work.each_apart(range(1, 50), take)
    assert [n for n, _ in failed] == [7, 14, 21, 28, 35, 42, 49]
    assert done == [n for n in range(1, 50) if n % 7]


def test_a_lost_connection_is_nobodys_fault() -> None:
    def take(items: list[int]) -> None:
        raise OperationalError("the connection is lost")

    with pytest.raises(OperationalError):
        work.each_apart([1, 2], take)
    assert SetAside.objects.count() == 0


def test_of_501_lines_the_last_one_moves_too(at: datetime) -> None:
    """A line before a closed door keeps nobody behind it waiting."""
    full = [make_community(at, daily_intake=1) for _ in range(work.AT_ONCE)]
    entering = make_community(at, daily_intake=2)
    waiting = [make_member(at) for _ in (*full, entering)]
    Membership.objects.bulk_create(
        Membership(community=community, member=member, state="queued", asked_at=at, seen_at=at)
        for community, member in zip([*full, entering], waiting, strict=True)
    )
    came = [make_member(at) for _ in full]
    Membership.objects.bulk_create(
        Membership(community=c, member=m, state="active", asked_at=at, seen_at=at, joined_on=shop_day(at))
        for c, m in zip(full, came, strict=True)
    )
    assert admit_queued(at=at) == 1
    assert membership(entering, waiting[-1]).state == "active"


@events.event
class Sang:
    """A bird sang."""

    n: int


sung: list[int] = []


@events.on(Sang)
def hear_songs(happened: list[Sang]) -> None:
    """Cannot stand 13."""
    if any(song.n == 13 for song in happened) and not forgiving:
        raise ValueError("13")
    sung.extend(song.n for song in happened)


forgiving: list[bool] = []


def test_an_event_that_cannot_be_taken_or_read_stops_no_other(at: datetime) -> None:
    sung.clear()
    forgiving.clear()
    events.publish([Sang(n) for n in (12, 13, 14)])
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into core_event (xid, kind, payload, created_at) values (pg_current_xact_id(), 'core.Sang', '[1]', now())"
        )
    events.publish([Sang(15)])
    assert events.deliver("core.hear_songs") == 5
    assert sung == [12, 14, 15]
    assert SetAside.objects.filter(queue=events.queue_of("core.hear_songs")).count() == 2
    forgiving.append(True)
    events.retry_events(at=at + timedelta(minutes=6))
    assert (sung, SetAside.objects.count()) == ([12, 14, 15, 13], 1)
    SetAside.objects.all().delete()
