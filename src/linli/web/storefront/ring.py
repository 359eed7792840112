"""The rings for members: groups and accounts near me, the way into one, the link of what a leader posted."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render

from linli.channels.models import RegionalAccount
from linli.community.models import OuterGroup, OuterTask
from linli.community.operations.outer_group import click_group
from linli.community.operations.outer_task import open_task
from linli.community.queries.ring import joinable_groups, my_region
from linli.core import clock
from linli.core.codes import digest
from linli.members.queries import region_tree
from linli.web.came_by import came_by
from linli.web.edge import actor_of, region_in


def visitor_of(request: HttpRequest) -> str:
    """Who taps, as a digest that leads back to nobody: a member by their number, a guest by address alone: a browser says of
    itself what it likes, and fewer counted is better than many invented."""
    who = str(actor_of(request).member_id or request.META.get("REMOTE_ADDR", ""))
    return digest("visitor", who).hex()[:32]


def region_of(request: HttpRequest) -> str:
    """The region that a page is asked for, the member's own when it names none. Refuses: bad_parameter."""
    if "region" in request.GET:
        return region_in(request)
    return my_region(actor_of(request).member_id)


def near(request: HttpRequest) -> HttpResponse:
    """The groups that can be joined near me, and my region's service account; what each ring can do stands there."""
    region, at = region_of(request), clock.now()
    content = {
        "region": region,
        "province": region[:2].ljust(6, "0") if region else "",
        "provinces": [(node["code"].ljust(6, "0"), node["name"]) for node in region_tree()],
        "groups": joinable_groups(region, at=at),
        "account": RegionalAccount.objects.filter(region=region[:2].ljust(6, "0")).first()
        if region
        else None,
    }
    return render(request, "ring/near.html", content)


def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """The way into a group elsewhere. A POST says that somebody goes there: it is counted."""
    found = get_object_or_404(
        OuterGroup.objects.select_related("leader"), pk=group_id, closed_at=None, approved_at__isnull=False
    )
    at = clock.now()
    if request.method == "POST":
        click_group(group=found, visitor=visitor_of(request), at=at)
        return HttpResponseRedirect(f"/near/{found.pk}")
    holds = bool(found.qr) and (found.qr_until is None or found.qr_until > at)
    is_full = found.member_count >= found.capacity
    others = [one for one in joinable_groups(found.region, at=at) if one.pk != found.pk][:3]
    content = {"group": found, "holds": holds, "is_full": is_full, "others": others}
    return render(request, "ring/group.html", content)


def task_link(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody came by what a leader posted: counted, then to the goods, by the leader's link when there is one."""
    found = get_object_or_404(OuterTask.objects.select_related("group"), code=code.upper())
    open_task(task=found, visitor=visitor_of(request), at=clock.now())
    response = HttpResponseRedirect(f"/p/{found.product_id}")
    return came_by(request, response, found.share_code, actor_of(request)) if found.share_code else response
