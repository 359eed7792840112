"""Batches of coupons in the consoles: made with their cost in sight, given to chosen members, with what they brought."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.models import CouponBatch
from linli.campaigns.operations.coupon import issue_coupons
from linli.campaigns.operations.coupon_batch import BadBatch, make_batch, stop_batch
from linli.campaigns.rules.coupon import BatchDraft
from linli.catalog.models import Category, Product
from linli.community.models import Community
from linli.core import clock
from linli.core.refusal import sentence
from linli.insight.queries.audience import AUDIENCES, audience
from linli.insight.queries.campaign_result import BatchResult, batch_results
from linli.web.console.campaigns import Desk, desk_of, desk_only
from linli.web.edge import Unreadable, actor_of, typed_bp, typed_fen, typed_number, whole_number

KINDS = ("fixed", "percent", "growth")
TEXTS = (
    "name", "kind", "face", "percent", "cap", "step", "min_spend", "quantity", "per_member", "valid_days", "scope", "category", "product",
    "platform_share", "claim_code", "budget",
)  # fmt: skip
MOST_ISSUED = 50_000


@desk_only
def coupons(request: HttpRequest) -> HttpResponse:
    """Every batch with what its coupons brought and cost; a form for a new one."""
    desk = desk_of(request)
    form = _typed(request) if request.method == "POST" else _blank(desk)
    content = _content(request, desk, form)
    if request.method != "POST":
        return render(request, "console/coupons.html", content)
    try:
        draft = _draft(form, desk)
    except Unreadable as error:
        content |= {"faults": {error.field: sentence(error.code)}}
        return render(request, "console/coupons.html", content, status=422)
    content["draft"] = draft
    if request.POST.get("action") == "look":
        return render(request, "console/coupons.html", content)
    try:
        make_batch(draft=draft, actor=actor_of(request), at=clock.now())
    except BadBatch as error:
        content["faults"] = error.fields
        return render(request, "console/coupons.html", content, status=422)
    messages.success(request, gettext("Saved."))
    return HttpResponseRedirect(f"{desk.path}/coupons")


def _content(request: HttpRequest, desk: Desk, form: dict[str, Any]) -> dict[str, Any]:
    batches = CouponBatch.objects.managed_by(actor_of(request)).select_related("merchant").order_by("-pk")
    if desk.merchant_id:
        batches = batches.filter(merchant_id=desk.merchant_id)
    shown = list(batches[:60])
    results = batch_results([batch.pk for batch in shown])
    products = Product.objects.filter(state="on_sale")
    if desk.merchant_id:
        products = products.filter(merchant_id=desk.merchant_id)
    return {
        **desk.content,
        "desk": desk,
        "form": form,
        "kinds": KINDS,
        "rows": [(batch, results.get(batch.pk, BatchResult())) for batch in shown],
        "categories": Category.objects.all(),
        "products": products.order_by("title")[:300],
        "audiences": AUDIENCES,
        "communities": Community.objects.filter(closed_at=None)[:200],
    }


def _typed(request: HttpRequest) -> dict[str, Any]:
    form: dict[str, Any] = {name: request.POST.get(name, "").strip()[:60] for name in TEXTS}
    form["is_public"] = request.POST.get("is_public") == "yes"
    form["products"] = [whole_number(value) for value in request.POST.getlist("product")][:500]
    return form


def _blank(desk: Desk) -> dict[str, Any]:
    return dict.fromkeys(TEXTS, "") | {
        "kind": "fixed",
        "quantity": "100",
        "per_member": "1",
        "valid_days": "30",
        "scope": "all",
        "platform_share": "" if desk.merchant_id else "100",
        "is_public": True,
        "products": [],
    }


def _draft(form: dict[str, Any], desk: Desk) -> BatchDraft:
    """The form as a draft. Raises Unreadable."""
    scope_ids: tuple[int, ...] = ()
    if form["scope"] == "categories":
        scope_ids = (whole_number(form["category"]),)
    elif form["scope"] == "products":
        scope_ids = tuple(form["products"])
    return BatchDraft(
        name=form["name"],
        kind=form["kind"],
        quantity=typed_number(form, "quantity"),
        valid_days=typed_number(form, "valid_days"),
        merchant_id=desk.merchant_id or None,
        face_fen=typed_fen(form, "face"),
        # Percent with two decimals are basis points.
        percent_bp=typed_bp(form, "percent"),
        cap_fen=typed_fen(form, "cap"),
        step_fen=typed_fen(form, "step"),
        min_spend_fen=typed_fen(form, "min_spend"),
        per_member=typed_number(form, "per_member"),
        scope_kind=form["scope"] or "all",
        scope_ids=scope_ids,
        platform_share_bp=0 if desk.merchant_id else typed_bp(form, "platform_share"),
        claim_code=form["claim_code"],
        is_public=form["is_public"],
        budget_fen=typed_fen(form, "budget"),
    )


@require_POST
@desk_only
def stop(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Nobody gets any more of a batch."""
    desk, actor = desk_of(request), actor_of(request)
    batch = get_object_or_404(CouponBatch.objects.managed_by(actor).made_by_people(), pk=batch_id)
    stop_batch(batch=batch, actor=actor, at=clock.now())
    messages.success(request, gettext("No more of these are given out. Those that members have stay good."))
    return HttpResponseRedirect(f"{desk.path}/coupons")


@require_POST
@desk_only
def issue(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Give a coupon of a batch to a circle of members."""
    desk, actor, at = desk_of(request), actor_of(request), clock.now()
    batch = get_object_or_404(CouponBatch.objects.managed_by(actor).made_by_people(), pk=batch_id)
    members = audience(
        request.POST.get("audience", ""), merchant_id=desk.merchant_id, limit=MOST_ISSUED, at=at
    )
    count = issue_coupons(batch=batch, member_ids=members, at=at)
    messages.success(request, gettext("Given: %(count)s") % {"count": count})
    return HttpResponseRedirect(f"{desk.path}/coupons")
