"""Routing for the operator: whom each community fits, a dry run that says who would go where and why, and the run."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.community.models import Community, Identity, RoutingRule
from linli.community.operations.routing import Routed, RuleDraft, drop_rule, write_rule
from linli.community.queries.community import known_tags
from linli.core import clock
from linli.core.refusal import Refusal
from linli.core.typed import read_signed
from linli.members.rules import OCCUPATIONS
from linli.trade.operations.routing import route_members
from linli.web.edge import actor_of, number_in, operators_only, refuse, whole_number

MOST, PAGE = 200, 30


@operators_only
def routing(request: HttpRequest) -> HttpResponse:
    """The rules with the places that came of them; a POST is a dry run, or the run itself."""
    routed: Routed | None = None
    action = request.POST.get("action", "")
    if request.method == "POST":
        routed = route_members(at=clock.now(), is_dry=action != "run")
        if action == "run":
            words = gettext("%(proposed)s proposed, %(waiting)s in line, %(left)s given up.")
            messages.success(request, words % vars(routed))
            return HttpResponseRedirect("/ops/routing")
    rules = RoutingRule.objects.select_related("community").order_by("-priority", "community_id")
    page = Paginator(rules, PAGE).get_page(number_in(request, "page", 1))
    content: dict[str, Any] = {
        "routed": routed,
        "page": page,
        "others": Community.objects.filter(closed_at=None, routing=None)[:MOST],
        "occupations": OCCUPATIONS,
        "identities": Identity.values,
        "tags": known_tags(),
        "chosen": RoutingRule.objects.filter(pk=number_in(request, "rule"))
        .select_related("community")
        .first(),
    }
    return render(request, "ops/routing.html", content)


@require_POST
@operators_only
def rule(request: HttpRequest, community_id: int) -> HttpResponse:
    """Write the rule of a community (0: the one that is chosen in the form), or drop it."""
    actor, at = actor_of(request), clock.now()
    wanted = community_id or whole_number(request.POST.get("community"))
    community = get_object_or_404(Community, pk=wanted, closed_at=None)
    if request.POST.get("action") == "drop":
        drop_rule(community=community, actor=actor, at=at)
        return HttpResponseRedirect("/ops/routing")
    try:
        draft = RuleDraft(
            occupations=request.POST.getlist("occupation"),
            interests=request.POST.getlist("interest"),
            identities=request.POST.getlist("identity"),
            priority=read_signed(request.POST.get("priority") or "0"),
        )
        write_rule(community=community, draft=draft, actor=actor, at=at)
    except Refusal as error:
        return refuse(request, error, "/ops/routing")
    messages.success(request, gettext("Saved. The next run goes by it."))
    return HttpResponseRedirect("/ops/routing")
