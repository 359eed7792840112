"""The three rings over HTTP: regions, groups elsewhere, what is posted into them, how people move."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query

from linli.api.app import actor_of, answer, demand, optional_bearer
from linli.api.catalog import number
from linli.api.communities import is_agent_of
from linli.api.once import Router
from linli.api.schemas import OuterCountIn, OuterGroupIn, OuterTasksIn
from linli.api.values import Region
from linli.catalog.models import Product
from linli.community.models import OuterGroup, OuterTask
from linli.community.operations.outer_group import (
    approve_group,
    click_group,
    close_group,
    count_group,
    register_group,
)
from linli.community.operations.outer_task import confirm_task, issue_tasks
from linli.community.queries.ring import joinable_groups, ring_sums
from linli.community.rules.ring import OuterGroupDraft
from linli.core import clock
from linli.core.codes import digest
from linli.insight.queries.share_result import ShareResult, share_results
from linli.members.models import Member
from linli.members.queries import region_prefix, region_tree

router = Router(tags=["rings"])
MOST = 60


@router.get("/regions", auth=None)
def get_regions(request: HttpRequest, parent: Region = "") -> HttpResponse:
    """The administrative divisions below one (a 6-digit code); without one the provinces."""
    nodes = region_tree()
    prefix = region_prefix(parent) if parent else ""
    for size in (2, 4):
        if len(prefix) >= size:
            nodes = next(
                (one.get("children", []) for one in nodes if one["code"][:size] == prefix[:size]), []
            )
    items = [{"code": node["code"].ljust(6, "0")[:6], "name": node["name"]} for node in nodes]
    return answer({"items": items, "next": None})


@router.get("/outer-groups", auth=optional_bearer)
def get_groups(request: HttpRequest, region: Region = "") -> HttpResponse:
    """The groups that can be joined now, of a region with its surroundings: of each series the one that has room."""
    found = joinable_groups(region, at=clock.now())
    return answer({"items": [_group(one, clock.now()) for one in found], "next": None})


@router.post("/outer-groups")
def post_group(request: HttpRequest, body: OuterGroupIn) -> HttpResponse:
    """Register a group: one's own; the operator, and an agent within the own region, also others'. Newcomers are led to it once
    the operator approves it; the operator's own word is enough."""
    actor, at = actor_of(request), clock.now()
    leader_id = number(body.leader_id or "") or actor.member_id
    demand(leader_id == actor.member_id or actor.is_operator or is_agent_of(actor, body.region))
    Member.objects.get(pk=leader_id)
    values = body.dict(exclude={"leader_id"})
    made = register_group(draft=OuterGroupDraft(**values), leader_id=leader_id, actor=actor, at=at)
    return answer(_group(made, at), 201)


@router.post("/outer-groups/{group_id}/counts")
def post_count(request: HttpRequest, group_id: str, body: OuterCountIn) -> HttpResponse:
    """(its leader, operator) How many are in it now."""
    actor, at = actor_of(request), clock.now()
    group = OuterGroup.objects.led_by(actor).get(pk=number(group_id))
    count_group(group=group, member_count=body.member_count, actor=actor, at=at)
    return answer(_group(OuterGroup.objects.get(pk=group.pk), at), 201)


@router.post("/outer-groups/{group_id}/approval")
def post_approval(request: HttpRequest, group_id: str) -> HttpResponse:
    """(operator) Newcomers are led there from now on."""
    actor, at = actor_of(request), clock.now()
    demand(actor.is_operator)
    group = OuterGroup.objects.get(pk=number(group_id))
    approve_group(group=group, actor=actor, at=at)
    return answer(_group(OuterGroup.objects.get(pk=group.pk), at))


@router.post("/outer-groups/{group_id}/close")
def post_close(request: HttpRequest, group_id: str) -> HttpResponse:
    """(its leader, operator) Nobody is led there any more."""
    actor, at = actor_of(request), clock.now()
    group = OuterGroup.objects.led_by(actor).get(pk=number(group_id))
    close_group(group=group, actor=actor, at=at)
    return answer(_group(OuterGroup.objects.get(pk=group.pk), at))


@router.post("/outer-groups/{group_id}/clicks")
def post_click(request: HttpRequest, group_id: str) -> HttpResponse:
    """I go to a group: its way in, counted as a move from the app out to it, once a day."""
    actor, at = actor_of(request), clock.now()
    group = OuterGroup.objects.get(pk=number(group_id), closed_at=None, approved_at__isnull=False)
    visitor = digest("visitor", str(actor.member_id)).hex()[:32]
    click_group(group=group, visitor=visitor, at=at)
    return answer(_group(group, at), 201)


@router.post("/outer-tasks")
def post_tasks(request: HttpRequest, body: OuterTasksIn) -> HttpResponse:
    """(operator) Ask the leaders of groups to post about a product; each link is counted on its own."""
    actor, at = actor_of(request), clock.now()
    demand(actor.is_operator)
    groups = list(OuterGroup.objects.filter(pk__in=[number(one) for one in body.group_ids]))
    product = Product.objects.get(pk=number(body.product_id), state="on_sale")
    if not groups:
        raise OuterGroup.DoesNotExist
    issued = issue_tasks(
        groups=groups, product=product, words=body.words, hours=body.hours, actor=actor, at=at
    )
    return answer({"items": [_task(request, one, None) for one in issued], "next": None}, 201)


@router.get("/outer-tasks")
def get_tasks(request: HttpRequest) -> HttpResponse:
    """What is to be posted: a leader's own, the operator all; with what its link brought."""
    tasks = list(OuterTask.objects.visible_to(actor_of(request)).select_related("group")[:MOST])
    results = share_results(task.share_code for task in tasks)
    return answer(
        {"items": [_task(request, one, results.get(one.share_code)) for one in tasks], "next": None}
    )


@router.post("/outer-tasks/{code}/confirmation")
def post_confirmation(request: HttpRequest, code: str) -> HttpResponse:
    """(its leader) I have posted it."""
    actor = actor_of(request)
    task = OuterTask.objects.select_related("group").get(code=code.upper(), group__leader_id=actor.member_id)
    confirm_task(task=task, at=clock.now())
    task.refresh_from_db()
    return answer(_task(request, task, None))


@router.get("/ops/rings")
def get_rings(
    request: HttpRequest, region: Region = "", days: Annotated[int, Query(ge=1, le=90)] = 14
) -> HttpResponse:
    """(operator) How many in each ring, and the moves between them."""
    demand(actor_of(request).is_operator)
    sums = ring_sums(region=region, days=days, at=clock.now())
    moves = [{"from": a, "to": b, "count": count} for (a, b), count in sorted(sums.moves.items())]
    return answer(
        {
            "outer": {"groups": sums.outer_groups, "people": sums.outer_people},
            "middle": {"accounts": sums.middle_accounts, "people": sums.middle_people},
            "inner": {"people": sums.inner_people},
            "moves": moves,
            "by_day": [day | {"day": day["day"].isoformat()} for day in sums.by_day],
        }
    )


def _group(group: OuterGroup, at: datetime) -> dict[str, Any]:
    holds = bool(group.qr) and (group.qr_until is None or group.qr_until > at)
    return {
        "id": str(group.pk),
        "platform": group.platform,
        "name": group.name,
        "type": group.type,
        "region": group.region,
        "capacity": group.capacity,
        "member_count": group.member_count,
        "join_url": group.join_url,
        "qr_url": f"/media/{group.qr}" if holds else None,
        "qr_until": group.qr_until,
        "state": _state(group),
    }


def _state(group: OuterGroup) -> str:
    if group.closed_at:
        return "closed"
    if not group.approved_at:
        return "asked"
    return "full" if group.member_count >= group.capacity else "open"


def _task(request: HttpRequest, task: OuterTask, result: ShareResult | None) -> dict[str, Any]:
    return {
        "code": task.code,
        "group_id": str(task.group_id),
        "product_id": str(task.product_id),
        "words": task.words,
        "url": request.build_absolute_uri(f"/t/{task.code}"),
        "due_at": task.due_at,
        "confirmed_at": task.confirmed_at,
        "clicks": task.click_count,
        "orders": result.orders if result else None,
        "kept_fen": result.kept_fen if result else None,
    }
