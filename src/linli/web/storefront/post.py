"""Posts and questions on pages: to write, read, answer, like, keep, report."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.queries.packet import tips_of
from linli.campaigns.rules.packet import TIPS
from linli.catalog.models import Product
from linli.catalog.queries.product import ProductList, find_products
from linli.community.models import Comment, Community, Line, Post, PostState
from linli.community.operations import post as posts
from linli.community.operations.guide import open_goods
from linli.community.operations.moderation import report as report_something
from linli.community.queries.community import standing_of, topics_of
from linli.community.queries.feed import comments_of, post_face, posts_by_id, readable_comments, saved_posts
from linli.community.types import CommunityRefused
from linli.core import clock
from linli.core.pictures import BadPicture, is_kept, keep_picture
from linli.core.rate_limit import TooMany, count_try
from linli.distribution.models import Owner
from linli.trade.queries.guide import best_guides, guided_by
from linli.trade.queries.verified_buyer import bought_products, verified_buyers
from linli.trade.sentences import sentence
from linli.web.came_by import came_by
from linli.web.edge import actor_of, refuse, safe_path, signed_in, whole_number
from linli.web.storefront.community import mark_verified, with_marks

MOST_CHOICES = 12
GUIDE_SPAN_DAYS = 90


@signed_in
def write(request: HttpRequest, community_id: int) -> HttpResponse:
    """S9: the composer. Goods are chosen from what one has bought, or found by words; the draft stays in the browser."""
    actor = actor_of(request)
    found = get_object_or_404(Community.objects.visible_to(actor), pk=community_id)
    form = _typed(request) if request.method == "POST" else _blank(request)
    fault = ""
    if request.method == "POST":
        try:
            _keep_pictures(request, form)
            made = None if request.POST.get("action") == "find" else _write(request, found, form)
        except BadPicture:
            fault = sentence("bad_picture")
        except TooMany:
            fault = sentence("too_many")
        except CommunityRefused as error:
            fault = sentence(error.code)
        else:
            if made:
                return _written(request, made)
    standing = standing_of(found.pk, actor=actor)
    content = {
        "community": found,
        "standing": standing,
        "lines": [Line.question] if found.is_led_talk and not standing.is_leading else list(Line),
        "form": form,
        "fault": fault,
        "choices": _choices(form, actor.member_id),
        "topics": topics_of(found.pk),
    }
    return render(request, "community/write.html", content, status=422 if fault else 200)


def _typed(request: HttpRequest) -> dict[str, Any]:
    form: dict[str, Any] = {
        name: request.POST.get(name, "")[:most]
        for name, most in (("line", 8), ("text", 2100), ("topic", 40), ("words", 60))
    }
    form["products"] = [whole_number(value) for value in request.POST.getlist("product")][:20]
    form["images"] = [name for name in request.POST.getlist("image") if is_kept(name)][:9]
    return form


def _blank(request: HttpRequest) -> dict[str, Any]:
    line = request.GET.get("line", "")
    return {
        "line": line if line in Line.values else "",
        "text": "",
        "topic": request.GET.get("topic", "")[:20],
        "words": "",
        "products": [whole_number(request.GET.get("product"))] if request.GET.get("product") else [],
        "images": [],
    }


def _keep_pictures(request: HttpRequest, form: dict[str, Any]) -> None:
    """Uploaded pictures are kept in the form: neither a search nor a refusal loses them. Raises BadPicture, TooMany."""
    files = request.FILES.getlist("pictures")[: posts.MOST_IMAGES + 1 - len(form["images"])]
    if files:
        count_try(key=f"picture:{actor_of(request).member_id}", limit=60, window_seconds=600, at=clock.now())
    form["images"] += [keep_picture(file) for file in files]


def _written(request: HttpRequest, made: Post) -> HttpResponse:
    if made.state == PostState.held:
        messages.info(request, gettext("It waits for a look of the leader, and is shown then."))
    else:
        messages.success(request, gettext("Published."))
    return HttpResponseRedirect(f"/posts/{made.pk}")


def _write(request: HttpRequest, found: Community, form: dict[str, Any]) -> Post:
    actor, at = actor_of(request), clock.now()
    count_try(key=f"post:{actor.member_id}", limit=20, window_seconds=600, at=at)
    draft = posts.PostDraft(
        line=form["line"],
        text=form["text"],
        topic=form["topic"],
        images=tuple(form["images"]),
        product_ids=tuple(form["products"]),
    )
    return posts.write_post(community=found, draft=draft, actor=actor, at=at)


def _choices(form: dict[str, Any], member_id: int) -> list[Product]:
    """Goods to show as cards: the chosen ones, what the words find, else what the member has bought."""
    ids = list(form["products"])
    if form["words"].strip():
        ids += [face.id for face in find_products(ProductList(words=form["words"], limit=MOST_CHOICES)).items]
    else:
        ids += bought_products(member_id, limit=MOST_CHOICES)
    by_id = Product.objects.filter(state="on_sale").in_bulk(ids)
    return [by_id[one] for one in dict.fromkeys(ids) if one in by_id]


def post(request: HttpRequest, post_id: int) -> HttpResponse:
    """S3, S4: a post with its comments, or a question with its answers. With ?part=1 only what others change."""
    actor = actor_of(request)
    found = post_face(post_id, actor=actor)
    if found is None:
        raise Http404
    standing = standing_of(found.community_id, actor=actor)
    comments, following = comments_of(
        found, actor=actor, is_leading=standing.is_leading, after=whole_number(request.GET.get("after"))
    )
    bought = verified_buyers({(one.author_id, one.product_id) for one in comments if one.product_id})
    content = {
        "post": found,
        "standing": standing,
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
    except Exception as error:
        return refuse(request, error, f"/posts/{found.pk}")
    if made.state == PostState.held:
        messages.info(request, gettext("It waits for a look of the leader, and is shown then."))
    else:
        messages.success(request, gettext("Said."))
    return HttpResponseRedirect(f"/posts/{found.pk}#c{made.pk}")


@require_POST
@signed_in
def mark(request: HttpRequest, post_id: int) -> HttpResponse:
    """Like or keep, or take it back."""
    actor = actor_of(request)
    found = get_object_or_404(Post.objects.visible_to(actor), pk=post_id)
    is_on = request.POST.get("on") == "yes"
    try:
        count_try(key=f"mark:{actor.member_id}", limit=120, window_seconds=60, at=clock.now())
        if request.POST.get("mark") == "save":
            posts.save(post=found, actor=actor, is_saved=is_on, at=clock.now())
        else:
            posts.like(post=found, actor=actor, is_liked=is_on)
    except Exception as error:
        return refuse(request, error, f"/posts/{found.pk}")
    return HttpResponseRedirect(safe_path(request.POST.get("next", ""), f"/posts/{found.pk}"))


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
    except Exception as error:
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
    except Exception as error:
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
    except Exception as error:
        return refuse(request, error, f"/posts/{found.post_id}")
    return HttpResponseRedirect(f"/posts/{found.post_id}")


@signed_in
def saved(request: HttpRequest) -> HttpResponse:
    """What I keep."""
    kept = saved_posts(actor=actor_of(request), cursor=request.GET.get("cursor", "")[:40])
    return render(request, "community/saved.html", {"feed": with_marks(kept)})
