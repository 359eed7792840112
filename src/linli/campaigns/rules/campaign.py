"""What a campaign may be, and what it does to the merchant's money: pure. Its rules of law stand in rules.lint."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.campaigns.types import STACKABLE
from linli.distribution.rules.plan import Engine

MOST_SEATS, MOST_HOURS, MOST_HELPERS, MOST_DAYS, MOST_AHEAD = 1000, 7 * 24, 100, 180, 366
SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True)
class CampaignDraft:
    """A campaign as typed; the meaning of each value stands at models.Campaign. list_fen: what the sku costs without it;
    lowest_list_fen and lowest_deal_fen: the least that it cost, and was sold for by a campaign, in the seven days before."""

    kind: str
    sku_id: int
    price_fen: int
    stock_count: int
    starts_at: datetime
    ends_at: datetime
    list_fen: int
    seats: int = 0
    hours: int = 0
    per_member: int = 0
    rate_bp: int | None = None
    steps: tuple[tuple[int, int], ...] = ()
    leader_cut_fen: int = 0
    newcomers_only: bool = False
    stacks_with: tuple[str, ...] = ("self_purchase",)
    community_id: int | None = None
    is_sku_busy: bool = False
    budget_fen: int = 0
    lowest_list_fen: int | None = None
    lowest_deal_fen: int | None = None

    @property
    def least_price_fen(self) -> int:
        """The least that one unit may be sold for."""
        return min([self.price_fen, *(price for _, price in self.steps)]) - self.leader_cut_fen

    @property
    def most_cut_fen(self) -> int:
        """What all units together can take off the list price at most."""
        return (self.list_fen - self.least_price_fen) * self.stock_count


def state_at(
    at: datetime, *, starts_at: datetime, ends_at: datetime, stopped_at: datetime | None, available_count: int
) -> str:
    """A campaign's state at a moment: scheduled, running, sold_out, ended or stopped."""
    if stopped_at and stopped_at <= at:
        return "stopped"
    if at < starts_at:
        return "scheduled"
    if at >= ends_at:
        return "ended"
    return "running" if available_count else "sold_out"


def campaign_faults(draft: CampaignDraft, *, at: datetime) -> dict[str, str]:
    """What is wrong with a draft: the code of a sentence for each field. Empty when it can be a campaign."""
    found: dict[str, str] = {}

    def wants(field: str, holds: bool, code: str = "out_of_range") -> None:
        if not holds:
            found.setdefault(field, code)

    wants("starts_at", draft.starts_at <= at + timedelta(days=MOST_AHEAD), "bad_times")
    wants("kind", draft.kind in ("group_buy", "flash_sale", "bargain", "preview"))
    wants("starts_at", draft.starts_at >= at - timedelta(minutes=5), "begins_in_the_past")
    wants("ends_at", SHORTEST <= draft.ends_at - draft.starts_at <= timedelta(days=MOST_DAYS), "bad_times")
    wants("per_member", 0 <= draft.per_member <= 999)
    wants("stacks_with", set(draft.stacks_with) <= set(STACKABLE))
    wants(
        "rate_bp", draft.rate_bp is None or draft.rate_bp == 0 or 500 <= draft.rate_bp <= 4000, "rate_range"
    )
    if draft.kind != "group_buy":
        wants("leader_cut_fen", not draft.leader_cut_fen, "of_group_buys_only")
        wants("steps", not draft.steps, "of_group_buys_only")
        wants("newcomers_only", not draft.newcomers_only, "of_group_buys_only")
    if draft.kind == "preview":
        wants("sku_id", not draft.is_sku_busy, "sku_has_a_campaign")
        return found
    wants("stock", 1 <= draft.stock_count <= 10_000_000)
    wants("price_fen", 0 < draft.price_fen < draft.list_fen, "not_below_the_price")
    is_cut_too_much = draft.price_fen > 0 >= draft.least_price_fen
    wants("leader_cut_fen", draft.leader_cut_fen >= 0 and not is_cut_too_much, "leader_cut_too_much")
    # Units are what a campaign is stopped by, so a budget is held before it begins and can never be passed.
    wants(
        "budget",
        draft.budget_fen >= 0 and draft.most_cut_fen <= (draft.budget_fen or draft.most_cut_fen),
        "over_budget",
    )
    if draft.kind == "group_buy":
        wants("seats", 2 <= draft.seats <= MOST_SEATS, "group_seats")
        wants("hours", 1 <= draft.hours <= MOST_HOURS, "group_hours")
        wants("steps", _fall(draft), "steps_must_fall")
    if draft.kind == "bargain":
        wants("seats", 1 <= draft.seats <= MOST_HELPERS, "bargain_helpers")
        wants("hours", 1 <= draft.hours <= MOST_HOURS, "group_hours")
        # Every helper takes off at least a fen, so that no help is worth nothing.
        wants("price_fen", draft.list_fen - draft.price_fen >= draft.seats, "cuts_below_a_fen")
    return found


def _fall(draft: CampaignDraft) -> bool:
    """More people, a lower price: the first step is the campaign's own, and each further one has more seats for less."""
    if not draft.steps:
        return True
    if draft.steps[0] != (draft.seats, draft.price_fen) or len(draft.steps) > 5:
        return False
    pairs = zip(draft.steps, draft.steps[1:], strict=False)
    return all(a[0] < b[0] <= MOST_SEATS and a[1] > b[1] > 0 for a, b in pairs)


@dataclass(frozen=True)
class Effect:
    """What one unit of a campaign leaves, in fen, when an owner sold it; and all units together against the list price."""

    price_fen: int
    fee_fen: int
    commission_fen: int
    merchant_fen: int
    cut_fen: int
    most_cut_fen: int


def effect_of(draft: CampaignDraft, *, fee_bp: int, offer_rate_bp: int, plan: Engine) -> Effect:
    """The effect of a campaign on its merchant's money at the least price, before it is saved."""
    price = draft.least_price_fen
    fee = price * fee_bp // 10_000
    commission = plan.merchant_cost_fen(price, offer_rate_bp if draft.rate_bp is None else draft.rate_bp)
    return Effect(
        price, fee, commission, price - fee - commission, draft.list_fen - price, draft.most_cut_fen
    )
