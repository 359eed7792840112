"""The three rings for the operator, and for agents of their regions: how many in each, how they move, which groups there are, what is to be posted into them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.catalog.models import Product
from linli.channels.models import RegionalAccount
from linli.channels.operations import count_followers, found_accounts
from linli.community.models import OuterGroup, OuterTask
from linli.community.operations.outer_group import approve_group
from linli.community.operations.outer_task import issue_tasks
from linli.community.queries.ring import RingSums, ring_sums
from linli.core import clock
from linli.core.refusal import Refusal
from linli.core.typed import read_whole
from linli.insight.queries.share_result import share_results
from linli.members.queries import region_prefix
from linli.web.charts import bars
from linli.web.console.realm import Realm, realm_only
from linli.web.edge import actor_of, choice_in, number_in, refuse, whole_number
from linli.web.figures import counted

DAYS, PAGE, MOST_CHOICES = 14, 20, 300
LISTS = ("groups", "posted", "accounts")
ARROWS = (("outer", "inner"), ("inner", "outer"), ("middle", "inner"), ("inner", "middle"))


@realm_only
def rings(request: HttpRequest, realm: Realm) -> HttpResponse:
    """The flow between the rings, and by pages the groups, what is posted into them, and the accounts; by region."""
    return _rings(request, realm, {"hours": "24"})


def _rings(request: HttpRequest, realm: Realm, form: dict[str, Any], status: int = 200) -> HttpResponse:
    at = clock.now()
    prefix = region_prefix(realm.region) if realm.region else ""
    chosen = choice_in(request, "list", LISTS, LISTS[0])
    rows: Any
    if chosen == "groups":
        rows = OuterGroup.objects.filter(closed_at=None, region__startswith=prefix).select_related("leader")
        rows = rows.order_by(F("approved_at").asc(nulls_first=True), "region", "position", "id")
    elif chosen == "posted":
        rows = OuterTask.objects.filter(group__region__startswith=prefix).select_related("group", "product")
    else:
        rows = RegionalAccount.objects.filter(region__startswith=prefix).order_by("region")
    page = Paginator(rows, PAGE).get_page(number_in(request, "page", 1))
    sums = counted(request, f"rings:{realm.region}", lambda: ring_sums(region=realm.region, days=DAYS, at=at))
    content = {
        **realm.content,
        "sums": sums,
        "flows": _flows(sums),
        "days": DAYS,
        "bars": bars([day["inward"] + day["outward"] for day in sums.by_day], 560, 96),
        "first": sums.by_day[0]["day"],
        "lists": LISTS,
        "chosen": chosen,
        "page": page,
        "form": form,
        "at": at,
    }
    if chosen == "groups":
        best = Product.objects.filter(state="on_sale").only("id", "title").order_by("-sold_count", "-pk")
        content["products"] = sorted(best[:MOST_CHOICES], key=lambda product: product.title)
    if chosen == "posted":
        content["results"] = share_results(task.share_code for task in page)
    return render(request, "ring/rings.html", content, status=status)


def _flows(sums: RingSums) -> list[dict[str, Any]]:
    """The arrows of the picture: as thick as they are many, 2 to 16."""
    most = max(sums.moves.values(), default=0)
    return [
        {
            "from": source,
            "to": target,
            "count": (count := sums.moves.get((source, target), 0)),
            "width": 2 + 14 * count // most if most else 2,
        }
        for source, target in ARROWS
    ]


@require_POST
@realm_only
def accounts(request: HttpRequest, realm: Realm) -> HttpResponse:
    """Register the accounts of the first regions, or write down how many follow one."""
    actor, at = actor_of(request), clock.now()
    if request.POST.get("action") == "found":
        if realm.scopes:
            return render(request, "ui/forbidden.html", status=403)
        made = found_accounts(actor=actor, at=at)
        messages.success(request, gettext("%(n)s accounts registered.") % {"n": made})
        return HttpResponseRedirect(f"{realm.path}/rings?list=accounts")
    found = get_object_or_404(RegionalAccount, pk=whole_number(request.POST.get("account")))
    if not realm.has(found.region):
        raise Http404
    try:
        count_followers(
            account=found, name=request.POST.get("name", ""), wechat=request.POST.get("wechat", ""),
            followers=whole_number(request.POST.get("followers"), -1), actor=actor, at=at,
        )  # fmt: skip
    except Refusal as error:
        return refuse(request, error, f"{realm.path}/rings?list=accounts")
    messages.success(request, gettext("Saved."))
    return HttpResponseRedirect(f"{realm.path}/rings?list=accounts&region={found.region}")


@require_POST
@realm_only
def approve(request: HttpRequest, realm: Realm) -> HttpResponse:
    """Newcomers are led to this group from now on."""
    found = get_object_or_404(OuterGroup, pk=whole_number(request.POST.get("approve")), closed_at=None)
    if not realm.has(found.region):
        raise Http404
    approve_group(group=found, actor=actor_of(request), at=clock.now())
    messages.success(request, gettext("Newcomers are led to “%(name)s” from now on.") % {"name": found.name})
    return HttpResponseRedirect(f"{realm.path}/rings?{request.GET.urlencode()}")


@require_POST
@realm_only
def issue(request: HttpRequest, realm: Realm) -> HttpResponse:
    """Ask the leaders of groups (those that are chosen, or all of a region) to post about a product."""
    actor, at = actor_of(request), clock.now()
    product = get_object_or_404(Product, pk=whole_number(request.POST.get("product")), state="on_sale")
    chosen = [whole_number(one) for one in request.POST.getlist("group")][:500]
    words, hours = request.POST.get("words", "")[:400], request.POST.get("hours", "")
    form = {"product": product.pk, "groups": chosen, "words": words, "hours": hours[:4]}
    groups = [
        one for one in OuterGroup.objects.filter(pk__in=chosen, closed_at=None) if realm.has(one.region)
    ]
    if not groups:
        messages.error(request, gettext("Choose at least one group."))
        return _rings(request, realm, form, status=422)
    try:
        issued = issue_tasks(
            groups=groups, product=product, words=words, hours=read_whole(hours or "24"), actor=actor, at=at
        )
    except Refusal as error:
        messages.error(request, error.sentence)
        return _rings(request, realm, form, status=422)
    messages.success(request, gettext("%(n)s leaders are asked.") % {"n": len(issued)})
    return HttpResponseRedirect(f"{realm.path}/rings?list=posted")
