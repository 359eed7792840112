"""Who gets a coupon: pure. What a batch may be, and what it can cost at most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.core.refusal import Refusal
from linli.core.typed import is_named

MOST_FEN = 10_000_000


@dataclass(frozen=True)
class Asked:
    """A member wants a coupon of a batch. claim_code: what they typed; is_issued: somebody gives it to them."""

    batch_id: int
    member_id: int
    claim_code: str = ""
    is_issued: bool = False


@dataclass(frozen=True)
class BatchState:
    """A batch while claims are served."""

    id: int
    kind: str
    face_fen: int
    quantity: int
    issued_count: int
    per_member: int
    valid_days: int
    claim_code: str
    is_public: bool
    starts_at: datetime
    ends_at: datetime | None
    stopped_at: datetime | None


def serve(
    asked: Sequence[Asked],
    batches: Mapping[int, BatchState],
    had: Mapping[tuple[int, int], int],
    *,
    at: datetime,
) -> list[int | Refusal]:
    """For each ask in the order of arrival the number of the coupon among the member's of that batch (1, 2, ...), or why not."""
    left = {batch.id: batch.quantity - batch.issued_count for batch in batches.values()}
    numbers = dict(had)
    outcomes: list[int | Refusal] = []
    for one in asked:
        key = one.batch_id, one.member_id
        refusal = _fault(one, batches.get(one.batch_id), at)
        if (
            not refusal
            and batches[one.batch_id].per_member <= numbers.get(key, 0)
            and batches[one.batch_id].per_member
        ):
            refusal = Refusal("already_claimed")
        if not refusal and left[one.batch_id] < 1:
            refusal = Refusal("gone")
        if refusal:
            outcomes.append(refusal)
            continue
        left[one.batch_id] -= 1
        numbers[key] = numbers.get(key, 0) + 1
        outcomes.append(numbers[key])
    return outcomes


def _fault(one: Asked, batch: BatchState | None, at: datetime) -> Refusal | None:
    if batch is None:
        return Refusal("no_such_batch")
    if batch.stopped_at or at < batch.starts_at or (batch.ends_at and at >= batch.ends_at):
        return Refusal("claim_over")
    if one.is_issued:
        return None
    if batch.claim_code:
        return None if one.claim_code.strip().upper() == batch.claim_code else Refusal("wrong_claim_code")
    return None if batch.is_public else Refusal("no_such_batch")


@dataclass(frozen=True)
class BatchDraft:
    """A batch as typed; the meaning of each value stands at models.CouponBatch. merchant_id None: the platform's."""

    name: str
    kind: str
    quantity: int
    valid_days: int
    merchant_id: int | None = None
    face_fen: int = 0
    percent_bp: int = 0
    cap_fen: int = 0
    step_fen: int = 0
    min_spend_fen: int = 0
    per_member: int = 1
    scope_kind: str = "all"
    scope_ids: tuple[int, ...] = ()
    platform_share_bp: int = 0
    claim_code: str = ""
    is_public: bool = True
    budget_fen: int = 0

    @property
    def most_cost_fen(self) -> int:
        """What all its coupons together can cost at most, in fen."""
        return self.quantity * (self.cap_fen if self.kind in ("percent", "growth") else self.face_fen)

    @property
    def most_platform_fen(self) -> int:
        """The platform's part of that."""
        return self.most_cost_fen * self.platform_share_bp // 10_000


def batch_faults(draft: BatchDraft) -> dict[str, str]:
    """What is wrong with a draft: the code of a sentence for each field. Empty when it can be a batch."""
    found: dict[str, str] = {}

    def wants(field: str, holds: bool, code: str = "out_of_range") -> None:
        if not holds:
            found.setdefault(field, code)

    wants("name", is_named(draft.name, 40), "batch_name")
    wants("kind", draft.kind in ("fixed", "percent", "growth"))
    wants("quantity", 1 <= draft.quantity <= 10_000_000)
    wants("valid_days", 1 <= draft.valid_days <= 366)
    wants("per_member", 0 <= draft.per_member <= 1000)
    wants(
        "budget",
        draft.budget_fen >= 0 and draft.most_cost_fen <= (draft.budget_fen or draft.most_cost_fen),
        "over_budget",
    )
    wants("min_spend_fen", 0 <= draft.min_spend_fen <= MOST_FEN)
    wants("platform_share_bp", 0 <= draft.platform_share_bp <= 10_000)
    wants(
        "claim_code",
        len(draft.claim_code) <= 20
        and (not draft.claim_code or (draft.claim_code.isascii() and draft.claim_code.isalnum())),
    )
    wants("scope", draft.scope_kind in ("all", "categories", "products"))
    wants("scope", draft.scope_kind == "all" or 1 <= len(draft.scope_ids) <= 500)
    if draft.merchant_id:
        wants("platform_share_bp", draft.platform_share_bp == 0, "merchant_pays_itself")
    if draft.kind == "percent":
        wants("percent_bp", 1 <= draft.percent_bp <= 9_900)
        # Without a cap nobody can say what the batch may cost.
        wants("cap_fen", 1 <= draft.cap_fen <= MOST_FEN, "cap_needed")
    elif draft.kind == "growth":
        wants("face_fen", 1 <= draft.face_fen <= MOST_FEN)
        wants("step_fen", 1 <= draft.step_fen <= MOST_FEN)
        wants("cap_fen", draft.face_fen <= draft.cap_fen <= MOST_FEN, "cap_below_face")
    else:
        wants("face_fen", 1 <= draft.face_fen <= MOST_FEN)
    return found
