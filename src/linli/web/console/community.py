"""A community's desk, for its leaders on the phone and the operator on the laptop: who asks, what to look at, members, rules."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.catalog.models import Product
from linli.community.models import Comment, Community, Expert, Membership, Post, Sanction, SanctionKind
from linli.community.operations import community as communities
from linli.community.operations import moderation
from linli.community.operations.join import decide_application
from linli.community.operations.template import changes_of, decide_change
from linli.community.queries import desk as desks
from linli.community.queries.circle import experts_by_member
from linli.community.queries.community import standing_of
from linli.community.queries.health import cohorts_of, health_of
from linli.community.queries.playbook import tasks_of
from linli.community.rules.community import ENTRIES, CommunityDraft
from linli.core import clock
from linli.core.money import yuan
from linli.core.refusal import Refusal, sentence
from linli.core.typed import read_whole
from linli.web.edge import (
    Unreadable,
    actor_of,
    choice_in,
    number_in,
    refuse,
    signed_in,
    typed_fen,
    typed_number,
    whole_number,
)

TABS = ("look", "tasks", "asking", "members", "health", "settings")
WEEKS = 8
ACTIONS = ("show", "hide", "pin", "unpin")
TEXTS = (
    "name", "type", "region", "tags", "intro", "rules", "announcement", "capacity", "daily_intake", "entry_kind", "entry_question",
    "entry_product", "entry_spend", "entry_fee",
)  # fmt: skip
View = Callable[..., HttpResponse]


def led(view: View) -> View:
    """A page of a community's leaders (and the operator): it comes as `found`; to anybody else it is not there."""

    @signed_in
    def inner(request: HttpRequest, community_id: int, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(Community.objects.led_by(actor_of(request)).distinct(), pk=community_id)
        return view(request, found, **kwargs)

    return inner


@led
def desk(request: HttpRequest, found: Community) -> HttpResponse:
    """What waits for a decision, and the settings; typed settings are kept when they are refused."""
    tab = choice_in(request, "tab", TABS, "look")
    content = _content(request, found, tab)
    if tab == "members":
        words = request.GET.get("q", "").strip()[:24]
        members = desks.members_of(found.pk, words=words, after=number_in(request, "after"))
        page = list(members.order_by("pk")[: desks.PAGE + 1])
        content |= {
            "members": page[: desks.PAGE],
            "next": page[desks.PAGE - 1].pk if len(page) > desks.PAGE else 0,
            "q": words,
            "experts": experts_by_member(found.pk),
        }
    if tab == "tasks":
        content |= tasks_of(found, at=clock.now())
    if tab == "health":
        content |= {
            "health": health_of(found.pk),
            "cohorts": cohorts_of(found.pk, weeks=WEEKS, at=clock.now()),
        }
    if tab == "settings":
        content |= {"changes": changes_of(found), "clones": found.clones.filter(closed_at=None)[:100]}
        if not content["is_head"]:
            return render(request, "ui/forbidden.html", status=403)
        return _settings(request, found, content)
    return render(request, "community/desk.html", content)


def desk_of_one(
    request: HttpRequest, found: Community, about: Membership, typed: Expert, fault: str
) -> HttpResponse:
    """The desk with one member, as what was typed about them was refused."""
    content = _content(request, found, "members") | {
        "members": [about],
        "experts": {about.member_id: typed},
        "fault": fault,
    }
    return render(request, "community/desk.html", content, status=422)


def _content(request: HttpRequest, found: Community, tab: str) -> dict[str, Any]:
    actor = actor_of(request)
    return {
        "community": found,
        "tab": tab,
        "tabs": TABS,
        "items": desks.to_look_at([found.pk]),
        "asking": _applications(found),
        "line": desks.line(found.pk),
        "appeals": desks.open_appeals(actor=actor, community_ids=[found.pk]),
        "kinds": SanctionKind.values,
        "entries": ENTRIES,
        "is_head": is_head(request, found),
    }


def is_head(request: HttpRequest, found: Community) -> bool:
    """The leader, and the operator: second-level operators look after people, not after rules and roles."""
    if actor_of(request).is_operator:
        return True
    membership = standing_of(found.pk, actor=actor_of(request)).membership
    return membership is not None and membership.role == "leader"


def _settings(request: HttpRequest, found: Community, content: dict[str, Any]) -> HttpResponse:
    content["form"] = typed(request) if request.method == "POST" else _form_of(found)
    if request.method != "POST":
        return render(request, "community/desk.html", content)
    try:
        # What kind of community it is, and where, is settled when it is founded.
        content["form"] |= {"type": found.type, "region": found.region}
        draft = draft_of(content["form"], picture=found.picture)
        communities.change_community(community=found, draft=draft, actor=actor_of(request), at=clock.now())
    except Unreadable as error:
        content["faults"] = {error.field: sentence(error.code)}
    except communities.BadCommunity as error:
        content["faults"] = error.fields
    else:
        messages.success(request, gettext("Saved."))
        return HttpResponseRedirect(f"/c/{found.pk}/desk?tab=settings")
    return render(request, "community/desk.html", content, status=422)


def _applications(community: Community) -> list[Membership]:
    """Who asks to come in, each with the door that decides."""
    asking = list(desks.applications(community.pk))
    for one in asking:
        one.desk_path = f"/c/{community.pk}/desk/asking/{one.pk}"  # type: ignore[attr-defined]
    return asking


@require_POST
@led
def template_change(request: HttpRequest, found: Community) -> HttpResponse:
    """Take a change of the template, or keep one's own."""
    if not is_head(request, found):
        return render(request, "ui/forbidden.html", status=403)
    back = f"/c/{found.pk}/desk?tab=settings"
    part, take = request.POST.get("part", "")[:20], request.POST.get("take") == "yes"
    try:
        decide_change(community=found, part=part, take=take, actor=actor_of(request), at=clock.now())
    except communities.BadCommunity as error:
        messages.error(request, " ".join(sentence(code) for code in error.faults.values()))
        return HttpResponseRedirect(back)
    except Refusal as error:
        return refuse(request, error, back)
    messages.success(request, gettext("Decided."))
    return HttpResponseRedirect(back)


def typed(request: HttpRequest) -> dict[str, Any]:
    """The form of a community as typed."""
    most = {"rules": 2100, "announcement": 210, "intro": 130, "entry_question": 130}
    return {name: request.POST.get(name, "").strip()[: most.get(name, 80)] for name in TEXTS}


def _form_of(found: Community) -> dict[str, Any]:
    return {
        **{name: str(getattr(found, name, "")) for name in TEXTS},
        "tags": " ".join(found.tags),
        "entry_product": str(found.entry_product_id or ""),
        "entry_spend": yuan(found.entry_spend_fen) if found.entry_spend_fen else "",
        "entry_fee": yuan(found.entry_fee_fen) if found.entry_fee_fen else "",
    }


def draft_of(form: dict[str, Any], *, picture: str = "", leader_id: int = 0) -> CommunityDraft:
    """The form as a draft. Raises Unreadable."""
    product_id = typed_number(form, "entry_product")
    if product_id and not Product.objects.filter(pk=product_id).exists():
        raise communities.BadCommunity({"entry_product": "no_such_product"})
    return CommunityDraft(
        name=form["name"],
        type=form["type"],
        capacity=typed_number(form, "capacity"),
        daily_intake=typed_number(form, "daily_intake"),
        region=form["region"],
        tags=tuple(form["tags"].replace("，", " ").replace(",", " ").split()),
        intro=form["intro"],
        rules=form["rules"],
        announcement=form["announcement"],
        picture=picture,
        entry_kind=form["entry_kind"] or "open",
        entry_question=form["entry_question"] if form["entry_kind"] == "question" else "",
        entry_product_id=product_id if form["entry_kind"] == "purchase" else 0,
        entry_spend_fen=typed_fen(form, "entry_spend") if form["entry_kind"] == "purchase" else 0,
        entry_fee_fen=typed_fen(form, "entry_fee") if form["entry_kind"] == "fee" else 0,
        leader_id=leader_id,
    )


@require_POST
@led
def application(request: HttpRequest, found: Community, membership_id: int) -> HttpResponse:
    """Take somebody in, or not this time."""
    asking = get_object_or_404(Membership, pk=membership_id, community=found)
    try:
        reason = request.POST.get("reason", "")
        accept = request.POST.get("accept") == "yes"
        decide_application(membership=asking, accept=accept, reason=reason, at=clock.now())
    except Refusal as error:
        return refuse(request, error, f"/c/{found.pk}/desk?tab=asking")
    messages.success(request, gettext("Decided."))
    return HttpResponseRedirect(f"/c/{found.pk}/desk?tab=asking")


@require_POST
@led
def look(request: HttpRequest, found: Community) -> HttpResponse:
    """Show or hide a post or comment, with a reason for its author; pin a post."""
    actor, at = actor_of(request), clock.now()
    post = get_object_or_404(Post, pk=whole_number(request.POST.get("post")), community=found)
    action, reason = request.POST.get("action", ""), request.POST.get("reason", "")
    if action not in ACTIONS:
        return render(request, "ui/forbidden.html", status=403)
    comment_id = whole_number(request.POST.get("comment"))
    back = _back(request, found, f"/posts/{post.pk}")
    try:
        if action in ("pin", "unpin"):
            moderation.pin(post=post, is_pinned=action == "pin")
        elif comment_id:
            comment = get_object_or_404(Comment, pk=comment_id, post=post)
            moderation.decide_comment(
                comment=comment, show=action == "show", reason=reason, actor=actor, at=at
            )
        else:
            post.edited_at = _moment(request.POST.get("seen", ""))
            moderation.decide_post(post=post, show=action == "show", reason=reason, actor=actor, at=at)
    except Refusal as error:
        return refuse(request, error, back)
    messages.success(request, gettext("Decided."))
    return HttpResponseRedirect(back)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@require_POST
@led
def member(request: HttpRequest, found: Community, membership_id: int) -> HttpResponse:
    """A sanction with its reason, or (the leader) another role."""
    actor, at = actor_of(request), clock.now()
    about = get_object_or_404(Membership, pk=membership_id, community=found)
    back = f"/c/{found.pk}/desk?tab=members"
    try:
        if role := request.POST.get("role", ""):
            is_fit = about.state == "active" and (about.role != "leader" or actor.is_operator)
            if not (is_fit and is_head(request, found) and role in ("leader", "operator", "member")):
                return render(request, "ui/forbidden.html", status=403)
            communities.appoint(community=found, member_id=about.member_id, role=role, actor=actor, at=at)
        else:
            moderation.sanction(
                membership=about, kind=request.POST.get("kind", ""), reason=request.POST.get("reason", ""),
                days=read_whole(request.POST.get("days") or "0"), actor=actor, at=at,
            )  # fmt: skip
    except Refusal as error:
        return refuse(request, error, back)
    messages.success(request, gettext("Decided."))
    return HttpResponseRedirect(back)


@require_POST
@led
def answer(request: HttpRequest, found: Community, sanction_id: int) -> HttpResponse:
    """Answer an appeal; not one's own decision."""
    about = get_object_or_404(
        Sanction.objects.select_related("membership"), pk=sanction_id, membership__community=found
    )
    try:
        moderation.answer_appeal(
            sanction=about, lift=request.POST.get("lift") == "yes", answer=request.POST.get("answer", ""),
            actor=actor_of(request), at=clock.now(),
        )  # fmt: skip
    except Refusal as error:
        return refuse(request, error, _back(request, found, ""))
    messages.success(request, gettext("Decided."))
    return HttpResponseRedirect(_back(request, found, ""))


def _back(request: HttpRequest, found: Community, post: str) -> str:
    """To where the decision was made: the operator's queue, the post, or the desk."""
    came_from = request.POST.get("next", "")
    return {"queue": "/ops/moderation", "post": post}.get(came_from) or f"/c/{found.pk}/desk"
