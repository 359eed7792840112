"""Replay a history under a plan, event by event, in bounded memory (docs/plans.md).

The file's format is public: `at,event,owner,sponsor,tier,order_no,goods_fen,rate_bp,refund_fen`. Cells that an event does not
use are ignored. What must be remembered of an order to take it back later is a few integers in arrays.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from linli.core.money import reversal
from linli.distribution.rules.forest import NOBODY, Forest
from linli.distribution.rules.plan import Engine, Sale
from linli.distribution.types import KINDS, PLATFORM, Kind, Share

COLUMNS = ("at", "event", "owner", "sponsor", "tier", "order_no", "goods_fen", "rate_bp", "refund_fen")
PAYOUT_COLUMNS = ("at", "event_no", "owner", "kind", "order_no", "fen")
PLATFORM_NAME = "platform"
# The tiers of docs/plans.md: a history may name them under any plan; one that the plan does not know leads nobody.
KNOWN_TIERS = frozenset({"ordinary", "gold", "senior"})


class BadHistory(ValueError):
    """A row that cannot be: the number of the data row (from 1), the column, and why with what to do."""

    def __init__(self, event_no: int, key: str, reason: str) -> None:
        super().__init__(f"row {event_no}, {key}: {reason}")
        self.event_no, self.key, self.reason = event_no, key, reason


class Payout(NamedTuple):
    """A row of payouts.csv."""

    at: str
    event_no: int
    owner: str
    kind: str
    order_no: str
    fen: int


class _Wrong(ValueError):
    """A cell of the row at hand: column and reason."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key, self.reason = key, reason


class _Orders:
    """What was sold: the cash paid for its goods, what went back of it, and who got what share."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.base, self.refunded, self.end = array("q"), array("q"), array("q")
        self.kind, self.owner, self.fen = array("B"), array("i"), array("q")

    def add(self, order_no: str, base_fen: int, shares: Iterable[Share]) -> None:
        self.numbers[order_no] = len(self.base)
        for share in shares:
            self.kind.append(KINDS.index(share.kind))
            self.owner.append(NOBODY if share.beneficiary_id == PLATFORM else share.beneficiary_id - 1)
            self.fen.append(share.amount_fen)
        self.base.append(base_fen)
        self.refunded.append(0)
        self.end.append(len(self.fen))

    def refund(self, order: int, refund_fen: int) -> Iterator[tuple[Kind, int, int]]:
        """Every party's part of a refund by the cumulative rule: kind, owner, fen taken back."""
        base, done = self.base[order], self.refunded[order]
        self.refunded[order] = done + refund_fen
        for n in range(self.end[order - 1] if order else 0, self.end[order]):
            taken = reversal(self.fen[n], base, done, refund_fen)
            if taken:
                yield KINDS[self.kind[n]], self.owner[n], taken


class Simulation:
    """A history on its way through a plan. Owners have ids from 1 (0 is the platform) in the order in which they joined."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.forest = Forest(leading=engine.plan.leading_tiers, first_id=1)
        self.owners: dict[str, int] = {}
        self.names: list[str] = []
        self.orders = _Orders()
        self.tiers = KNOWN_TIERS | {tier.code for tier in engine.plan.tiers}
        self.bounds_bp = engine.plan.bounds_bp
        self.totals = dict.fromkeys(Kind, 0)
        self.event_count = 0
        self._events: dict[str, Callable[[tuple[str, ...]], Iterable[tuple[Kind, int, str, int]]]] = {
            "join": self._join, "tier": self._tier, "close": self._close,
            "sale": self._sale, "self": self._self, "refund": self._refund,
        }  # fmt: skip

    def run(self, rows: Iterable[Sequence[str]]) -> Iterator[Payout]:
        """The payouts of rows of the file (the first is its header), in order. Raises BadHistory."""
        rows = iter(rows)
        cells = _reader(next(rows, ()))
        before: datetime | None = None
        for event_no, row in enumerate(rows, 1):
            try:
                cell = cells(row)
                before = _moment(cell[0], before)
                handle = self._events.get(cell[1])
                if handle is None:
                    raise _Wrong("event", f"“{cell[1]}” is none of {', '.join(self._events)}")
                for kind, owner, order_no, fen in handle(cell):
                    self.totals[kind] += fen
                    name = PLATFORM_NAME if owner == NOBODY else self.names[owner]
                    yield Payout(cell[0], event_no, name, kind.value, order_no, fen)
            except IndexError:
                raise BadHistory(event_no, "the row", "has too few cells") from None
            except _Wrong as wrong:
                raise BadHistory(event_no, wrong.key, wrong.reason) from None
            self.event_count = event_no

    def _join(self, cell: tuple[str, ...]) -> Iterable[tuple[Kind, int, str, int]]:
        name, sponsor_name = cell[2], cell[3]
        if not name or name == PLATFORM_NAME:
            raise _Wrong("owner", "is empty or the platform's own name; give the new owner a name")
        if name in self.owners:
            raise _Wrong("owner", f"“{name}” has joined before; an owner joins once")
        sponsor = self._open_owner(sponsor_name, "sponsor") if sponsor_name else NOBODY
        owner = self.owners[name] = self.forest.join(sponsor, self.engine.plan.first_tier)
        self.names.append(name)
        return self._rows(self.engine.join_shares(self.forest.position(owner)), "")

    def _tier(self, cell: tuple[str, ...]) -> Iterable[tuple[Kind, int, str, int]]:
        owner = self._open_owner(cell[2], "owner")
        if cell[4] not in self.tiers:
            raise _Wrong("tier", f"“{cell[4]}” is none of {', '.join(sorted(self.tiers))}")
        self.forest.set_tier(owner, cell[4])
        return ()

    def _close(self, cell: tuple[str, ...]) -> Iterable[tuple[Kind, int, str, int]]:
        self.forest.close(self._open_owner(cell[2], "owner"))
        return ()

    def _sale(self, cell: tuple[str, ...]) -> Iterable[tuple[Kind, int, str, int]]:
        owner = self._open_owner(cell[2], "owner")
        order_no, goods_fen, rate_bp = self._goods(cell)
        [shares] = self.engine.sale_shares([Sale(goods_fen, rate_bp, self.forest.position(owner))])
        self.orders.add(order_no, goods_fen, shares)
        return self._rows(shares, order_no)

    def _self(self, cell: tuple[str, ...]) -> Iterable[tuple[Kind, int, str, int]]:
        owner = self._open_owner(cell[2], "owner")
        order_no, goods_fen, rate_bp = self._goods(cell)
        saving_fen = self.engine.saving_fen(goods_fen, rate_bp)
        shares = [Share(Kind.self_saving, owner + 1, saving_fen, rate_bp, "")] if saving_fen else []
        self.orders.add(order_no, goods_fen - saving_fen, shares)
        return self._rows(shares, order_no)

    def _refund(self, cell: tuple[str, ...]) -> Iterable[tuple[Kind, int, str, int]]:
        order = self.orders.numbers.get(cell[5])
        if order is None:
            raise _Wrong("order_no", f"“{cell[5]}” was never sold")
        refund_fen = _whole(cell[8], "refund_fen")
        left_fen = self.orders.base[order] - self.orders.refunded[order]
        if not 0 < refund_fen <= left_fen:
            raise _Wrong(
                "refund_fen",
                f"{refund_fen} is not between 1 and the {left_fen} that is left of what was paid",
            )
        return [(kind, owner, cell[5], -fen) for kind, owner, fen in self.orders.refund(order, refund_fen)]

    def _goods(self, cell: tuple[str, ...]) -> tuple[str, int, int]:
        order_no, goods_fen, rate_bp = cell[5], _whole(cell[6], "goods_fen"), _whole(cell[7], "rate_bp")
        if not order_no:
            raise _Wrong("order_no", "is empty; every sale has a number of its own")
        if order_no in self.orders.numbers:
            raise _Wrong("order_no", f"“{order_no}” was sold before; every sale has a number of its own")
        least, most = self.bounds_bp
        if not least <= rate_bp <= most:
            raise _Wrong("rate_bp", f"{rate_bp} is outside {least}-{most}")
        return order_no, goods_fen, rate_bp

    def _open_owner(self, name: str, key: str) -> int:
        owner = self.owners.get(name)
        if owner is None:
            raise _Wrong(key, f"“{name}” is unknown; an owner joins first")
        if self.forest.closed[owner]:
            raise _Wrong(key, f"“{name}” is closed")
        return owner

    def _rows(self, shares: Iterable[Share], order_no: str) -> list[tuple[Kind, int, str, int]]:
        return [
            (
                share.kind,
                share.beneficiary_id - 1 if share.beneficiary_id else NOBODY,
                order_no,
                share.amount_fen,
            )
            for share in shares
        ]


def _reader(header: Sequence[str]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    names = [name.strip() for name in header]
    if len(set(names)) < len(names):
        raise BadHistory(0, "the header", "names a column twice; keep one")
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise BadHistory(0, "the header", f"lacks {', '.join(missing)}; it is {','.join(COLUMNS)}")
    return itemgetter(*(names.index(name) for name in COLUMNS))


def _moment(text: str, before: datetime | None) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if before is not None and at < before:
            raise _Wrong("at", f"{text} is before the row above; sort the rows by time")
    except ValueError as error:
        if isinstance(error, _Wrong):
            raise
        raise _Wrong("at", f"“{text}” is not a moment of ISO 8601") from None
    except TypeError:
        raise _Wrong("at", "has an offset where another row has none, or the reverse") from None
    return at


def _whole(text: str, key: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 13:
        raise _Wrong(key, f"“{text}” is not a whole number of at most 13 digits")
    return int(text)
