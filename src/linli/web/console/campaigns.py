"""Campaigns in the consoles: a merchant's own, and for the operator everybody's. What a campaign does to the money is shown
before it is saved; results stand beside their cost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localtime, make_aware
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from linli.campaigns.models import Campaign, Group, GroupState
from linli.campaigns.operations import campaign as operations
from linli.campaigns.operations.group import complete_group
from linli.campaigns.queries.shelf import CampaignFace, campaign_face, groups_of, managed_campaigns
from linli.campaigns.rules.campaign import CampaignDraft, Effect, effect_of
from linli.campaigns.rules.lint import findings
from linli.campaigns.types import STACKABLE
from linli.catalog.models import Sku
from linli.community.models import Community
from linli.core import clock
from linli.core.refusal import Refusal, sentence
from linli.core.settings import value_at
from linli.distribution.queries.plan import plan_at
from linli.insight.queries.campaign_result import campaign_results
from linli.merchants.values import SERVICE_FEE_BP
from linli.web.console.merchant import console_frame
from linli.web.edge import (
    Unreadable,
    View,
    actor_of,
    choice_in,
    merchants_only,
    number_in,
    operators_only,
    refuse,
    typed_bp,
    typed_fen,
    typed_number,
    whole_number,
)

KINDS = ("group_buy", "flash_sale", "bargain", "preview")
DAYS = 14
MOST_SKUS = 300
TEXTS = (
    "kind", "sku", "price", "stock", "seats", "hours", "per_member", "rate", "leader_cut", "budget", "starts_at", "ends_at", "seats_2", "price_2",
    "seats_3", "price_3",
)  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """Where a console page stands: a merchant's, or the operator's over all."""

    template: str
    path: str
    merchant_id: int
    content: dict[str, Any]


def desk_of(request: HttpRequest) -> Desk:
    """The console that a page belongs to."""
    if request.path.startswith("/ops/"):
        return Desk("ops/frame.html", "/ops", 0, {})
    content = console_frame(request)
    return Desk("merchant/frame.html", "/merchant", content["merchant"].pk, content)


def desk_only(view: View) -> View:
    """The operator on /ops, merchants on /merchant."""
    for_operator, for_merchant = operators_only(view), merchants_only(view)

    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = for_operator if request.path.startswith("/ops/") else for_merchant
        return chosen(request, *args, **kwargs)

    return inner


@desk_only
def campaigns(request: HttpRequest) -> HttpResponse:
    """M6, P9: every campaign with its result, and a calendar of two weeks."""
    desk, at = desk_of(request), clock.now()
    page = managed_campaigns(
        merchant_id=desk.merchant_id, before=number_in(request, "before"), at=at, limit=31
    )
    shown = page[:30]
    results = campaign_results([one.id for one in shown])
    return render(
        request,
        "console/campaigns.html",
        {
            **desk.content,
            "desk": desk,
            "rows": [(one, results[one.id]) for one in shown],
            "bars": _bars(shown, at),
            "days": [localtime(at + timedelta(days=n)) for n in range(DAYS)],
            "next": shown[-1].id if len(page) > 30 else 0,
            "kinds": KINDS,
        },
    )


def _bars(shown: list[CampaignFace], at: datetime) -> list[dict[str, Any]]:
    """The campaigns of the next two weeks as bars of a calendar, in per mille of its width."""
    begin = clock.shop_midnight(at)
    span = DAYS * 86_400
    bars = []
    for one in shown:
        ends_at = min(one.ends_at, one.stopped_at or one.ends_at)
        left = max(int((one.starts_at - begin).total_seconds()), 0)
        right = min(int((ends_at - begin).total_seconds()), span)
        if left < right:
            bars.append({"one": one, "x": left * 1000 // span, "w": max((right - left) * 1000 // span, 8)})
    return [bar | {"y": 24 + 22 * n} for n, bar in enumerate(bars[:12])]


@desk_only
def edit(request: HttpRequest) -> HttpResponse:
    """A new campaign: its effect on the money of a unit, the findings of the law, then saving. What was typed is kept."""
    desk, actor, at = desk_of(request), actor_of(request), clock.now()
    skus = Sku.objects.filter(product__state="on_sale", offer__is_active=True).select_related(
        "product", "offer"
    )
    if desk.merchant_id:
        skus = skus.filter(product__merchant_id=desk.merchant_id)
    form = _typed(request) if request.method == "POST" else _blank(request, at)
    content: dict[str, Any] = {
        **desk.content,
        "desk": desk,
        "form": form,
        "skus": skus.order_by("product__title", "position")[:MOST_SKUS],
        "kinds": KINDS,
        "lanes": STACKABLE,
        "communities": Community.objects.filter(closed_at=None)[:200],
    }
    sku = skus.filter(pk=whole_number(form["sku"])).first()
    if sku is None:
        why = sentence("not_for_sale") if form["sku"] else gettext("Choose what it is about.")
        faults = {"sku": why} if request.method == "POST" else {}
        status = 422 if faults and request.POST.get("action") != "look" else 200
        return render(request, "console/campaign_edit.html", content | {"faults": faults}, status=status)
    try:
        draft = operations.with_history(_draft(form, sku, at), sku=sku)
    except Unreadable as error:
        faults = {error.field: sentence(error.code)}
        return render(request, "console/campaign_edit.html", content | {"faults": faults}, status=422)
    content |= {"effect": _effect(draft, sku, at), "draft": draft, "findings": _findings(draft)}
    if request.method != "POST" or request.POST.get("action") == "look":
        return render(request, "console/campaign_edit.html", content)
    try:
        made = operations.make_campaign(draft=draft, sku=sku, actor=actor, at=at)
    except operations.BadCampaign as error:
        faults = error.fields
        return render(request, "console/campaign_edit.html", content | {"faults": faults}, status=422)
    messages.success(request, gettext("Saved."))
    return HttpResponseRedirect(f"{desk.path}/campaigns/{made.pk}")


def _typed(request: HttpRequest) -> dict[str, Any]:
    form: dict[str, Any] = {name: request.POST.get(name, "").strip()[:40] for name in TEXTS}
    form["community"] = request.POST.get("community", "")[:18]
    form["newcomers_only"] = request.POST.get("newcomers_only") == "yes"
    form["stacks_with"] = request.POST.getlist("stacks_with")[:5]
    return form


def _blank(request: HttpRequest, at: datetime) -> dict[str, Any]:
    begins = localtime(at).replace(second=0, microsecond=0)
    return dict.fromkeys(TEXTS, "") | {
        "kind": choice_in(request, "kind", KINDS, "group_buy"),
        "sku": number_in(request, "sku") or "",
        "seats": "3",
        "hours": "24",
        "stock": "100",
        "starts_at": begins.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (begins + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M"),
        "newcomers_only": False,
        "community": "",
        "stacks_with": ["self_purchase"],
    }


def _draft(form: dict[str, Any], sku: Sku, at: datetime) -> CampaignDraft:
    """The form as a draft. Raises Unreadable."""
    is_group_buy = form["kind"] == "group_buy"
    price_fen, seats = typed_fen(form, "price"), typed_number(form, "seats")
    steps = [(seats, price_fen)]
    for n in ("2", "3"):
        if form[f"seats_{n}"] and form[f"price_{n}"]:
            steps.append((typed_number(form, f"seats_{n}"), typed_fen(form, f"price_{n}")))
    return CampaignDraft(
        kind=form["kind"],
        sku_id=sku.pk,
        price_fen=price_fen,
        stock_count=typed_number(form, "stock"),
        starts_at=_moment(form, "starts_at", at),
        ends_at=_moment(form, "ends_at", at),
        list_fen=sku.offer.price_fen,
        seats=seats,
        hours=typed_number(form, "hours"),
        per_member=typed_number(form, "per_member"),
        rate_bp=typed_bp(form, "rate") if form["rate"] else None,
        steps=tuple(steps) if len(steps) > 1 and is_group_buy else (),
        leader_cut_fen=typed_fen(form, "leader_cut") if is_group_buy else 0,
        newcomers_only=form["newcomers_only"] and is_group_buy,
        budget_fen=0 if form["kind"] == "preview" else typed_fen(form, "budget"),
        community_id=_community(form),
        stacks_with=tuple(form["stacks_with"]),
    )


def _community(form: dict[str, Any]) -> int | None:
    """The community whose members alone may buy; None for everybody. Raises Unreadable."""
    if not form["community"] or form["kind"] == "preview":
        return None
    found = Community.objects.filter(pk=whole_number(form["community"]), closed_at=None).first()
    if found is None:
        raise Unreadable("community")
    return found.pk


def _moment(form: dict[str, Any], field: str, otherwise: datetime) -> datetime:
    """A moment as typed, in the shop's time; another one for an empty field. Raises Unreadable."""
    if not form[field]:
        return otherwise
    try:
        moment = datetime.fromisoformat(form[field])
    except ValueError:
        raise Unreadable(field) from None
    if not 2000 < moment.year < 2100:
        raise Unreadable(field)
    return moment if moment.tzinfo else make_aware(moment)


def _effect(draft: CampaignDraft, sku: Sku, at: datetime) -> Effect | None:
    if draft.kind == "preview" or draft.price_fen < 1:
        return None
    fee_bp = value_at(SERVICE_FEE_BP, at=at)
    return effect_of(
        draft, fee_bp=fee_bp, offer_rate_bp=sku.offer.commission_rate_bp, plan=plan_at(at).engine
    )


def _findings(draft: CampaignDraft) -> list[dict[str, str]]:
    is_english = get_language() == "en"
    return [
        {
            "id": one.id,
            "severity": one.severity,
            "words": one.en if is_english else one.zh,
            "source": one.source,
        }
        for one in findings(draft)
    ]


@desk_only
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One campaign: what it brought beside what it cost, its groups, and how to end it."""
    desk, actor, at = desk_of(request), actor_of(request), clock.now()
    found = get_object_or_404(Campaign.objects.managed_by(actor), pk=campaign_id)
    face = campaign_face(found.pk, actor=actor, at=at)
    state = choice_in(request, "state", GroupState.values)
    return render(
        request,
        "console/campaign.html",
        {
            **desk.content,
            "desk": desk,
            "campaign": face,
            "result": campaign_results([found.pk])[found.pk],
            "groups": groups_of(found.pk, state=state, before=number_in(request, "before")),
            "state": state,
        },
    )


@require_POST
@desk_only
def stop(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """End a campaign before its time; open groups go on to their end."""
    desk, actor = desk_of(request), actor_of(request)
    found = get_object_or_404(Campaign.objects.managed_by(actor), pk=campaign_id)
    operations.stop_campaign(campaign=found, actor=actor, at=clock.now())
    messages.success(request, gettext("The campaign is stopped. Open groups go on to their end."))
    return HttpResponseRedirect(f"{desk.path}/campaigns/{found.pk}")


@require_POST
@desk_only
def complete(request: HttpRequest, group_id: int) -> HttpResponse:
    """Complete a group that is short of people, and bear the difference."""
    desk, actor = desk_of(request), actor_of(request)
    found = get_object_or_404(Group, pk=group_id, campaign__in=Campaign.objects.managed_by(actor))
    here = f"{desk.path}/campaigns/{found.campaign_id}"
    try:
        complete_group(group=found, actor=actor, at=clock.now())
    except Refusal as error:
        return refuse(request, error, here)
    messages.success(request, gettext("The group is complete; its orders can be sent."))
    return HttpResponseRedirect(here)
