"""Campaigns are made and stopped by merchants and the operator; members ask to be reminded of what is coming."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Min

from linli.campaigns.models import Campaign, CampaignKind, Reminder
from linli.campaigns.queries.sold_out import forget_sold_out
from linli.campaigns.rules.campaign import CampaignDraft, campaign_faults
from linli.campaigns.rules.lint import findings
from linli.catalog.models import Sku
from linli.catalog.operations.product import fix_price, open_offer_at
from linli.catalog.queries.offer import lowest_price
from linli.channels.operations import Told, tell_members
from linli.core import audit, sql
from linli.core.actor import Actor
from linli.core.refusal import Invalid
from linli.core.work import work_off

_BEGUN = """
select r.id from campaigns_reminder r join campaigns_campaign c on c.id = r.campaign_id
 where r.sent_at is null and c.starts_at <= %(at)s and c.stopped_at is null and r.id <> all(%(aside)s::bigint[])
 order by r.id limit %(most)s for no key update of r skip locked
"""


class BadCampaign(Invalid):
    """The draft cannot be a campaign; `faults` maps each field to the code of a sentence."""

    code = "bad_campaign"


def make_campaign(*, draft: CampaignDraft, sku: Sku, actor: Actor, at: datetime) -> Campaign:
    """Make a campaign for a sku of a merchant; it begins by the clock. Raises BadCampaign (also when a rule of law blocks it)."""
    with transaction.atomic():
        Sku.objects.select_for_update().get(pk=sku.pk)
        if draft.kind != CampaignKind.preview:
            # Before the past is looked at, so that nobody raises the price between that look and the end.
            fix_price(sku_id=sku.pk, until=draft.ends_at)
        draft = with_history(replace(draft, is_sku_busy=_is_busy(sku, at)), sku=sku)
        if found := campaign_faults(draft, at=at) or _blocks(draft):
            raise BadCampaign(found)
        is_preview = draft.kind == CampaignKind.preview
        in_groups = draft.kind in (CampaignKind.group_buy, CampaignKind.bargain)
        campaign = Campaign.objects.create(
            kind=draft.kind,
            merchant_id=sku.product.merchant_id,
            sku=sku,
            product_id=sku.product_id,
            price_fen=draft.list_fen if is_preview else draft.price_fen,
            rate_bp=draft.rate_bp,
            stock_count=0 if is_preview else draft.stock_count,
            available_count=0 if is_preview else draft.stock_count,
            per_member=1 if draft.kind == CampaignKind.bargain else draft.per_member,
            stacks_with=list(draft.stacks_with),
            seats=draft.seats if in_groups else 0,
            hours=draft.hours if in_groups else 0,
            steps=[list(step) for step in draft.steps],
            leader_cut_fen=draft.leader_cut_fen,
            budget_fen=draft.budget_fen,
            newcomers_only=draft.newcomers_only,
            community_id=draft.community_id,
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
            created_by_id=actor.member_id,
            created_at=at,
        )
        if is_preview:
            open_offer_at(sku_id=sku.pk, opens_at=draft.starts_at)
        audit.record(actor=actor, action=f"make_{draft.kind}", subject=f"campaign:{campaign.pk}", at=at)
    return campaign


def with_history(draft: CampaignDraft, *, sku: Sku) -> CampaignDraft:
    """The draft with what its sku cost, and was sold for, in the seven days before it begins."""
    since = draft.starts_at - timedelta(days=7)
    deals = Campaign.objects.filter(
        sku=sku, sold_count__gt=0, starts_at__lt=draft.starts_at, ends_at__gt=since
    ).exclude(kind=CampaignKind.preview)
    return replace(
        draft,
        lowest_list_fen=lowest_price(sku.pk, since=since, until=draft.starts_at),
        lowest_deal_fen=deals.aggregate(least=Min("price_fen"))["least"],
    )


def _is_busy(sku: Sku, at: datetime) -> bool:
    return Campaign.objects.filter(sku=sku, stopped_at=None, ends_at__gt=at).exists()


def _blocks(draft: CampaignDraft) -> dict[str, str]:
    return {finding.path: finding.id for finding in findings(draft) if finding.severity == "BLOCK"}


def stop_campaign(*, campaign: Campaign, actor: Actor, at: datetime) -> None:
    """Nobody can buy by it any more; open groups go on to their end, what was bought stays bought. A second time changes nothing."""
    with transaction.atomic():
        if not Campaign.objects.filter(pk=campaign.pk, stopped_at=None).update(stopped_at=at):
            return
        forget_sold_out([campaign.pk])
        if campaign.ends_at > at:
            # One that was over has let go of the price already; another may hold it now.
            fix_price(sku_id=campaign.sku_id, until=None)
        if campaign.kind == CampaignKind.preview and campaign.starts_at > at:
            open_offer_at(sku_id=campaign.sku_id, opens_at=None)
        audit.record(actor=actor, action="stop_campaign", subject=f"campaign:{campaign.pk}", at=at)


def remind_me(*, campaign: Campaign, member_id: int, at: datetime) -> None:
    """The member is told when the campaign begins; a second time changes nothing."""
    Reminder.objects.get_or_create(campaign=campaign, member_id=member_id, defaults={"asked_at": at})


def send_reminders(*, at: datetime) -> int:
    """Tell those who asked that their campaign has begun. Returns how many."""
    return work_off("campaigns.send_reminders", _BEGUN, partial(_remind, at=at), at=at)


def _remind(reminder_ids: Sequence[int], *, at: datetime) -> None:
    rows = sql.rows(
        """update campaigns_reminder r set sent_at = %s from campaigns_campaign c join catalog_product p on p.id = c.product_id
            where c.id = r.campaign_id and r.id = any(%s::bigint[])
            returning r.member_id, c.id as campaign_id, c.product_id, p.title""",
        (at, list(reminder_ids)),
    )
    told = [
        Told(
            row.member_id,
            "campaign_begins",
            f"campaign:{row.campaign_id}",
            f"/p/{row.product_id}",
            {"title": row.title},
        )
        for row in rows
    ]
    tell_members(told, at=at)
