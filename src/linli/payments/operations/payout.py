"""Payouts: asked once per reference, sent under one number until the gateway says what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from linli.core import events, outbox, sql
from linli.core.codes import new_number
from linli.payments.adapters.registry import gateway
from linli.payments.events import PayoutSettled
from linli.payments.models import Payout
from linli.payments.types import GatewayNotice, PayoutFacts


@dataclass(frozen=True)
class PayoutAsked:
    """Money to pay out. reference makes it happen once."""

    reference: str
    gateway: str
    payee_name: str
    payee_account: str
    amount_fen: int


def ask_payouts(asked: Sequence[PayoutAsked], *, at: datetime) -> None:
    """Write payouts down to be sent; a reference that was asked before changes nothing. Raises NoSuchGateway."""
    for name in {one.gateway for one in asked}:
        gateway(name)
    Payout.objects.bulk_create(
        [
            Payout(
                payout_no=new_number(at), gateway=one.gateway, reference=one.reference, payee_name=one.payee_name,
                payee_account=one.payee_account, amount_fen=one.amount_fen, next_try_at=at, created_at=at,
            )
            for one in asked
        ],
        ignore_conflicts=True,
    )  # fmt: skip


@dataclass(frozen=True)
class _Due:
    """A payout that is leased for a try."""

    id: int
    number: str
    gateway: str
    payee_name: str
    payee_account: str
    amount_fen: int
    tries: int


def send_payouts(*, at: datetime) -> int:
    """Send the payouts that are due. One whose outcome stays unknown is sent again under its number: the gateway pays a number once,
    and tells again what became of it. Returns how many were tried."""
    return outbox.send_due("payments_payout", _due, partial(_send, at=at), at=at)


def _due(payout_ids: list[int]) -> list[_Due]:
    return sql.typed(
        _Due,
        """select id, payout_no as number, gateway, payee_name, payee_account, amount_fen, tries from payments_payout
            where id = any(%s::bigint[]) order by id""",
        (payout_ids,),
    )


def _send(payout: _Due, *, at: datetime) -> None:
    facts = PayoutFacts(payout.number, payout.payee_name, payout.payee_account, payout.amount_fen)
    gateway(payout.gateway).pay_out(facts, at=at)


def settle_payouts(notices: Sequence[GatewayNotice], *, at: datetime) -> dict[str, str]:
    """Payouts succeed or fail for good, whichever is heard first, and are told upwards. Returns the notices that are refused, with why."""
    numbers = [notice.number for notice in notices]
    payouts = {
        payout.payout_no: payout
        for payout in Payout.objects.select_for_update().filter(payout_no__in=numbers).order_by("id")
    }
    refused: dict[str, str] = {}
    told: list[PayoutSettled] = []
    for notice in notices:
        payout = payouts.get(notice.number)
        if payout is None:
            refused[notice.notice_id] = "unknown payout"
        elif why := notice.misdated(asked_at=payout.created_at, at=at):
            refused[notice.notice_id] = why
        elif notice.amount_fen != payout.amount_fen:
            refused[notice.notice_id] = f"amount is {notice.amount_fen}, asked were {payout.amount_fen} fen"
        elif payout.state not in ("succeeded", "failed"):
            succeeded = notice.state == "success"
            payout.state, payout.settled_at = "succeeded" if succeeded else "failed", notice.at
            payout.save(update_fields=["state", "settled_at"])
            why = "" if succeeded else "the receiving account refused it"
            told.append(
                PayoutSettled(payout.reference, payout.amount_fen, succeeded, why, notice.at.isoformat())
            )
    events.publish(told)
    return refused
