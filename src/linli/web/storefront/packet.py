"""Tips and red packets on pages."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.models import RedPacket
from linli.campaigns.operations import packet as packets
from linli.campaigns.queries.points import points_of
from linli.campaigns.rules.packet import KINDS, OPEN_HOURS
from linli.community.models import Community, Post
from linli.community.queries.community import standing_of
from linli.core import clock
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal
from linli.web.edge import actor_of, refuse, signed_in, whole_number


@require_POST
@signed_in
def tip(request: HttpRequest, post_id: int) -> HttpResponse:
    """Give an author points."""
    actor, at = actor_of(request), clock.now()
    found = get_object_or_404(Post.objects.visible_to(actor), pk=post_id)
    try:
        count_try(key=f"tip:{actor.member_id}", limit=30, window_seconds=60, at=at)
        made = packets.tip(post=found, points=whole_number(request.POST.get("points")), actor=actor, at=at)
    except Refusal as error:
        return refuse(request, error, f"/posts/{found.pk}")
    messages.success(request, gettext("%(n)s points are the author's now.") % {"n": made.points})
    return HttpResponseRedirect(f"/posts/{found.pk}")


@signed_in
def send(request: HttpRequest, community_id: int) -> HttpResponse:
    """Put points into a packet; what was typed is kept when it is refused."""
    actor, at = actor_of(request), clock.now()
    found = get_object_or_404(Community.objects.visible_to(actor), pk=community_id)
    form = {name: request.POST.get(name, "").strip()[:50] for name in ("points", "count", "kind", "words")}
    fault = ""
    if request.method == "POST":
        try:
            made = packets.send_packet(
                community=found, points=whole_number(form["points"]), count=whole_number(form["count"]), kind=form["kind"],
                words=form["words"], actor=actor, at=at,
            )  # fmt: skip
            return HttpResponseRedirect(f"/packets/{made.pk}")
        except Refusal as error:
            fault = error.sentence
    content = {
        "community": found,
        "standing": standing_of(found.pk, actor=actor),
        "form": form,
        "fault": fault,
        "kinds": KINDS,
        "held": points_of([actor.member_id], at=at)[actor.member_id],
        "hours": OPEN_HOURS,
    }
    return render(request, "community/packet_form.html", content, status=422 if fault else 200)


@signed_in
def packet(request: HttpRequest, packet_id: int) -> HttpResponse:
    """A red packet: take a share, see who took which; when it is over its seal can be checked. With ?part=1 what changes."""
    actor, at = actor_of(request), clock.now()
    found = get_object_or_404(
        RedPacket.objects.visible_to(actor).select_related("sender", "community").distinct(), pk=packet_id
    )
    if request.method == "POST":
        try:
            made = packets.take_share(packet=found, actor=actor, at=at)
        except Refusal as error:
            return refuse(request, error, f"/packets/{found.pk}")
        messages.success(request, gettext("%(n)s points are yours.") % {"n": made.points})
        return HttpResponseRedirect(f"/packets/{found.pk}")
    takings = list(found.takings.select_related("member"))
    mine = next((one for one in takings if one.member_id == actor.member_id), None)
    content = {
        "packet": found,
        "takings": takings,
        "mine": mine,
        "is_over": found.ended_at is not None or found.expires_at <= at,
        "is_sender": found.sender_id == actor.member_id,
    }
    return render(
        request, "community/packet_part.html" if request.GET.get("part") else "community/packet.html", content
    )
