"""The daily pack of an owner, and the materials of a product in the console of its merchant."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.catalog.models import Product
from linli.community.operations.material import write_checked_material
from linli.core import clock
from linli.core.clock import shop_day
from linli.core.recordings import recording_of
from linli.core.refusal import Refusal
from linli.core.typed import BadValue, read_day
from linli.distribution.models import Material, Owner, PackItem
from linli.distribution.operations.material import retire_material
from linli.distribution.operations.pack import mark_posted
from linli.distribution.queries.pack import best_hour_of, video_of
from linli.distribution.queries.plan import plan_at
from linli.distribution.queries.share import pack_words
from linli.insight.queries.material import material_results
from linli.insight.queries.share_result import share_results
from linli.trade.operations.daily_pack import daily_pack
from linli.web.console.merchant import console_frame
from linli.web.edge import actor_of, merchants_only, owners_only, whole_number
from linli.web.recording import take_recording


@owners_only
def pack(request: HttpRequest) -> HttpResponse:
    """Today's goods with words, picture, link and hour: one tap to copy, one to say that it is posted; what each has brought."""
    owner, at = Owner.objects.get(pk=actor_of(request).member_id), clock.now()
    today = shop_day(at)
    day = _day(request.GET.get("date", "")) or today
    items = daily_pack(owner=owner, day=day, at=at)
    results = share_results(item.share_link.code for item in items)
    plan = plan_at(at).engine
    content = {
        "day": day,
        "today": today,
        "hour": best_hour_of(owner.pk),
        "rows": [
            {
                "item": item,
                "words": pack_words(
                    item, owner=owner, url=request.build_absolute_uri(f"/s/{item.share_link.code}")
                ),
                "earn_fen": plan.own_sale_fen(item.product.price_fen, item.product.rate_bp),
                "result": results[item.share_link.code],
                "video": video_of(item),
            }
            for item in items
        ],
    }
    return render(request, "owner/pack.html", content)


def _day(text: str) -> date | None:
    """The day of the page's address; None when it is left out. Raises Refusal (bad_parameter)."""
    try:
        return read_day(text) if text else None
    except BadValue:
        raise Refusal("bad_parameter", {"field": "date"}) from None


@require_POST
@owners_only
def posted(request: HttpRequest, item_id: int) -> HttpResponse:
    """I have posted it."""
    item = get_object_or_404(PackItem, pk=item_id, owner_id=actor_of(request).member_id)
    mark_posted(item=item, at=clock.now())
    messages.success(request, gettext("Thank you. What it brings stands here."))
    return HttpResponseRedirect(f"/owner/pack?date={item.day}")


@merchants_only
def materials(request: HttpRequest, product_id: int) -> HttpResponse:
    """The words about a product that owners get, with what each has brought; a form for more. What was typed is kept."""
    actor = actor_of(request)
    product = get_object_or_404(Product.objects.managed_by(actor), pk=product_id)
    form: dict[str, Any] = {
        "words": request.POST.get("words", "")[:600],
        "months": request.POST.getlist("month")[:12],
        "recording": request.POST.get("recording", "")[:24],
    }
    fault = ""
    if request.method == "POST":
        try:
            if "sound" in request.FILES:
                form["recording"] = take_recording(request).name
            months = [whole_number(month) for month in form["months"]]
            write_checked_material(
                product_id=product.pk, words=form["words"], months=months, recording=form["recording"], actor=actor, at=clock.now()
            )  # fmt: skip
        except Refusal as error:
            fault = error.sentence
        else:
            messages.success(request, gettext("Saved."))
            return HttpResponseRedirect(f"/merchant/goods/{product.pk}/materials")
    content: dict[str, Any] = {
        **console_frame(request),
        "product": product,
        "rows": material_results(product.pk),
        "form": form,
        "recording": recording_of(form["recording"], member_id=actor.member_id)
        if form["recording"]
        else None,
        "fault": fault,
        "months": [str(month) for month in range(1, 13)],
    }
    return render(request, "merchant/materials.html", content, status=422 if fault else 200)


@require_POST
@merchants_only
def retire(request: HttpRequest, material_id: int) -> HttpResponse:
    """Owners do not get these words any more."""
    actor = actor_of(request)
    found = get_object_or_404(Material, pk=material_id, product__in=Product.objects.managed_by(actor))
    retire_material(material=found, actor=actor, at=clock.now())
    messages.success(request, gettext("Retired. What was posted stays measured."))
    return HttpResponseRedirect(f"/merchant/goods/{found.product_id}/materials")
