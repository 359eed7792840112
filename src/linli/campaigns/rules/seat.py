"""Who gets the units and seats of campaigns when not all can: in the order of arrival, whole or not at all. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.campaigns.types import CampaignFacts, Choice
from linli.core.refusal import Refusal


@dataclass(frozen=True)
class SeatAsked:
    """An order on its way that buys by a campaign."""

    choice: Choice
    member_id: int
    order_no: str
    quantity: int
    is_newcomer: bool


@dataclass(frozen=True)
class SeatGiven:
    """What was given: units of the campaign, and for a group buy a seat in a group, which the ask joins or opens."""

    asked: SeatAsked
    campaign: CampaignFacts
    price_fen: int
    group_id: int = 0
    seats: int = 0
    opens_group: bool = False


class Table:
    """The state of campaigns and groups while asks are served one after the other. units: (campaign, member) → units had
    before; seated: (group, member) pairs that have a seat; bargains: those that are bought, by id;
    inside: (community, member) pairs of those who may buy by a community's campaign."""

    def __init__(
        self,
        campaigns: Mapping[int, CampaignFacts],
        groups: Mapping[int, Any],
        units: Mapping[tuple[int, int], int],
        seated: set[tuple[int, int]],
        bargains: Mapping[int, Any],
        at: datetime,
        inside: Collection[tuple[int, int]] = (),
    ) -> None:
        self.inside = inside
        self.campaigns, self.groups, self.bargains, self.at = campaigns, groups, bargains, at
        self.left = {row.id: row.available_count for row in campaigns.values()}
        self.free = {row.id: row.seats - row.taken_count for row in groups.values()}
        self.units, self.seated = dict(units), set(seated)

    def serve(self, asked: SeatAsked) -> SeatGiven | Refusal:
        """Give one ask what it wants, or say why not: no_such_campaign, not_started, campaign_over, sold_out,
        campaign_limit, group_over, group_full, already_in_group, newcomers_only, community_only, no_such_step, no_such_bargain, bargain_bought,
        bargain_over."""
        choice = asked.choice
        campaign = self.campaigns.get(choice.campaign_id)
        if campaign is None or choice.kind not in ("", campaign.kind):
            return Refusal("no_such_campaign")
        group = self.groups.get(choice.group_id) if choice.group_id else None
        refusal = campaign_fault(campaign, at=self.at) or self._fault(asked, campaign, group)
        if refusal:
            return refusal
        if group:
            self._take(asked)
            self.free[group.id] -= 1
            self.seated.add((group.id, asked.member_id))
            return SeatGiven(asked, campaign, group.price_fen, group.id, group.seats)
        if campaign.kind != "group_buy":
            self._take(asked)
            return SeatGiven(asked, campaign, campaign.price_fen)
        step = step_of(campaign, choice.seats)
        if step is None:
            return Refusal("no_such_step")
        self._take(asked)
        return SeatGiven(asked, campaign, step[1], seats=step[0], opens_group=True)

    def _fault(self, asked: SeatAsked, campaign: CampaignFacts, group: Any) -> Refusal | None:
        refusal = None
        if campaign.community_id and (campaign.community_id, asked.member_id) not in self.inside:
            return Refusal("community_only")
        if campaign.kind == "bargain":
            refusal = self._bargain_fault(asked, campaign)
        elif asked.choice.group_id:
            refusal = self._group_fault(asked, campaign, group)
        if refusal:
            return refusal
        if self.left[campaign.id] < asked.quantity:
            return Refusal("sold_out", {"sku_id": str(campaign.sku_id), "left": self.left[campaign.id]})
        had = self.units.get((campaign.id, asked.member_id), 0)
        if campaign.per_member and had + asked.quantity > campaign.per_member:
            return Refusal("campaign_limit", {"most": campaign.per_member, "had": had})
        return None

    def _group_fault(self, asked: SeatAsked, campaign: CampaignFacts, group: Any) -> Refusal | None:
        if group is None or group.campaign_id != campaign.id:
            return Refusal("no_such_group")
        if (group.id, asked.member_id) in self.seated:
            return Refusal("already_in_group")
        if group.state == "full" or self.free[group.id] < 1:
            return Refusal("group_full")
        if group.state == "failed" or group.expires_at <= self.at:
            return Refusal("group_over")
        if campaign.newcomers_only and not asked.is_newcomer:
            return Refusal("newcomers_only")
        return None

    def _bargain_fault(self, asked: SeatAsked, campaign: CampaignFacts) -> Refusal | None:
        bargain = self.bargains.get(asked.choice.bargain_id)
        if bargain is None or bargain.campaign_id != campaign.id or bargain.member_id != asked.member_id:
            return Refusal("no_such_bargain")
        if bargain.order_no:
            return Refusal("bargain_bought")
        if bargain.expires_at <= self.at:
            return Refusal("bargain_over")
        return None

    def _take(self, asked: SeatAsked) -> None:
        key = asked.choice.campaign_id, asked.member_id
        self.left[key[0]] -= asked.quantity
        self.units[key] = self.units.get(key, 0) + asked.quantity


def campaign_fault(campaign: CampaignFacts, *, at: datetime) -> Refusal | None:
    """Why nobody can buy by a campaign at a moment; None while it runs."""
    if campaign.stopped_at and campaign.stopped_at <= at:
        return Refusal("campaign_over")
    if at < campaign.starts_at:
        return Refusal("not_started", {"starts_at": campaign.starts_at.isoformat()})
    return Refusal("campaign_over") if at >= campaign.ends_at else None


def step_of(campaign: Any, seats: int) -> tuple[int, int] | None:
    """The step of a group buy with so many seats, as (seats, price_fen); the first one for 0, None when there is no such."""
    steps: Sequence[Sequence[int]] = campaign.steps or [[campaign.seats, campaign.price_fen]]
    found = steps[0] if not seats else next((step for step in steps if step[0] == seats), None)
    return (found[0], found[1]) if found else None
