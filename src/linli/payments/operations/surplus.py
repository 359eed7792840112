"""Money that pays nothing goes back: it came too late, twice, or for what nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.ledger.operations import post
from linli.ledger.types import PLATFORM, Code, Entry, Leg
from linli.payments.events import PaymentSucceeded
from linli.payments.operations.refund import RefundAsked, ask_refunds


@dataclass(frozen=True)
class Surplus:
    """What of a charge goes back (fen), to which number it belongs, and why."""

    charge: PaymentSucceeded
    order_no: str
    amount_fen: int
    why: str


def give_back(back: Sequence[Surplus], *, at: datetime) -> None:
    """Post the money as owed back, and ask for its refunds; once for each charge."""
    post(
        [
            Entry(
                _key(one),
                "surplus",
                one.order_no,
                (
                    Leg(Code.gateway, PLATFORM, one.amount_fen),
                    Leg(Code.refund_payable, PLATFORM, -one.amount_fen),
                ),
                datetime.fromisoformat(one.charge.paid_at),
            )
            for one in back
        ]
    )
    ask_refunds(
        [RefundAsked(one.charge.charge_id, _key(one), one.order_no, one.amount_fen, one.why) for one in back],
        at=at,
    )


def _key(one: Surplus) -> str:
    return f"surplus:{one.charge.charge_no}"
