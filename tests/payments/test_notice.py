"""A gateway's notice that cannot be read or handled stands alone: it is kept for a person, and the next right one pays."""

import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from factories.shop import make_member, make_sku, placed, request
from linli.core import events, sql
from linli.core.invariants import nothing_is_set_aside
from linli.core.models import SetAside
from linli.payments.adapters.sandbox import sign
from linli.payments.models import Notice
from linli.payments.operations.notice import RawNotice, handle_notices, take_notices
from linli.payments.types import MOST_TEXT, UnreadableNotice, read_notice
from linli.trade.models import Order
from linli.web.root import taking

pytestmark = [pytest.mark.django_db, pytest.mark.capability("G2")]


def notice(charge_no: str, moment: datetime, **changed: Any) -> dict[str, Any]:
    return {
        "notice_id": f"N{charge_no}",
        "topic": "payment",
        "number": charge_no,
        "state": "success",
        "amount_fen": 19_900,
        "gateway_no": f"T{charge_no}",
        "at": moment.isoformat(),
    } | changed


def signed(told: Any) -> RawNotice:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    stamp = str(int(time.time()))
    headers = {
        "X-Sandbox-Time": stamp,
        "X-Sandbox-Nonce": "n",
        "X-Sandbox-Signature": sign(settings.ENVIRONMENT.sandbox_secret, stamp, "n", body),
    }
    return RawNotice("sandbox", headers, body)


HOSTILE = [
    {"gateway_no": "9" * (MOST_TEXT + 1)},
    {"gateway_no": "a\0b"},
    {"number": "a\0b"},
    {"number": "\ud800"},
    {"notice_id": "n" * (MOST_TEXT + 1)},
    {"notice_id": ""},
    {"amount_fen": 10**300},
    {"amount_fen": 1e400},
    {"amount_fen": 19_900.9},
    {"amount_fen": True},
    {"amount_fen": "19900"},
    {"amount_fen": -1},
    {"at": "0001-01-01T00:00:00+14:00"},
    {"at": "9999-12-31T23:59:59+00:00"},
    {"at": "2026-11-28T10:00:00"},
    {"at": "yesterday"},
    {"at": None},
    {"topic": "present"},
    {"state": "perhaps"},
    {"state": None},
]
BODIES = [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 40_000, b'{"notice_id": "N"']


@pytest.mark.usefixtures("holds")
@pytest.mark.parametrize("bad", [*HOSTILE, *BODIES], ids=lambda bad: repr(bad)[:40])
def test_a_bad_notice_is_kept_for_a_person_and_the_next_one_pays(at: datetime, bad: Any) -> None:
    [first, second] = [placed(at, request(make_member(at), (make_sku(at), 1))) for _ in range(2)]
    told = bad if isinstance(bad, bytes) else notice(first.charge_no, at, **bad)
    assert take_notices([signed(told), signed(notice(second.charge_no, at))], at=at) == [True, True]
    assert take_notices([signed(told)], at=at) == [True], "sent again, it is the same"
    events.deliver_all()
    states = {order.order_no: order.state for order in Order.objects.all()}
    assert states == {first.orders[0].order_no: "pending_payment", second.orders[0].order_no: "paid"}
    [kept] = Notice.objects.filter(state="refused")
    assert kept.why.startswith("unreadable: ") and bytes(kept.body) == signed(told).body
    assert Notice.objects.filter(state="received").count() == 0


@pytest.mark.usefixtures("holds")
@pytest.mark.parametrize("days", [-9400, -1, 1, 1200])
def test_money_does_not_move_before_it_is_asked_for_nor_to_come(at: datetime, days: int) -> None:
    [first, second] = [placed(at, request(make_member(at), (make_sku(at), 1))) for _ in range(2)]
    told = notice(first.charge_no, at + timedelta(days=days))
    assert take_notices([signed(told), signed(notice(second.charge_no, at))], at=at) == [True, True]
    events.deliver_all()
    states = {order.order_no: order.state for order in Order.objects.all()}
    assert states == {first.orders[0].order_no: "pending_payment", second.orders[0].order_no: "paid"}
    assert "before it was asked for, or to come" in Notice.objects.get(state="refused").why


def test_a_trade_number_longer_than_ours_is_taken(at: datetime) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    taking.ask(signed(notice(made.charge_no, at, gateway_no="4" * 65)))
    events.deliver_all()
    assert Order.objects.get().state == "paid"


@given(
    told=st.dictionaries(
        st.sampled_from(["notice_id", "topic", "number", "state", "amount_fen", "gateway_no", "at", "more"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
    )
)
@hypothesis_settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_the_reader_takes_or_refuses_and_never_breaks(told: dict[str, Any]) -> None:
    try:
        read = read_notice(told)
    except UnreadableNotice:
        return
    assert read.at.tzinfo is not None and type(read.amount_fen) is int


def test_a_notice_that_cannot_be_handled_is_set_aside_and_tried_again(at: datetime) -> None:
    """A fault of ours (here: a trigger that refuses one charge) keeps its notice waiting, alone, and verify says so."""
    [first, second] = [placed(at, request(make_member(at), (make_sku(at), 1))) for _ in range(2)]
    sql.rows(
        f"""create function poison() returns trigger language plpgsql as $$
            begin if new.charge_no = '{first.charge_no}' then raise exception 'poisoned'; end if; return new; end $$"""  # type: ignore[arg-type]
    )
    sql.rows("create trigger poison before update on payments_charge for each row execute function poison()")
    taken = take_notices([signed(notice(first.charge_no, at)), signed(notice(second.charge_no, at))], at=at)
    assert taken == [True, True]
    events.deliver_all()
    assert set(Order.objects.values_list("order_no", "state")) == {
        (first.orders[0].order_no, "pending_payment"),
        (second.orders[0].order_no, "paid"),
    }
    [waiting] = Notice.objects.filter(state="received")
    assert SetAside.objects.values_list("queue", "item", "tries").get() == ("payments.notices", waiting.pk, 1)
    [said] = nothing_is_set_aside()
    assert "poisoned" in said and handle_notices(at=at + timedelta(minutes=4)) == 0

    sql.rows("drop trigger poison on payments_charge")
    assert handle_notices(at=at + timedelta(minutes=6)) == 1
    events.deliver_all()
    assert set(Order.objects.values_list("state", flat=True)) == {"paid"}
    assert (SetAside.objects.count(), nothing_is_set_aside()) == (0, [])
