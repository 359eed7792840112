"""Words of payments, and the interface that every gateway implements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class ChargeAsked:
    """Money to be asked of a member. purpose ties it to what is paid, e.g. checkout:NUMBER."""

    payer_id: int
    purpose: str
    amount_fen: int
    gateway: str
    expires_at: datetime


@dataclass(frozen=True)
class ChargeFacts:
    """A charge as a gateway needs it."""

    charge_no: str
    amount_fen: int


@dataclass(frozen=True)
class RefundFacts:
    """A refund as a gateway needs it; refund_no makes it happen once."""

    refund_no: str
    charge_no: str
    amount_fen: int
    reason: str


@dataclass(frozen=True)
class PayoutFacts:
    """A payout as a gateway needs it; payout_no makes it happen once."""

    payout_no: str
    payee_name: str
    payee_account: str
    amount_fen: int


@dataclass(frozen=True)
class GatewayNotice:
    """What a gateway says about a charge, refund or payout: topic payment|refund|payout, state success|failed, at its own moment."""

    notice_id: str
    topic: str
    number: str
    state: str
    amount_fen: int
    gateway_no: str
    at: datetime


@dataclass(frozen=True)
class BillLine:
    """A line of a gateway's daily bill: topic payment|refund."""

    topic: str
    number: str
    amount_fen: int


class BadSignature(Exception):
    """The notice is not from the gateway, is stale, or was changed on its way."""


class GatewayUnavailable(Exception):
    """The gateway did not answer, or not in a way that tells what became of the request: ask again, never assume."""


class GatewayRefused(Exception):
    """The gateway answered that it will not do this."""


class Gateway(Protocol):
    """A payment gateway. Every method may raise GatewayUnavailable."""

    def pay_path(self, charge_no: str) -> str:
        """Where the payer goes, on this site or an absolute address."""

    def parse(self, headers: Mapping[str, str], body: bytes) -> GatewayNotice:
        """Check the signature over the raw body and read it. Raises BadSignature."""

    def read(self, body: bytes) -> GatewayNotice:
        """Read a body that was checked before it was stored."""

    def query(self, charge_nos: Sequence[str]) -> list[GatewayNotice]:
        """What the gateway knows of charges, as notices; charges it does not know are left out."""

    def refund(self, refund: RefundFacts, *, at: datetime) -> None:
        """Ask for a refund; the outcome comes as a notice. Raises GatewayRefused."""

    def pay_out(self, payout: PayoutFacts, *, at: datetime) -> None:
        """Ask for a payout; the outcome comes as a notice, again when asked again. Raises GatewayRefused."""

    def bill(self, day: date) -> list[BillLine]:
        """The gateway's bill of a day."""
