"""Circles, experts, the fee of the way in, and what is to be done by playbooks, over HTTP."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from linli.api.app import actor_of, answer, demand, optional_bearer
from linli.api.catalog import number
from linli.api.circle_schemas import BeginIn, CircleIn, ExpertIn, FeeIn, PlaybookIn, TaskDoneIn
from linli.api.once import Router
from linli.community.models import Circle, Community, Expert, Playbook, PlaybookRun, PlaybookTask
from linli.community.operations import circle as circles
from linli.community.operations import expert as experts
from linli.community.operations import playbook as playbooks
from linli.community.queries.circle import circles_of, experts_of
from linli.community.queries.playbook import playbook_rows, runs_of
from linli.community.rules.playbook import BadPlaybook
from linli.core import clock
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal
from linli.payments.adapters.registry import first_gateway
from linli.trade.operations.entry_fee import charge_fee

router = Router(tags=["communities"])
MOST_TASKS = 200


def _led(request: HttpRequest, community_id: str) -> Community:
    return Community.objects.led_by(actor_of(request)).distinct().get(pk=number(community_id))


@router.post("/communities/{community_id}/fees")
def post_fee(request: HttpRequest, community_id: str, body: FeeIn) -> HttpResponse:
    """Pay to come in: a charge for the fee as it was shown. The member is inside, or in line, once it is paid."""
    actor, at = actor_of(request), clock.now()
    count_try(key=f"fee:{actor.member_id}", limit=20, window_seconds=600, at=at)
    found = Community.objects.visible_to(actor).get(pk=number(community_id))
    opened = charge_fee(
        community=found,
        shown_fen=body.fee_fen,
        gateway_name=body.gateway or first_gateway(),
        actor=actor,
        at=at,
    )
    url = request.build_absolute_uri(opened.pay_path)
    return answer({"charge_no": opened.charge_no, "pay_url": url, "state": "open"}, 201)


@router.get("/communities/{community_id}/circles", auth=optional_bearer)
def get_circles(request: HttpRequest, community_id: str) -> HttpResponse:
    """The open circles of a community."""
    actor = actor_of(request)
    found = Community.objects.visible_to(actor).get(pk=number(community_id))
    items = [
        {"id": str(one.id), "name": one.name, "intro": one.intro, "members": one.member_count, "posts": one.post_count, "mine": one.is_mine}
        for one in circles_of(found.pk, member_id=actor.member_id)
    ]  # fmt: skip
    return answer({"items": items, "next": None})


@router.post("/communities/{community_id}/circles")
def post_circle(request: HttpRequest, community_id: str, body: CircleIn) -> HttpResponse:
    """(leader, operator) A new circle."""
    actor, at = actor_of(request), clock.now()
    found = _led(request, community_id)
    made = circles.open_circle(community=found, name=body.name, intro=body.intro, actor=actor, at=at)
    return answer({"id": str(made.pk), "name": made.name}, 201)


@router.put("/circles/{circle_id}/memberships/me")
def put_circle_membership(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Join a circle; twice is once."""
    actor = actor_of(request)
    found = Circle.objects.get(pk=number(circle_id), community__in=Community.objects.visible_to(actor))
    circles.join_circle(circle=found, actor=actor, at=clock.now())
    return answer({"id": str(found.pk), "mine": True})


@router.delete("/circles/{circle_id}/memberships/me")
def delete_circle_membership(request: HttpRequest, circle_id: str) -> HttpResponse:
    """Leave a circle."""
    actor = actor_of(request)
    found = Circle.objects.get(pk=number(circle_id), community__in=Community.objects.visible_to(actor))
    circles.leave_circle(circle=found, actor=actor)
    return answer({"id": str(found.pk), "mine": False})


@router.delete("/circles/{circle_id}")
def delete_circle(request: HttpRequest, circle_id: str) -> HttpResponse:
    """(leader, operator) Close a circle; what was said stays."""
    actor = actor_of(request)
    found = Circle.objects.get(pk=number(circle_id), community__in=Community.objects.led_by(actor))
    circles.close_circle(circle=found, actor=actor, at=clock.now())
    return answer({"id": str(found.pk), "closed": True})


@router.get("/communities/{community_id}/experts", auth=optional_bearer)
def get_experts(request: HttpRequest, community_id: str) -> HttpResponse:
    """Who can be asked there, about what, and when they look in."""
    found = Community.objects.visible_to(actor_of(request)).get(pk=number(community_id))
    items = [
        {
            "member_id": str(one.member_id), "name": one.name, "subject": one.subject, "weekdays": one.weekdays,
            "from_minute": one.from_minute, "to_minute": one.to_minute, "in": one.is_in, "accepted_answers": one.answer_count,
        }
        for one in experts_of(found.pk, at=clock.now())
    ]  # fmt: skip
    return answer({"items": items, "next": None})


@router.post("/communities/{community_id}/experts")
def post_expert(request: HttpRequest, community_id: str, body: ExpertIn) -> HttpResponse:
    """(leader, operator) Name an expert, or change the hours of one."""
    actor, at = actor_of(request), clock.now()
    found = _headed(request, community_id)
    made = experts.name_expert(
        community=found, member_id=number(body.member_id), subject=body.subject, weekdays=body.weekdays,
        from_minute=body.from_minute, to_minute=body.to_minute, actor=actor, at=at,
    )  # fmt: skip
    return answer({"id": str(made.pk), "member_id": body.member_id}, 201)


def _headed(request: HttpRequest, community_id: str) -> Community:
    """A community of which one is the leader, or for the operator any: second-level operators give no roles."""
    actor = actor_of(request)
    found = _led(request, community_id)
    heads = found.memberships.filter(member_id=actor.member_id, role="leader", state="active")
    demand(actor.is_operator or heads.exists())
    return found


@router.delete("/communities/{community_id}/experts/{member_id}")
def delete_expert(request: HttpRequest, community_id: str, member_id: str) -> HttpResponse:
    """(leader, operator) Nobody asks them any more."""
    found = _headed(request, community_id)
    expert = Expert.objects.get(community=found, member_id=number(member_id), ended_at=None)
    experts.end_expert(expert=expert, actor=actor_of(request), at=clock.now())
    return answer({"member_id": str(expert.member_id), "ended": True})


@router.get("/communities/{community_id}/tasks")
def get_tasks(request: HttpRequest, community_id: str, done: bool = False) -> HttpResponse:
    """(leader, second-level operator, operator) What is to be done there by playbooks, or what was."""
    found = _led(request, community_id)
    tasks = PlaybookTask.objects.visible_to(actor_of(request)).filter(
        community=found, done_at__isnull=not done
    )
    return answer(
        {"items": [_task(one) for one in tasks.select_related("playbook")[:MOST_TASKS]], "next": None}
    )


def _task(one: PlaybookTask) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "playbook": one.playbook.code,
        "title": one.title,
        "words": one.words,
        "newcomers": one.people,
        "host_id": str(one.host_id) if one.host_id else None,
        "due_at": one.due_at,
        "done_at": one.done_at,
        "note": one.note,
    }


@router.post("/tasks/{task_id}/done")
def post_done(request: HttpRequest, task_id: str, body: TaskDoneIn) -> HttpResponse:
    """(leader, second-level operator, operator) It is done."""
    actor = actor_of(request)
    found = PlaybookTask.objects.visible_to(actor).get(pk=number(task_id))
    playbooks.finish_task(task=found, note=body.note, actor=actor, at=clock.now())
    return answer({"id": str(found.pk), "done": True}, 201)


@router.post("/communities/{community_id}/playbooks")
def post_begin(request: HttpRequest, community_id: str, body: BeginIn) -> HttpResponse:
    """(leader, second-level operator, operator) Begin a playbook by hand, on a day."""
    actor, at = actor_of(request), clock.now()
    found = _led(request, community_id)
    playbook = Playbook.objects.get(code=body.playbook[:40])
    run = playbooks.begin_playbook(playbook=playbook, community=found, begins_on=body.day, actor=actor, at=at)
    return answer({"id": str(run.pk), "playbook": playbook.code, "day": run.begins_on.isoformat()}, 201)


@router.get("/communities/{community_id}/playbooks")
def get_begun(request: HttpRequest, community_id: str) -> HttpResponse:
    """(leader, second-level operator, operator) What was begun by hand and not stopped."""
    items = [
        {"id": str(run.pk), "playbook": run.playbook.code, "day": run.begins_on.isoformat()}
        for run in runs_of(_led(request, community_id), at=clock.now())
    ]
    return answer({"items": items, "next": None})


@router.post("/communities/{community_id}/playbooks/{run_id}/stop")
def post_stop(request: HttpRequest, community_id: str, run_id: str) -> HttpResponse:
    """(leader, second-level operator, operator) What was begun by hand brings nothing more; its open tasks go."""
    runs = PlaybookRun.objects.filter(community=_led(request, community_id)).select_related("playbook")
    playbooks.stop_run(run=runs.get(pk=number(run_id)), actor=actor_of(request), at=clock.now())
    return answer({"id": run_id, "stopped": True})


@router.get("/playbooks")
def get_playbooks(request: HttpRequest) -> HttpResponse:
    """(operator) Every playbook, with what became of its tasks."""
    demand(actor_of(request).is_operator)
    items = [
        {
            "code": row["code"], "title": row["title"], "trigger": row["trigger"], "types": row["types"],
            "started": row["started_at"] is not None, "steps": row["steps"],
            "in_time": row["in_time"], "late": row["late"], "open": row["open"],
        }
        for row in playbook_rows()
    ]  # fmt: skip
    return answer({"items": items, "next": None})


@router.post("/playbooks")
def post_playbook(request: HttpRequest, body: PlaybookIn) -> HttpResponse:
    """(operator) Write a playbook, or write it anew."""
    actor, at = actor_of(request), clock.now()
    demand(actor.is_operator)
    draft = playbooks.PlaybookDraft(
        body.code, body.title, body.trigger, body.document, tuple(body.types), body.started
    )
    try:
        made = playbooks.save_playbook(draft=draft, actor=actor, at=at)
    except BadPlaybook as error:
        details = {"line": error.line, "why": error.sentence}
        raise Refusal("bad_playbook", details) from None
    return answer({"code": made.code, "steps": made.steps.count()}, 201)
