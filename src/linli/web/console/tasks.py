"""What a community's people do by playbooks, and who can be asked there: on the desk of its leaders."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.community.models import Community, Expert, Membership, Playbook, PlaybookRun, PlaybookTask
from linli.community.operations import community as communities
from linli.community.operations import expert as experts
from linli.community.operations import playbook as playbooks
from linli.core import clock
from linli.core.refusal import Refusal
from linli.web.console.community import desk_of_one, is_head, led
from linli.web.edge import actor_of, refuse, whole_number


@require_POST
@led
def finish(request: HttpRequest, found: Community, task_id: int) -> HttpResponse:
    """It is done; a note may say how it went."""
    back = f"/c/{found.pk}/desk?tab=tasks"
    task = get_object_or_404(PlaybookTask, pk=task_id, community=found)
    try:
        playbooks.finish_task(
            task=task, note=request.POST.get("note", ""), actor=actor_of(request), at=clock.now()
        )
    except Refusal as error:
        return refuse(request, error, back)
    messages.success(request, gettext("Done. Thank you."))
    return HttpResponseRedirect(back)


@require_POST
@led
def begin(request: HttpRequest, found: Community) -> HttpResponse:
    """Begin a playbook by hand, on a day."""
    back = f"/c/{found.pk}/desk?tab=tasks"
    playbook = get_object_or_404(Playbook, code=request.POST.get("playbook", "")[:40])
    try:
        playbooks.begin_playbook(
            playbook=playbook, community=found, begins_on=_day(request.POST.get("day", "")), actor=actor_of(request), at=clock.now()
        )  # fmt: skip
    except Refusal as error:
        return refuse(request, error, back)
    messages.success(request, gettext("It begins on that day; its tasks come here."))
    return HttpResponseRedirect(back)


@require_POST
@led
def stop(request: HttpRequest, found: Community, run_id: int) -> HttpResponse:
    """A playbook that was begun by hand brings nothing more."""
    run = get_object_or_404(PlaybookRun.objects.select_related("playbook"), pk=run_id, community=found)
    playbooks.stop_run(run=run, actor=actor_of(request), at=clock.now())
    messages.success(request, gettext("Stopped. Its open tasks are gone."))
    return HttpResponseRedirect(f"/c/{found.pk}/desk?tab=tasks")


def _day(text: str) -> date:
    """A day as a date field sends it. Raises Refusal: playbook_day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("playbook_day") from None


def _name_expert(request: HttpRequest, found: Community, about: Membership, back: str) -> HttpResponse:
    known = Expert.objects.filter(community=found, member_id=about.member_id, ended_at=None).first()
    typed = Expert(
        pk=known.pk if known else None,
        subject=request.POST.get("subject", "")[:40],
        weekdays=[whole_number(one) for one in request.POST.getlist("weekday")][:7],
        from_minute=whole_number(request.POST.get("from"), -1) * 60,
        to_minute=whole_number(request.POST.get("to"), -1) * 60,
    )
    try:
        experts.name_expert(
            community=found, member_id=about.member_id, subject=typed.subject, weekdays=typed.weekdays,
            from_minute=typed.from_minute, to_minute=typed.to_minute, actor=actor_of(request), at=clock.now(),
        )  # fmt: skip
    except Refusal as error:
        return desk_of_one(request, found, about, typed, error.sentence)
    messages.success(request, gettext("Saved."))
    return HttpResponseRedirect(back)


@require_POST
@led
def person(request: HttpRequest, found: Community, membership_id: int) -> HttpResponse:
    """The leader names an expert, or who welcomes newcomers."""
    actor, at, back = actor_of(request), clock.now(), f"/c/{found.pk}/desk?tab=members"
    if not is_head(request, found):
        return render(request, "ui/forbidden.html", status=403)
    about = get_object_or_404(Membership, pk=membership_id, community=found)
    action = request.POST.get("action", "")
    try:
        if action == "host":
            communities.name_host(community=found, membership=about, actor=actor, at=at)
        elif action == "expert":
            return _name_expert(request, found, about, back)
        elif action == "end":
            expert = get_object_or_404(Expert, community=found, member_id=about.member_id, ended_at=None)
            experts.end_expert(expert=expert, actor=actor, at=at)
        else:
            return render(request, "ui/forbidden.html", status=403)
    except Refusal as error:
        return refuse(request, error, back)
    messages.success(request, gettext("Saved."))
    return HttpResponseRedirect(back)
