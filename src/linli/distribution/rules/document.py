"""A plan is a document (docs/plans.md): its keys, what each may say, and the plain fault of one that says something else.

Everything the engine pays and everything the linter judges stands in it; a key that is not here does not exist, so a
misspelt or unlawful one (a price by portrait, a reward per click) is refused before anything is asked of it.
"""

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from linli.distribution.types import Kind

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Fen = Annotated[int, Field(ge=0, le=10**12)]
Bp = Annotated[int, Field(ge=0, le=10_000)]
Party = Literal["seller", "sponsor", "leader", "joiner"]


class Fault(NamedTuple):
    """A key of a document and what is wrong with it."""

    path: str
    message: str


class BadPlan(ValueError):
    """The document is no plan; `faults` names each key and its fault."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in faults))
        self.faults = faults


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Title(_Part):
    """A name in both languages."""

    zh: Annotated[str, Field(max_length=200)]
    en: Annotated[str, Field(max_length=200)]


class Join(_Part):
    """How one becomes an owner."""

    invite_only: bool
    fee_fen: Fen = 0
    required_purchase_fen: Fen = 0
    who_can_invite: list[Code]


class Qualification(_Part):
    """What a tier asks. A lawful plan asks for own sales to others and for learning; the rest exists to be judged."""

    kind: Literal[
        "own_external_settled_sales", "course_passed", "recruits", "team_size", "team_sales", "own_purchases", "fee_paid"
    ]  # fmt: skip
    window_days: Annotated[int, Field(ge=1, le=366)] = 90
    min_fen: Fen = 0
    min_count: Annotated[int, Field(ge=0)] = 0
    course: Code = "none"


class Tier(_Part):
    """A level of owners. `leader`: its owners lead communities."""

    code: Code
    rank: Annotated[int, Field(ge=1, le=100)]
    leader: bool
    title: Title | None = None
    qualify: list[Qualification] = []


class When(_Part):
    """The condition of a reward over frozen facts; what is not named does not matter."""

    to_leads: bool | None = None
    to_tier: list[Code] | None = None
    seller_leads: bool | None = None
    seller_tier: list[Code] | None = None
    has_sponsor: bool | None = None


_KINDS = {
    "sale": {Kind.commission, Kind.override},
    "join": {Kind.recruit_reward, Kind.invite_coupon},
}


class Reward(_Part):
    """One payment of the plan. Of an exclusive `group` at most one is paid: the first by priority whose condition holds."""

    id: Code
    kind: Kind
    trigger: Literal["sale", "join", "upgrade", "share"]
    to: Party
    when: When = When()
    basis: Literal["goods", "commission", "fixed"]
    rate: Literal["product"] | None = None
    rate_bp: Bp | None = None
    bounds_bp: tuple[Bp, Bp] | None = None
    amount_fen: Fen | dict[Code, Fen] | None = None
    min_spend_fen: Fen = 0
    group: Code | None = None
    priority: int = 0
    title: Title | None = None

    @model_validator(mode="after")
    def _pays_something(self) -> Self:
        if self.basis == "fixed" and self.amount_fen is None:
            raise ValueError("a fixed reward needs amount_fen")
        if self.basis != "fixed" and (self.rate is None) == (self.rate_bp is None):
            raise ValueError("a reward on goods or commission needs exactly one of rate and rate_bp")
        if self.rate == "product" and self.bounds_bp is None:
            raise ValueError("the product's rate needs bounds_bp")
        if self.bounds_bp and self.bounds_bp[0] > self.bounds_bp[1]:
            raise ValueError("bounds_bp: the least comes first")
        if self.basis == "fixed" and self.trigger == "sale":
            raise ValueError("a fixed amount can be more than the sale that pays it; use goods or commission")
        if self.kind not in _KINDS.get(self.trigger, _KINDS["join"]):
            raise ValueError(f"{self.trigger} does not pay {self.kind}")
        if self.basis != "fixed" and self.trigger != "sale":
            raise ValueError("only a sale has goods and commission; use basis fixed")
        return self


class Split(_Part):
    """Which promotions take a community out of the old leader's, and when."""

    on: list[Code]
    effective: Literal["next_midnight"]


class Settle(_Part):
    """When what is earned may be paid out, and what undoes it."""

    hold_days: Annotated[int, Field(ge=0, le=365)]
    attribution_time: Literal["paid_at", "placed_at"]
    on_close: Literal["rollup", "platform", "keep"]
    reversal: Literal["cumulative", "current_rates", "none"]
    identity_required: bool
    withholding: Literal["cumulative_labour", "none"]


class SelfPurchase(_Part):
    """What an owner gets on goods for themselves."""

    mode: Literal["discount", "none"]


class Funding(_Part):
    """Who pays, and the most in bp of the goods that all shares of one sale may be together."""

    source: Literal["merchant_promotion"]
    max_bp: Bp


class Plan(_Part):
    """A commission plan."""

    id: Code
    version: Annotated[int, Field(ge=1)]
    title: Title
    currency: Literal["CNY"]
    effective_from: str | None = None
    jurisdictions: list[Literal["CN", "US", "EU", "DEMO"]]
    channels: list[Literal["own", "wechat"]]
    join: Join
    tiers: Annotated[list[Tier], Field(min_length=1, max_length=8)]
    rewards: Annotated[list[Reward], Field(min_length=1, max_length=60)]
    split: Split | None
    settle: Settle
    self_purchase: SelfPurchase
    breakage_to: Literal["platform"]
    funding: Funding

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        codes = [tier.code for tier in self.tiers]
        if len(set(codes)) < len(codes) or len({tier.rank for tier in self.tiers}) < len(codes):
            raise ValueError("tiers: two have the same code or rank")
        if len({reward.id for reward in self.rewards}) < len(self.rewards):
            raise ValueError("rewards: two have the same id")
        known = set(codes)
        for name, used in _tiers_used(self):
            if unknown := sorted(set(used) - known):
                raise ValueError(f"{name}: no such tier: {', '.join(unknown)}; there are {', '.join(codes)}")
        goods = [reward for reward in self.rewards if reward.basis == "goods"]
        paid = [reward for reward in self.rewards if reward.kind is Kind.commission]
        if len(goods) != 1 or goods != paid:
            raise ValueError(
                "rewards: exactly one must be on the goods of a sale: the commission that others are reckoned from"
            )
        if set(self.split.on if self.split else []) != {tier.code for tier in self.tiers if tier.leader}:
            raise ValueError(
                "split.on: must name exactly the tiers that lead; whoever leads has a community of their own"
            )
        if self.effective_from is not None:
            _moment(self.effective_from)
        return self

    @property
    def commission(self) -> Reward:
        """The reward on goods, from which all others of a sale are reckoned."""
        return next(reward for reward in self.rewards if reward.basis == "goods" and reward.trigger == "sale")

    @property
    def bounds_bp(self) -> tuple[int, int]:
        """The least and most rate of a product, in bp."""
        commission = self.commission
        return commission.bounds_bp or (commission.rate_bp or 0, commission.rate_bp or 0)

    @property
    def leading_tiers(self) -> frozenset[str]:
        """The tiers whose owners are leaders."""
        return frozenset(tier.code for tier in self.tiers if tier.leader)

    def rank(self, tier: str) -> int:
        """The rank of a tier; 0 of one that the plan does not have."""
        return next((one.rank for one in self.tiers if one.code == tier), 0)

    @property
    def first_tier(self) -> str:
        """The tier of a new owner."""
        return min(self.tiers, key=lambda tier: tier.rank).code


def _tiers_used(plan: Plan) -> list[tuple[str, list[str]]]:
    used = [("join.who_can_invite", list(plan.join.who_can_invite))]
    used += [("split.on", list(plan.split.on))] if plan.split else []
    for n, reward in enumerate(plan.rewards):
        used.append((f"rewards[{n}].when", [*(reward.when.to_tier or []), *(reward.when.seller_tier or [])]))
        if isinstance(reward.amount_fen, dict):
            used.append((f"rewards[{n}].amount_fen", list(reward.amount_fen)))
    return used


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("effective_from: not a moment of ISO 8601") from None
    if moment.tzinfo is None:
        raise ValueError("effective_from: needs an offset, such as +08:00")
    return moment


def read_plan(document: Any) -> Plan:
    """A document as a plan. Raises BadPlan with every fault."""
    try:
        return Plan.model_validate_json(json.dumps(document))
    except ValidationError as error:
        raise BadPlan([Fault(_path(item["loc"]), _words(item)) for item in error.errors()]) from None


def in_order(document: Any) -> Any:
    """The same document with its keys in the order of this page, as people read it (a database keeps no order)."""
    if isinstance(document, dict):
        return {key: in_order(document[key]) for key in sorted(document, key=lambda key: _ORDER.get(key, 99))}
    return [in_order(one) for one in document] if isinstance(document, list) else document


_ORDER = {
    name: place
    for model in (Join, Qualification, Tier, When, Reward, Split, Settle, SelfPurchase, Funding, Title, Plan)
    for place, name in enumerate(model.model_fields)
}


def parse(text: str) -> Any:
    """A document from its text. Raises BadPlan for what is no JSON, says a key twice, or holds what no text may hold."""
    try:
        document = json.loads(text, object_pairs_hook=_each_key_once)
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadPlan([Fault("(the document)", str(error) or "is nested too deeply")]) from None
    if "\\u0000" in json.dumps(document):
        raise BadPlan([Fault("(the document)", "holds a NUL")])
    return document


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for n, (key, _) in enumerate(pairs) if key in dict(pairs[:n]))
        raise ValueError(f"the key {twice!r} stands there twice; keep one")
    return found


def floats_in(document: Any, path: str = "") -> list[str]:
    """The paths of numbers that are not whole: money and rates are integers, nothing else (rule ECO-06)."""
    if isinstance(document, float):
        return [path]
    if isinstance(document, dict):
        return [
            x for key, value in document.items() for x in floats_in(value, f"{path}.{key}" if path else key)
        ]
    if isinstance(document, list):
        return [x for n, value in enumerate(document) for x in floats_in(value, f"{path}[{n}]")]
    return []


def hash_of(document: Any) -> str:
    """The hash that names exactly this document."""
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _path(location: tuple[Any, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "(the document)"


def _words(item: Any) -> str:
    if item["type"] == "extra_forbidden":
        return "there is no such key; remove it or correct its name"
    if item["type"] == "missing":
        return "is missing; add it"
    return item["msg"].removeprefix("Value error, ")
