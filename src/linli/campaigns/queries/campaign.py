"""What campaigns offer, for quotes and pages."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from linli.campaigns.rules.seat import campaign_fault, step_of
from linli.campaigns.types import CampaignFacts, CampaignPrice, Choice, Lane
from linli.core import sql
from linli.core.refusal import Refusal

_FACTS = """select id, kind, sku_id, price_fen, rate_bp, available_count, per_member, stacks_with::text as stacks_with, seats, hours,
 steps::text as steps, leader_cut_fen, newcomers_only, starts_at, ends_at, stopped_at, community_id from campaigns_campaign where id = any(%s::bigint[])"""


def campaigns_by_id(ids: Iterable[int]) -> dict[int, CampaignFacts]:
    """Campaigns as selling needs them."""
    return _read(sql.rows(_FACTS, (sorted(set(ids)),)))


def locked_campaigns(ids: Iterable[int]) -> dict[int, CampaignFacts]:
    """The same, their rows locked in the order of their ids."""
    return _read(sql.rows(_FACTS + " order by id for no key update", (sorted(set(ids)),)))


def _read(rows: Sequence[Any]) -> dict[int, CampaignFacts]:
    found = {}
    for row in rows:
        facts = row._asdict()
        facts["stacks_with"] = frozenset(json.loads(row.stacks_with))
        facts["steps"] = tuple((seats, price_fen) for seats, price_fen in json.loads(row.steps))
        found[row.id] = CampaignFacts(**facts)
    return found


def campaign_prices(
    asked: Sequence[tuple[int, Choice | None]], *, at: datetime
) -> list[CampaignPrice | Refusal | None]:
    """The price that the choice of each (member_id, choice) gives, or why it gives none now; None for baskets that choose nothing. No statement when
    nobody chooses. Refusals: no_such_campaign, not_started, campaign_over, no_such_group, no_such_step, no_such_bargain."""
    choices = [choice for _, choice in asked]
    ids = {choice.campaign_id for choice in choices if choice}
    if not ids:
        return [None] * len(choices)
    campaigns = campaigns_by_id(ids)
    groups = _groups([choice.group_id for choice in choices if choice and choice.group_id])
    bargains = _bargains([choice.bargain_id for choice in choices if choice and choice.bargain_id])
    return [
        _price(member_id, choice, campaigns, groups, bargains, at) if choice else None
        for member_id, choice in asked
    ]


def _price(
    member_id: int,
    choice: Choice,
    campaigns: dict[int, CampaignFacts],
    groups: dict[int, Any],
    bargains: dict[int, Any],
    at: datetime,
) -> CampaignPrice | Refusal:
    campaign = campaigns.get(choice.campaign_id)
    if campaign is None or choice.kind not in ("", campaign.kind):
        return Refusal("no_such_campaign")
    if fault := campaign_fault(campaign, at=at):
        return fault
    price_fen = campaign.price_fen
    if campaign.kind == "bargain":
        bargain = bargains.get(choice.bargain_id)
        if bargain is None or bargain.campaign_id != campaign.id or bargain.member_id != member_id:
            return Refusal("no_such_bargain")
        price_fen = bargain.list_fen - bargain.cut_fen
    elif choice.group_id:
        group = groups.get(choice.group_id)
        if group is None or group.campaign_id != campaign.id:
            return Refusal("no_such_group")
        price_fen = group.price_fen
    elif campaign.kind == "group_buy":
        step = step_of(campaign, choice.seats)
        if step is None:
            return Refusal("no_such_step")
        price_fen = step[1]
    return CampaignPrice(
        campaign.id,
        Lane(campaign.kind),
        campaign.sku_id,
        price_fen,
        campaign.leader_cut_fen,
        campaign.rate_bp,
        campaign.stacks_with,
    )


def _groups(ids: Sequence[int]) -> dict[int, Any]:
    if not ids:
        return {}
    rows = sql.rows(
        "select id, campaign_id, price_fen from campaigns_group where id = any(%s::bigint[])",
        (sorted(set(ids)),),
    )
    return {row.id: row for row in rows}


def _bargains(ids: Sequence[int]) -> dict[int, Any]:
    if not ids:
        return {}
    rows = sql.rows(
        "select id, campaign_id, member_id, list_fen, cut_fen from campaigns_bargain where id = any(%s::bigint[])",
        (sorted(set(ids)),),
    )
    return {row.id: row for row in rows}
