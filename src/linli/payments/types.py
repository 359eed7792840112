"""Words of payments, and the interface that every gateway implements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from linli.core.outbox import NotSent
from linli.core.refusal import Refusal


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

    def misdated(self, *, asked_at: datetime, at: datetime) -> str:
        """Why its moment cannot be true, empty when it can: money moves after it was asked for and not in the future, as far as clocks
        of two houses may differ. One that is taken as it says would lie in a day that the books have closed."""
        if asked_at - CLOCKS_DIFFER <= self.at <= at + CLOCKS_DIFFER:
            return ""
        return f"its moment {self.at.isoformat()} is before it was asked for, or to come"


TOPICS = frozenset({"payment", "refund", "payout"})
CLOCKS_DIFFER = timedelta(hours=6)
OUTCOMES = frozenset({"success", "failed"})
MOST_TEXT = 128
MOST_FEN = 10**15
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class UnreadableNotice(ValueError):
    """A notice that is the gateway's and does not say what a notice says; the message names the field."""


def read_notice(item: Mapping[str, Any]) -> GatewayNotice:
    """The one strict reader of what gateways tell: texts that can be stored, whole fen, a moment with its offset.

    Raises UnreadableNotice.
    """
    try:
        at = datetime.fromisoformat(_text(item, "at"))
    except ValueError as error:
        raise UnreadableNotice(f"at: {error}") from None
    if at.tzinfo is None or not EARLIEST <= at < LATEST:
        raise UnreadableNotice("at: no moment with an offset, of this age")
    amount_fen = item.get("amount_fen")
    if type(amount_fen) is not int or not 0 <= amount_fen <= MOST_FEN:
        raise UnreadableNotice("amount_fen: no whole number of fen")
    notice = GatewayNotice(
        notice_id=_text(item, "notice_id"),
        topic=_text(item, "topic"),
        number=_text(item, "number"),
        state=_text(item, "state"),
        amount_fen=amount_fen,
        gateway_no=_text(item, "gateway_no", least=0),
        at=at,
    )
    if notice.topic not in TOPICS or notice.state not in OUTCOMES:
        raise UnreadableNotice("topic, state: unknown words")
    return notice


def _text(item: Mapping[str, Any], name: str, *, least: int = 1) -> str:
    text = item.get(name)
    if not isinstance(text, str) or not least <= len(text) <= MOST_TEXT or (text and not text.isprintable()):
        raise UnreadableNotice(f"{name}: no text of {least} to {MOST_TEXT} printable characters")
    return text


@dataclass(frozen=True)
class BillLine:
    """A line of a gateway's daily bill: topic payment|refund|payout."""

    topic: str
    number: str
    amount_fen: int


class BadSignature(Exception):
    """The notice is not from the gateway, is stale, or was changed on its way."""


class GatewayUnavailable(Refusal, NotSent):
    """The gateway did not answer, or not in a way that tells what became of the request: ask again, never assume."""

    code = "unavailable"

    def __init__(self, why: str = "") -> None:
        super().__init__()
        self.why = why

    def __str__(self) -> str:
        return self.why


class GatewayRefused(NotSent):
    """The gateway answered that it will not do this."""


class Gateway(Protocol):
    """A payment gateway, known by its name. signed: the headers that `parse` reads. Every method may raise GatewayUnavailable."""

    name: str
    signed: tuple[str, ...]

    def pay_path(self, charge_no: str) -> str:
        """Where the payer goes, on this site or an absolute address."""

    def parse(self, headers: Mapping[str, str], body: bytes) -> GatewayNotice:
        """Check the signature over the raw body and read it. Raises BadSignature, UnreadableNotice."""

    def read(self, body: bytes) -> GatewayNotice:
        """Read a body that was checked before it was stored. Raises UnreadableNotice."""

    def query(self, charge_nos: Sequence[str]) -> list[GatewayNotice]:
        """What the gateway knows of charges, as notices; charges it does not know are left out. Raises UnreadableNotice."""

    def refund(self, refund: RefundFacts, *, at: datetime) -> None:
        """Ask for a refund; the outcome comes as a notice. Raises GatewayRefused."""

    def pay_out(self, payout: PayoutFacts, *, at: datetime) -> None:
        """Ask for a payout; the outcome comes as a notice, again when asked again. Raises GatewayRefused."""

    def bill(self, day: date) -> list[BillLine]:
        """The gateway's bill of a day."""
