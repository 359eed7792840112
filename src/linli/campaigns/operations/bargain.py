"""Bargains: begun by a member, cut by friends, bought at the price of the moment."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from linli.campaigns.models import Bargain, BargainHelp, Campaign, CampaignKind
from linli.campaigns.rules.bargain import schedule, seal
from linli.catalog.models import Offer
from linli.core import live
from linli.core.refusal import Refusal


def begin_bargain(*, campaign: Campaign, member_id: int, at: datetime) -> Bargain:
    """The member's bargain of a campaign; a second time gives the same. Its cuts are fixed and sealed now.

    Raises Refusal: campaign_over, not_started, sold_out.
    """
    if mine := Bargain.objects.filter(campaign=campaign, member_id=member_id).first():
        return mine
    if campaign.kind != CampaignKind.bargain or campaign.state(at) != "running":
        code = {"scheduled": "not_started", "sold_out": "sold_out"}.get(campaign.state(at), "campaign_over")
        raise Refusal(code)
    list_fen = Offer.objects.get(sku_id=campaign.sku_id).price_fen
    floor_fen = min(campaign.price_fen, list_fen)
    total_fen = list_fen - floor_fen
    if total_fen < campaign.seats:
        raise Refusal("campaign_over")
    seed = secrets.token_hex(16)
    cuts = schedule(total_fen, campaign.seats, seed)
    made, _ = Bargain.objects.get_or_create(
        campaign=campaign,
        member_id=member_id,
        defaults={
            "list_fen": list_fen,
            "floor_fen": floor_fen,
            "cuts": cuts,
            "seed": seed,
            "seal": seal(seed, cuts),
            "opened_at": at,
            "expires_at": min(at + timedelta(hours=campaign.hours), campaign.ends_at),
        },
    )
    return made


def help_cut(*, bargain: Bargain, helper_id: int, at: datetime) -> BargainHelp:
    """A friend takes the next cut of the schedule, once each; parallel helpers each get their own.

    Raises Refusal: own_bargain, bargain_over, bargain_bought, helped_before, bargain_at_floor.
    """
    with transaction.atomic():
        bargain = Bargain.objects.select_for_update().get(pk=bargain.pk)
        if bargain.member_id == helper_id:
            raise Refusal("own_bargain")
        if bargain.order_no:
            raise Refusal("bargain_bought")
        if bargain.expires_at <= at:
            raise Refusal("bargain_over")
        if bargain.helps.filter(helper_id=helper_id).exists():
            raise Refusal("helped_before")
        if bargain.helped_count >= len(bargain.cuts):
            raise Refusal("bargain_at_floor")
        cut_fen = bargain.cuts[bargain.helped_count]
        help_ = bargain.helps.create(
            helper_id=helper_id, position=bargain.helped_count, cut_fen=cut_fen, helped_at=at
        )
        bargain.helped_count += 1
        bargain.cut_fen += cut_fen
        bargain.save(update_fields=["helped_count", "cut_fen"])
        live.tell([f"bargain:{bargain.pk}"])
    return help_
