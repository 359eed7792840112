"""The inbox: a gateway's notice is stored first, handled once, and only then answered."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from linli.core import events, sql
from linli.core.codes import digest
from linli.core.work import work_off
from linli.ledger.operations import post
from linli.ledger.types import PLATFORM, Code, Entry, Leg
from linli.payments.adapters.registry import gateway
from linli.payments.events import PaymentSucceeded, RefundSettled
from linli.payments.operations.payout import settle_payouts
from linli.payments.types import BadSignature, GatewayNotice, UnreadableNotice

log = logging.getLogger(__name__)


_DUE = """
select id from payments_notice where state = 'received' and id <> all(%(aside)s::bigint[]) order by id limit %(most)s
   for no key update skip locked
"""


@dataclass(frozen=True)
class RawNotice:
    """A notice as it came over the wire."""

    gateway: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class _Stored:
    """A notice as it is stored; why: it cannot be read, and is refused."""

    gateway: str
    notice_id: str
    body: bytes
    why: str = ""


@dataclass(frozen=True)
class _Charge:
    """A locked charge that a notice is about."""

    id: int
    charge_no: str
    gateway: str
    purpose: str
    state: str
    amount_fen: int
    created_at: datetime


@dataclass(frozen=True)
class _Refund:
    """A locked refund that a notice is about."""

    id: int
    refund_no: str
    order_no: str
    reference: str
    state: str
    amount_fen: int
    created_at: datetime


def take_notices(raw: Sequence[RawNotice], *, at: datetime) -> list[bool]:
    """Store what gateways sent and handle it. False for what is not theirs (bad signature); a repetition changes nothing. What is
    theirs and cannot be read is stored as refused, for a person: to send it again would make it no better."""
    stored: list[_Stored] = []
    known: list[bool] = []
    for one in raw:
        try:
            notice = gateway(one.gateway).parse(one.headers, one.body)
            stored.append(_Stored(one.gateway, notice.notice_id, one.body))
        except BadSignature:
            known.append(False)
            continue
        except UnreadableNotice as error:
            log.error("a notice of %s cannot be read: %s", one.gateway, error)
            name = f"unreadable:{digest(one.body).hex()[:40]}"
            stored.append(_Stored(one.gateway, name, one.body, f"unreadable: {error}"[:200]))
        known.append(True)
    _store(stored, at=at)
    if stored:
        handle_notices(at=at)
    return known


def store_checked(name: str, notices: Sequence[GatewayNotice], *, at: datetime) -> None:
    """Take what a gateway answered to a question of ours as if it had been a notice."""
    if notices:
        _store(
            [_Stored(name, n.notice_id, json.dumps(asdict(n), default=str).encode()) for n in notices], at=at
        )
        while handle_notices(at=at):
            pass


def handle_notices(*, at: datetime) -> int:
    """Handle stored notices, a batch in one transaction; one that cannot be handled is set aside. Returns how many."""
    return work_off("payments.notices", _DUE, partial(_handle, at=at), at=at)


def _handle(notice_ids: Sequence[int], *, at: datetime) -> None:
    rows = sql.rows(
        "select id, gateway, body from payments_notice where id = any(%s::bigint[]) order by id",
        (list(notice_ids),),
    )
    read = [(row.id, gateway(row.gateway).read(bytes(row.body))) for row in rows]
    refused: dict[str, str] = {}
    if payments := [n for _, n in read if n.topic == "payment"]:
        refused |= _settle_payments(payments, at=at)
    if refunds := [n for _, n in read if n.topic == "refund"]:
        refused |= _settle_refunds(refunds, at=at)
    refused |= settle_payouts([n for _, n in read if n.topic == "payout"], at=at)
    whys = [refused.get(notice.notice_id, "")[:200] for _, notice in read]
    sql.rows(
        """update payments_notice n set state = case when r.why = '' then 'handled' else 'refused' end, why = r.why, handled_at = %s
             from unnest(%s::bigint[], %s::text[]) r(id, why) where n.id = r.id""",
        (at, [row_id for row_id, _ in read], whys),
    )


def _store(rows: Sequence[_Stored], *, at: datetime) -> None:
    sql.rows(
        """insert into payments_notice (gateway, notice_id, body, state, why, received_at, handled_at)
           select g, i, b, case when w = '' then 'received' else 'refused' end, w, %(at)s, case when w <> '' then %(at)s end
             from unnest(%(gateways)s::text[], %(ids)s::text[], %(bodies)s::bytea[], %(whys)s::text[]) n(g, i, b, w)
           on conflict (gateway, notice_id) do nothing""",
        {
            "at": at,
            "gateways": [row.gateway for row in rows],
            "ids": [row.notice_id for row in rows],
            "bodies": [row.body for row in rows],
            "whys": [row.why for row in rows],
        },
    )


def _settle_payments(notices: Sequence[GatewayNotice], *, at: datetime) -> dict[str, str]:
    """Charges become succeeded or failed; a success is final, and its amount is what came: who asked for another one gives it back.
    Returns the notices that are refused, with why."""
    charges = {
        row.charge_no: row
        for row in sql.typed(
            _Charge,
            """select id, charge_no, gateway, purpose, state, amount_fen, created_at from payments_charge
                where charge_no = any(%s::text[]) order by id for no key update""",
            ([notice.number for notice in notices],),
        )
    }
    refused: dict[str, str] = {}
    states: dict[int, tuple[str, GatewayNotice]] = {}
    paid: list[PaymentSucceeded] = []
    for notice in notices:
        charge = charges.get(notice.number)
        if charge is None:
            refused[notice.notice_id] = "unknown charge"
            continue
        if why := notice.misdated(asked_at=charge.created_at, at=at):
            refused[notice.notice_id] = why
            continue
        current = states[charge.id][0] if charge.id in states else charge.state
        if notice.state == "success" and notice.amount_fen != charge.amount_fen:
            refused[notice.notice_id] = f"amount is {notice.amount_fen}, asked were {charge.amount_fen} fen"
        if notice.state == "success" and current != "succeeded" and notice.amount_fen > 0:
            states[charge.id] = ("succeeded", notice)
            paid.append(
                PaymentSucceeded(
                    charge.id,
                    charge.charge_no,
                    charge.purpose,
                    notice.amount_fen,
                    charge.gateway,
                    notice.at.isoformat(),
                )
            )
        elif notice.state == "failed" and current == "open":
            states[charge.id] = ("failed", notice)
    if states:
        sql.rows(
            """update payments_charge c set state = s.state, gateway_no = s.gateway_no, settled_at = s.settled_at,
                      amount_fen = case when s.state = 'succeeded' then s.amount_fen else c.amount_fen end
                 from unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::timestamptz[])
                      s(id, state, amount_fen, gateway_no, settled_at)
                where c.id = s.id""",
            (
                list(states),
                [state for state, _ in states.values()],
                [notice.amount_fen for _, notice in states.values()],
                [notice.gateway_no for _, notice in states.values()],
                [notice.at for _, notice in states.values()],
            ),
        )
    events.publish(paid)
    return refused


def _settle_refunds(notices: Sequence[GatewayNotice], *, at: datetime) -> dict[str, str]:
    """Refunds succeed, with their posting; a failed one is tried again. Returns the notices that are refused, with why."""
    refunds = {
        row.refund_no: row
        for row in sql.typed(
            _Refund,
            """select id, refund_no, order_no, reference, state, amount_fen, created_at from payments_refund
                where refund_no = any(%s::text[]) order by id for no key update""",
            ([notice.number for notice in notices],),
        )
    }
    refused: dict[str, str] = {}
    done: dict[int, tuple[_Refund, GatewayNotice]] = {}
    failed: set[int] = set()
    for notice in notices:
        refund = refunds.get(notice.number)
        if refund is None:
            refused[notice.notice_id] = "unknown refund"
        elif why := notice.misdated(asked_at=refund.created_at, at=at):
            refused[notice.notice_id] = why
        elif notice.state == "success" and notice.amount_fen != refund.amount_fen:
            refused[notice.notice_id] = f"amount is {notice.amount_fen}, asked were {refund.amount_fen} fen"
        elif notice.state == "success" and refund.state != "succeeded":
            done[refund.id] = (refund, notice)
        elif notice.state == "failed" and refund.state != "succeeded":
            failed.add(refund.id)
    if done:
        sql.rows(
            """update payments_refund r set state = 'succeeded', settled_at = s.settled_at
                 from unnest(%s::bigint[], %s::timestamptz[]) s(id, settled_at) where r.id = s.id""",
            (list(done), [notice.at for _, notice in done.values()]),
        )
    if failed - done.keys():
        sql.rows(
            "update payments_refund set state = 'waiting', last_error = 'the gateway failed' where id = any(%s::bigint[])",
            (list(failed - done.keys()),),
        )
    post([_refund_paid(refund, notice.at) for refund, notice in done.values()])
    events.publish(
        [
            RefundSettled(refund.reference, refund.order_no, refund.amount_fen, notice.at.isoformat())
            for refund, notice in done.values()
        ]
    )
    return refused


def _refund_paid(refund: _Refund, at: datetime) -> Entry:
    legs = (
        Leg(Code.refund_payable, PLATFORM, refund.amount_fen),
        Leg(Code.gateway, PLATFORM, -refund.amount_fen),
    )
    return Entry(f"refund_paid:{refund.refund_no}", "refund_paid", refund.order_no, legs, at)
