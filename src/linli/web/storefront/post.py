"""Posts and questions on pages: to read, answer, like, keep, report. To write: storefront.write."""

import re
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.queries.packet import tips_of
from linli.campaigns.rules.packet import TIPS
from linli.catalog.models import Product
from linli.community.models import Comment, Line, Post, PostState
from linli.community.operations import post as posts
from linli.community.operations.guide import open_goods
from linli.community.operations.mention import shared_names
from linli.community.operations.moderation import report as report_something
from linli.community.queries.circle import subjects_of
from linli.community.queries.community import standing_of
from linli.community.queries.feed import comments_of, post_face, posts_by_id, readable_comments, saved_posts
from linli.core import clock
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal
from linli.distribution.models import Owner
from linli.insight.queries.guide import best_guides, guided_by
from linli.members.queries import names_of
from linli.trade.queries.verified_buyer import bought_products, verified_buyers
from linli.web.came_by import came_by
from linli.web.edge import actor_of, number_in, refuse, safe_path, signed_in, whole_number
from linli.web.kept_pages import read_offline
from linli.web.storefront.community import mark_verified, with_marks

MOST_CHOICES = 12
GUIDE_SPAN_DAYS = 90
MARKS = re.compile(r"(?P<kind>like|save):(?P<post>[0-9]{1,17}):(?P<on>yes|no)")


@read_offline
def post(request: HttpRequest, post_id: int) -> HttpResponse:
    """S3, S4: a post with its comments, or a question with its answers. With ?part=1 only what others change."""
    actor = actor_of(request)
    found = post_face(post_id, actor=actor)
    if found is None:
        raise Http404
    if request.GET.get("part") == "player":
        return render(request, "community/player.html", {"post": found})
    standing = standing_of(found.community_id, actor=actor)
    comments, following = comments_of(
        found, actor=actor, is_leading=standing.is_leading, after=number_in(request, "after")
    )
    bought = verified_buyers({(one.author_id, one.product_id) for one in comments if one.product_id})
    asked_about = {one.author_id for one in comments} | {found.author_id}
    content = {
        "post": found,
        "standing": standing,
        "experts": subjects_of(found.community_id, asked_about),
        "names": list(
            names_of({*found.mentioned, *(pk for one in comments for pk in one.mentioned)}).values()
        ),
        "comments": [(one, (one.author_id, one.product_id) in bought) for one in comments],
        "next": following,
        "is_mine": found.author_id == actor.member_id,
        "is_question": found.line == Line.question,
    }
    if request.GET.get("part"):
        return render(request, "community/comments_part.html", content)
    mark_verified([found])
    content |= {
        "tips": tips_of(found.id),
        "tip_steps": TIPS,
        "guided": guided_by([found.id]).get(found.id),
        "earns": bool(found.cards) and Owner.objects.filter(pk=found.author_id, status="active").exists(),
    }
    product_ids = bought_products(actor.member_id, limit=MOST_CHOICES) if standing.is_member else []
    content["choices"] = list(Product.objects.filter(state="on_sale").in_bulk(product_ids).values())
    return render(request, "community/post.html", content)


def to_goods(request: HttpRequest, post_id: int, product_id: int) -> HttpResponse:
    """From a goods card to its product. An author who is an owner is the one whom the reader came by: the plan's sharer reward."""
    actor, at = actor_of(request), clock.now()
    response = HttpResponseRedirect(f"/p/{product_id}")
    found = Post.objects.visible_to(actor).filter(pk=post_id).first()
    if not found or not open_goods(post_id=post_id, product_id=product_id, member_id=actor.member_id, at=at):
        return response
    owner = Owner.objects.filter(pk=found.author_id, status="active").exclude(pk=actor.member_id).first()
    return came_by(request, response, owner.shop_code, actor) if owner else response


def guide(request: HttpRequest) -> HttpResponse:
    """C10: the posts by which most neighbours bought and kept."""
    ids = best_guides(since=clock.now() - timedelta(days=GUIDE_SPAN_DAYS))
    found = posts_by_id(ids, actor=actor_of(request))
    mark_verified(found)
    guided = guided_by([one.id for one in found])
    return render(
        request,
        "community/guide.html",
        {"posts": [(one, guided[one.id]) for one in found if one.id in guided]},
    )


@require_POST
@signed_in
def comment(request: HttpRequest, post_id: int) -> HttpResponse:
    """Comment or answer. What was typed comes back when it is refused."""
    actor, at = actor_of(request), clock.now()
    found = get_object_or_404(Post.objects.visible_to(actor), pk=post_id)
    try:
        count_try(key=f"comment:{actor.member_id}", limit=60, window_seconds=600, at=at)
        made = posts.write_comment(
            post=found, text=request.POST.get("text", ""), product_id=whole_number(request.POST.get("product")), actor=actor, at=at
        )  # fmt: skip
    except Refusal as error:
        return refuse(request, error, f"/posts/{found.pk}")
    tell_shared_names(request, made.text, found.community_id)
    if made.state == PostState.held:
        messages.info(request, gettext("Waiting for a leader's approval."))
    else:
        messages.success(request, gettext("Said."))
    return HttpResponseRedirect(f"/posts/{found.pk}#c{made.pk}")


def tell_shared_names(request: HttpRequest, text: str, community_id: int) -> None:
    """Say of each name after an @ that several have that nobody has heard of it."""
    for name in shared_names(text, community_id, author_id=actor_of(request).member_id):
        messages.info(
            request,
            gettext("Several members share the name “%(name)s”, so nobody was notified.") % {"name": name},
        )


@require_POST
@signed_in
def mark(request: HttpRequest) -> HttpResponse:
    """Like or keep a post, or not any more: one form for all posts of a page, each of its buttons says what (MARKS)."""
    actor, at = actor_of(request), clock.now()
    found = MARKS.fullmatch(request.POST.get("mark", ""))
    if not found:
        return render(request, "ui/forbidden.html", status=403)
    about = get_object_or_404(Post.objects.visible_to(actor), pk=int(found["post"]))
    back = safe_path(request.POST.get("next", ""), f"/posts/{about.pk}")
    try:
        count_try(key=f"mark:{actor.member_id}", limit=120, window_seconds=60, at=at)
        if found["kind"] == "save":
            posts.save(post=about, actor=actor, is_saved=found["on"] == "yes", at=at)
        else:
            posts.like(post=about, actor=actor, is_liked=found["on"] == "yes")
    except Refusal as error:
        return refuse(request, error, back)
    return HttpResponseRedirect(f"{back.partition('#')[0]}#p{about.pk}")


@require_POST
@signed_in
def report(request: HttpRequest, post_id: int) -> HttpResponse:
    """Say that a post or one of its comments is not right."""
    actor, at = actor_of(request), clock.now()
    found = get_object_or_404(Post.objects.visible_to(actor), pk=post_id)
    comments = readable_comments(found.pk, actor=actor)
    number = request.POST.get("comment", "")
    about = get_object_or_404(comments, pk=whole_number(number)) if number else None
    try:
        count_try(key=f"report:{actor.member_id}", limit=20, window_seconds=3600, at=at)
        report_something(post=found, comment=about, reason=request.POST.get("reason", ""), actor=actor, at=at)
    except Refusal as error:
        return refuse(request, error, f"/posts/{found.pk}")
    messages.success(request, gettext("Thank you. A person will look at it."))
    return HttpResponseRedirect(f"/posts/{found.pk}")


@require_POST
@signed_in
def delete(request: HttpRequest, post_id: int) -> HttpResponse:
    """Take back one's own post."""
    actor = actor_of(request)
    found = get_object_or_404(Post.objects.written_by(actor), pk=post_id)
    try:
        posts.delete_post(post=found, actor=actor)
    except Refusal as error:
        return refuse(request, error, f"/posts/{found.pk}")
    messages.success(request, gettext("It is taken back."))
    return HttpResponseRedirect(f"/c/{found.community_id}")


@require_POST
@signed_in
def change_comment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Accept an answer, or take back one's own comment."""
    actor = actor_of(request)
    is_accepted = request.POST.get("action") == "accept"
    # One's own words one takes back wherever they were said.
    within = {"post__in": Post.objects.visible_to(actor)} if is_accepted else {"author_id": actor.member_id}
    found = get_object_or_404(Comment.objects.select_related("post").filter(**within), pk=comment_id)
    try:
        if is_accepted:
            posts.accept_answer(comment=found, actor=actor, at=clock.now())
        else:
            posts.delete_comment(comment=found, actor=actor)
    except Refusal as error:
        return refuse(request, error, f"/posts/{found.post_id}")
    return HttpResponseRedirect(f"/posts/{found.post_id}")


@signed_in
def saved(request: HttpRequest) -> HttpResponse:
    """What I keep."""
    kept = saved_posts(actor=actor_of(request), cursor=request.GET.get("cursor", "")[:40])
    return render(request, "community/saved.html", {"feed": with_marks(kept)})
