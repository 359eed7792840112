"""Communities for members: to find, to come into, to read, to leave."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.queries.given import given_to
from linli.community.models import (
    Community,
    EntryKind,
    Line,
    Membership,
    Post,
    PostState,
    RoutedPlace,
    Sanction,
)
from linli.community.operations import join
from linli.community.operations.moderation import appeal
from linli.community.operations.post import touch
from linli.community.operations.routing import decline_place
from linli.community.queries.circle import experts_of
from linli.community.queries.community import (
    communities_of,
    faces_of,
    find_communities,
    intake_left,
    leaders_of,
    proposed_to,
    standing_of,
)
from linli.community.queries.desk import members_of
from linli.community.queries.feed import Feed, PostFace, feed
from linli.community.queries.hall import hall_of
from linli.community.rules.intake import INSIDE
from linli.community.types import JoinAsked, Joined
from linli.core import clock
from linli.core.batcher import Batcher
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal
from linli.members.models import Address
from linli.payments.adapters.registry import first_gateway
from linli.trade.operations.enter_community import enter_communities
from linli.trade.operations.entry_fee import charge_fee
from linli.trade.queries.entry_fee import open_fee, paid_fee
from linli.trade.queries.verified_buyer import verified_buyers
from linli.trade.rules.entry_fee import RETURN_DAYS
from linli.web.context import unread_count
from linli.web.edge import actor_of, choice_in, number_in, refuse, signed_in, whole_number
from linli.web.kept_pages import show, values_of
from linli.web.templatetags.cards import post_card
from linli.web.templatetags.ui import money

TABS = ("new", "best", "show", "question", "selling")
TYPES = ("benefit", "light", "heavy")
MOST_FOUND = 60


def _enter(asked: Sequence[JoinAsked]) -> list[Joined | Refusal]:
    return enter_communities(asked, at=clock.now())


entering: Batcher[JoinAsked, Joined | Refusal] = Batcher(_enter)


def communities(request: HttpRequest) -> HttpResponse:
    """S0: mine, what my communities say, and what can be found here and everywhere."""
    actor, at = actor_of(request), clock.now()
    mine = communities_of(actor.member_id)
    kind = choice_in(request, "type", TYPES)
    home = Address.objects.visible_to(actor).values_list("region", flat=True).first() or ""
    where = choice_in(request, "where", ("all",))
    is_near = bool(home) and where != "all"
    others = find_communities(actor=actor, region=home if is_near else "", type=kind)
    found = list(others.exclude(pk__in=[one.pk for one in mine])[:MOST_FOUND])
    said = feed(
        actor=actor, community_ids=[one.pk for one in mine], cursor=request.GET.get("cursor", "")[:40]
    )
    proposed, faces = proposed_to(actor.member_id), faces_of([one.pk for one in found])
    cards = tuple(post_card(one, at, True) for one in with_marks(said).posts)
    content = {
        "mine": mine,
        "proposed": proposed,
        "found": found,
        "faces": faces,
        "kind": kind,
        "kinds": TYPES,
        "home": home,
        "is_near": is_near,
        "feed": said,
        "cards": cards,
        "unread_count": unread_count(actor.member_id),
    }
    rows = [*mine, *found, *proposed, *(one.community for one in proposed)]
    shows = (
        values_of(rows),
        request.get_full_path(),
        repr((faces, len(mine), kind, home, is_near, said.next, content["unread_count"])),
        cards,
    )
    return show(request, "community/communities.html", content, shows=shows)


@require_POST
@signed_in
def decline(request: HttpRequest, place_id: int) -> HttpResponse:
    """I do not want what was proposed, and am not asked again."""
    place = get_object_or_404(RoutedPlace, pk=place_id, member_id=actor_of(request).member_id)
    decline_place(place=place)
    return HttpResponseRedirect("/communities")


def with_marks(said: Feed) -> Feed:
    """The posts of buyers who really bought what they show carry a mark; known where orders are, so looked up here."""
    mark_verified(said.posts)
    return said


def mark_verified(posts: Sequence[PostFace]) -> None:
    """Set is_verified on posts whose author has received, and keeps, a product of its goods cards."""
    bought = verified_buyers({(post.author_id, card.product_id) for post in posts for card in post.cards})
    for post in posts:
        post.is_verified = any((post.author_id, card.product_id) in bought for card in post.cards)


def community(request: HttpRequest, community_id: int) -> HttpResponse:
    """S1: the cover, what its leader announces, and what is said; strangers see the way in first."""
    actor, at = actor_of(request), clock.now()
    hall = hall_of(community_id, actor=actor, at=at)
    if hall is None:
        raise Http404
    found, standing = hall.community, hall.standing
    if standing.membership and standing.is_member:
        touch(membership=standing.membership, at=at)
    tab = choice_in(request, "tab", TABS, "new")
    topic, circle_id = request.GET.get("topic", "")[:20], number_in(request, "circle")
    said = feed(
        actor=actor, community_ids=[found.pk], line=tab if tab in Line.values else "", topic=topic, circle_id=circle_id,
        sort="best" if tab == "best" else "new", cursor=request.GET.get("cursor", "")[:40],
    )  # fmt: skip
    can_read = standing.is_leading or standing.is_member or not found.is_for_members
    paused = standing.membership.paused_until if standing.membership else None
    fee = open_fee(found.pk, actor.member_id) if found.entry_kind == EntryKind.fee else None
    around = {
        "paused_until": paused if paused and paused > at else None,
        "can_read": can_read,
        "can_write": standing.is_member and (standing.is_leading or not found.is_led_talk),
        "place": _place(standing.membership),
        "return_days": RETURN_DAYS,
        "tab": tab,
        "tabs": TABS,
        "topic": topic,
        "circle": next((one for one in hall.circles if one.id == circle_id), None),
        "pinned": hall.pinned if can_read else [],
        "given": given_to(found.pk, at=at) if standing.is_member else [],
        "newest": said.posts[0].id if said.posts else 0,
    }
    content = {
        **vars(hall),
        **around,
        "fee": fee,
        "feed": with_marks(said),
        "cards": [post_card(one, at) for one in said.posts],
    }
    if tab == "show":
        return render(request, "community/community.html", content)
    shows = (
        hall.values,
        request.get_full_path(),
        repr(hall.experts),
        repr(around),
        fee and fee.state,
        said.next,
        tuple(content["cards"]),
    )
    return show(request, "community/community.html", content, shows=shows)


def _place(membership: Membership | None) -> int:
    if membership is None or membership.state != "queued":
        return 0
    return join.place_in_line(community_id=membership.community_id, member_id=membership.member_id)


def fresh(request: HttpRequest, community_id: int) -> HttpResponse:
    """How much was said since the page was read; a part of the open page."""
    after = number_in(request, "after")
    said = Post.objects.visible_to(actor_of(request)).filter(
        community_id=community_id, pk__gt=after, state=PostState.shown
    )
    content = {"community_id": community_id, "count": said[:99].count()}
    return render(request, "community/fresh_part.html", content)


def about(request: HttpRequest, community_id: int) -> HttpResponse:
    """Its rules in plain words, who leads it, the way in and out; for members also who belongs to it."""
    actor, at = actor_of(request), clock.now()
    found = get_object_or_404(
        Community.objects.visible_to(actor).select_related("entry_product"), pk=community_id
    )
    standing = standing_of(found.pk, actor=actor)
    shows_members = standing.is_leading or standing.is_member
    content = {
        "community": found,
        "standing": standing,
        "leaders": leaders_of(found.pk),
        "left_today": intake_left(found, at=at),
        "place": _place(standing.membership),
        "fee": open_fee(found.pk, actor.member_id),
        "return_days": RETURN_DAYS,
        "experts": experts_of(found.pk, at=at),
        "members": members_of(found.pk).order_by("role", "pk")[:100] if shows_members else [],
        "sanctions": standing.membership.sanctions.all()[:10] if standing.membership else [],
    }
    return render(request, "community/about.html", content)


@require_POST
@signed_in
def enter(request: HttpRequest, community_id: int) -> HttpResponse:
    """Come in, or into the line; what was typed is kept when it is refused."""
    actor, at = actor_of(request), clock.now()
    found = get_object_or_404(Community.objects.visible_to(actor), pk=community_id)
    answer, code = request.POST.get("answer", "").strip()[:300], request.POST.get("code", "").strip()[:12]
    try:
        count_try(key=f"join:{actor.member_id}", limit=20, window_seconds=60, at=at)
        outcome = entering.ask(JoinAsked(found.pk, actor.member_id, answer, code))
        if isinstance(outcome, Refusal):
            raise outcome
    except Refusal as error:
        return refuse(request, error, f"/c/{found.pk}")
    messages.success(request, _entered(outcome))
    return HttpResponseRedirect(f"/c/{found.pk}")


@signed_in
def pay_fee(request: HttpRequest, community_id: int) -> HttpResponse:
    """Pay to come in: the fee that was shown, or nothing. Asked without paying: what one is there by now, for a page that waits."""
    actor, at = actor_of(request), clock.now()
    found = get_object_or_404(Community.objects.visible_to(actor), pk=community_id)
    if request.method != "POST":
        return JsonResponse({"state": standing_of(found.pk, actor=actor).state})
    try:
        count_try(key=f"fee:{actor.member_id}", limit=20, window_seconds=600, at=at)
        shown_fen = whole_number(request.POST.get("fee_fen"), -1)
        opened = charge_fee(
            community=found,
            shown_fen=shown_fen,
            gateway_name=first_gateway(),
            actor=actor,
            at=at,
        )
    except Refusal as error:
        return refuse(request, error, f"/c/{found.pk}")
    return HttpResponseRedirect(opened.pay_path)


def _entered(outcome: Joined) -> str:
    if outcome.state == "asked":
        return gettext("Your answer is on its leader's desk. You will find a message here.")
    if outcome.state == "queued":
        return gettext("You are in line: place %(n)s. You come in by yourself when it is your turn.") % {
            "n": outcome.place
        }
    return gettext("Welcome!")


@require_POST
@signed_in
def leave(request: HttpRequest, community_id: int) -> HttpResponse:
    """Go, or stop waiting. Whoever is inside is asked once more: a place may be taken when they come back."""
    mine = _mine(request, community_id)
    if mine.state in INSIDE and request.POST.get("sure") != "yes":
        content = {
            "community": mine.community,
            "fee": paid_fee(community_id, mine.member_id),
            "return_days": RETURN_DAYS,
        }
        return render(request, "community/leave.html", content)
    fee = paid_fee(community_id, mine.member_id)
    try:
        count_try(key=f"leave:{mine.member_id}", limit=20, window_seconds=60, at=clock.now())
        join.leave(membership=mine)
    except Refusal as error:
        return refuse(request, error, f"/c/{community_id}/about")
    if fee:
        messages.success(
            request,
            gettext("You have left. Your %(fen)s are on their way back.") % {"fen": money(fee.amount_fen)},
        )
    else:
        messages.success(request, gettext("You have left. You can join again whenever you like."))
    return HttpResponseRedirect("/communities")


@require_POST
@signed_in
def come_back(request: HttpRequest, community_id: int) -> HttpResponse:
    """One tap after a rest."""
    mine = _mine(request, community_id)
    try:
        join.come_back(membership=mine, at=clock.now())
    except Refusal as error:
        return refuse(request, error, f"/c/{community_id}")
    messages.success(request, gettext("Good to have you back."))
    return HttpResponseRedirect(f"/c/{community_id}")


def _mine(request: HttpRequest, community_id: int) -> Membership:
    return get_object_or_404(Membership, community_id=community_id, member_id=actor_of(request).member_id)


@signed_in
def sanction(request: HttpRequest, sanction_id: int) -> HttpResponse:
    """S10: what was decided about me, why, and my appeal."""
    found = (
        Sanction.objects.filter(pk=sanction_id, membership__member_id=actor_of(request).member_id)
        .select_related("membership__community")
        .first()
    )
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            appeal(sanction=found, words=request.POST.get("words", ""), at=clock.now())
        except Refusal as error:
            return refuse(request, error, f"/sanctions/{found.pk}")
        messages.success(request, gettext("Somebody else than who decided will answer you."))
        return HttpResponseRedirect(f"/sanctions/{found.pk}")
    return render(request, "community/sanction.html", {"sanction": found})
