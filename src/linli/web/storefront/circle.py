"""The circles of a community: to see, join and leave; its leaders open and close them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.community.models import Circle, Community
from linli.community.operations import circle as operations
from linli.community.queries.circle import circles_of
from linli.community.queries.community import standing_of
from linli.core import clock
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal
from linli.web.edge import actor_of, refuse, signed_in, whole_number


def circles(request: HttpRequest, community_id: int) -> HttpResponse:
    """Every open circle; a leader's form for a new one keeps what was typed."""
    actor, fault, form = actor_of(request), "", {"name": "", "intro": ""}
    found = get_object_or_404(Community.objects.visible_to(actor), pk=community_id)
    standing = standing_of(found.pk, actor=actor)
    if request.method == "POST":
        if not standing.is_leading:
            return render(request, "ui/forbidden.html", status=403)
        form = {name: request.POST.get(name, "").strip()[:80] for name in form}
        try:
            operations.open_circle(community=found, **form, actor=actor, at=clock.now())
        except Refusal as error:
            fault = error.sentence
        else:
            messages.success(request, gettext("Saved."))
            return HttpResponseRedirect(f"/c/{found.pk}/circles")
    content = {
        "community": found,
        "standing": standing,
        "circles": circles_of(found.pk, member_id=actor.member_id),
        "form": form,
        "fault": fault,
    }
    return render(request, "community/circles.html", content, status=422 if fault else 200)


@require_POST
@signed_in
def change(request: HttpRequest, community_id: int) -> HttpResponse:
    """Join or leave a circle; a leader closes one."""
    actor, at = actor_of(request), clock.now()
    communities = Community.objects.visible_to(actor)
    found = get_object_or_404(
        Circle,
        pk=whole_number(request.POST.get("circle")),
        community_id=community_id,
        community__in=communities,
    )
    action, back = request.POST.get("action", ""), f"/c/{community_id}/circles"
    try:
        count_try(key=f"circle:{actor.member_id}", limit=60, window_seconds=60, at=at)
        if action == "join":
            operations.join_circle(circle=found, actor=actor, at=at)
        elif action == "leave":
            operations.leave_circle(circle=found, actor=actor)
        elif action == "close" and standing_of(community_id, actor=actor).is_leading:
            operations.close_circle(circle=found, actor=actor, at=at)
        else:
            return render(request, "ui/forbidden.html", status=403)
    except Refusal as error:
        return refuse(request, error, back)
    return HttpResponseRedirect(f"/c/{community_id}?circle={found.pk}" if action == "join" else back)
