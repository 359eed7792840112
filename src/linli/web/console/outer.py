"""Groups of the outer ring for the people who lead them: counting, a fresh join code, what is to be posted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.community.models import OuterGroup, OuterTask
from linli.community.operations import outer_group as operations
from linli.community.operations.outer_task import confirm_task
from linli.community.rules.ring import CAPACITY, PLATFORMS, TYPES, OuterGroupDraft
from linli.core import clock
from linli.core.pictures import keep_picture
from linli.core.refusal import Refusal
from linli.insight.queries.share_result import share_results
from linli.members.queries import region_tree
from linli.web.edge import actor_of, refuse, signed_in, whole_number

MOST, SHOWN = 60, 12
TEXTS = ("platform", "name", "type", "region", "capacity", "member_count", "position", "join_url")


@signed_in
def outer(request: HttpRequest) -> HttpResponse:
    """My groups and my tasks; a form to register a group. What was typed is kept."""
    actor = actor_of(request)
    form = {name: request.POST.get(name, "").strip()[:200] for name in TEXTS}
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            register(request, form, leader_id=actor.member_id)
        except operations.BadOuterGroup as error:
            faults = error.fields
        except Refusal as error:
            faults = {"qr": error.sentence}
        else:
            messages.success(request, gettext("Saved."))
            return HttpResponseRedirect("/outer")
    mine = OuterTask.objects.filter(group__leader_id=actor.member_id).select_related("group", "product")
    # What is to be done first; of what is done or over the newest.
    tasks = sorted(mine[:MOST], key=lambda task: task.confirmed_at is not None or task.due_at < clock.now())[
        :SHOWN
    ]
    results = share_results(task.share_code for task in tasks)
    content: dict[str, Any] = {
        "groups": OuterGroup.objects.filter(leader_id=actor.member_id, closed_at=None)[:MOST],
        "tasks": [
            (task, results.get(task.share_code), request.build_absolute_uri(f"/t/{task.code}"))
            for task in tasks
        ],
        "form": form,
        "faults": faults,
        **choices(),
    }
    return render(request, "ring/outer.html", content, status=422 if faults else 200)


def choices() -> dict[str, Any]:
    """What a form of a group offers."""
    return {
        "platforms": [(one, CAPACITY[one]) for one in PLATFORMS],
        "types": TYPES,
        "provinces": [(node["code"].ljust(6, "0"), node["name"]) for node in region_tree()],
    }


def register(request: HttpRequest, form: dict[str, str], *, leader_id: int) -> OuterGroup:
    """The form as a group on the register. Raises Refusal."""
    file = request.FILES.get("qr")
    draft = OuterGroupDraft(
        platform=form["platform"],
        name=form["name"],
        type=form["type"],
        region=form["region"],
        capacity=whole_number(form["capacity"], -1),
        member_count=whole_number(form["member_count"], 0 if not form["member_count"] else -1),
        position=whole_number(form["position"], 0 if not form["position"] else -1),
        join_url=form["join_url"],
    )
    actor, at = actor_of(request), clock.now()
    qr = keep_picture(file, member_id=actor.member_id, at=at) if file else ""
    return operations.register_group(draft=draft, leader_id=leader_id, qr=qr, actor=actor, at=at)


@require_POST
@signed_in
def count(request: HttpRequest, group_id: int) -> HttpResponse:
    """I have counted my group, and may send a fresh picture of its join code; or it is closed."""
    actor = actor_of(request)
    found = get_object_or_404(OuterGroup.objects.led_by(actor), pk=group_id)
    back = "/ops/rings" if request.POST.get("from") == "ops" and actor.is_operator else "/outer"
    try:
        if request.POST.get("action") == "close":
            operations.close_group(group=found, actor=actor, at=clock.now())
            return HttpResponseRedirect(back)
        file, at = request.FILES.get("qr"), clock.now()
        qr = keep_picture(file, member_id=actor.member_id, at=at) if file else ""
        count = whole_number(request.POST.get("member_count"), -1)
        operations.count_group(group=found, member_count=count, qr=qr, actor=actor, at=at)
    except Refusal as error:
        return refuse(request, error, back)
    messages.success(request, gettext("Saved."))
    return HttpResponseRedirect(back)


@require_POST
@signed_in
def confirm(request: HttpRequest, task_id: int) -> HttpResponse:
    """I have posted it."""
    found = get_object_or_404(OuterTask, pk=task_id, group__leader_id=actor_of(request).member_id)
    confirm_task(task=found, at=clock.now())
    messages.success(request, gettext("Thank you. Its link is counted from now on."))
    return HttpResponseRedirect("/outer")
