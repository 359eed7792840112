"""The composer: posts and questions are written and written better; recordings go up while one writes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.catalog.models import Product
from linli.catalog.queries.product import ProductList, find_products
from linli.community.models import Community, Line, Post, PostState
from linli.community.operations import post as posts
from linli.community.queries.circle import circles_of, experts_of, names_like
from linli.community.queries.community import communities_of, standing_of, topics_of
from linli.core import clock
from linli.core.pictures import is_kept, keep_picture
from linli.core.rate_limit import count_try
from linli.core.recordings import recording_of
from linli.core.refusal import Refusal, sentence
from linli.trade.queries.verified_buyer import bought_products
from linli.web.edge import actor_of, number_in, signed_in, whole_number
from linli.web.recording import take_recording
from linli.web.storefront.post import tell_shared_names

MOST_CHOICES = 12
TEXTS = (("line", 8), ("text", 2100), ("topic", 40), ("words", 60), ("recording", 24))


@signed_in
def write(request: HttpRequest, community_id: int) -> HttpResponse:
    """S9: a new post. Goods are chosen from what one has bought, or found by words; the draft stays in the browser."""
    found = get_object_or_404(Community.objects.visible_to(actor_of(request)), pk=community_id)
    form = _typed(request) if request.method == "POST" else _blank(request)
    return _compose(request, found, form, None)


@signed_in
def show(request: HttpRequest) -> HttpResponse:
    """What one has bought is shown off: in which of one's communities? In the only one at once."""
    product_id = number_in(request, "product")
    mine = [one for one in communities_of(actor_of(request).member_id) if not one.is_led_talk]
    if len(mine) == 1:
        return HttpResponseRedirect(f"/c/{mine[0].pk}/write?line=show&product={product_id}")
    return render(request, "community/show.html", {"mine": mine, "product_id": product_id})


@signed_in
def edit(request: HttpRequest, post_id: int) -> HttpResponse:
    """One's own post again, to be said better."""
    written = Post.objects.written_by(actor_of(request)).select_related("community", "recording")
    post = get_object_or_404(written, pk=post_id, community__closed_at=None)
    form = _typed(request) if request.method == "POST" else _form_of(post)
    return _compose(request, post.community, form | {"line": post.line}, post)


def _compose(request: HttpRequest, found: Community, form: dict[str, Any], post: Post | None) -> HttpResponse:
    """The form, and what comes of it when it is sent: nothing that was typed or sent is lost by a search or a refusal."""
    actor, fault = actor_of(request), ""
    if request.method == "POST":
        try:
            _keep_files(request, form)
            made = None if request.POST.get("action") == "find" else _publish(request, found, form, post)
        except Refusal as error:
            fault = error.sentence
        else:
            if made:
                return _written(request, made)
    standing, at = standing_of(found.pk, actor=actor), clock.now()
    content = {
        "community": found,
        "standing": standing,
        "editing": post,
        "lines": [Line.question] if found.is_led_talk and not standing.is_leading else list(Line),
        "form": form,
        "fault": fault,
        "recording": recording_of(form["recording"], member_id=actor.member_id)
        if form["recording"]
        else None,
        "choices": _choices(form, actor.member_id, _cards(post)),
        "topics": topics_of(found.pk),
        "circles": [one for one in circles_of(found.pk, member_id=actor.member_id) if one.is_mine],
        "experts": [one for one in experts_of(found.pk, at=at) if one.member_id != actor.member_id],
    }
    return render(request, "community/write.html", content, status=422 if fault else 200)


def _typed(request: HttpRequest) -> dict[str, Any]:
    form: dict[str, Any] = {name: request.POST.get(name, "")[:most] for name, most in TEXTS}
    form["products"] = [whole_number(value) for value in request.POST.getlist("product")][:20]
    form["images"] = [name for name in request.POST.getlist("image") if is_kept(name)][:9]
    form["circle"], form["asked"] = (whole_number(request.POST.get(name)) for name in ("circle", "asked"))
    return form


def _blank(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET
    line = asked.get("line", "")
    return {
        "line": line if line in Line.values else "",
        "text": "",
        "topic": asked.get("topic", "")[:20],
        "words": "",
        "recording": "",
        "products": [whole_number(asked.get("product"))] if asked.get("product") else [],
        "images": [],
        "circle": whole_number(asked.get("circle")),
        "asked": whole_number(asked.get("asked")),
    }


def _form_of(post: Post) -> dict[str, Any]:
    return {
        "text": post.text,
        "topic": post.topic,
        "words": "",
        "recording": post.recording.name if post.recording else "",
        "products": _cards(post),
        "images": list(post.images),
        "circle": post.circle_id or 0,
        "asked": post.asked_id or 0,
    }


def _keep_files(request: HttpRequest, form: dict[str, Any]) -> None:
    """Uploaded pictures, and a recording, are kept in the form. Raises Refusal."""
    files = request.FILES.getlist("pictures")[: posts.MOST_IMAGES + 1 - len(form["images"])]
    member_id, at = actor_of(request).member_id, clock.now()
    form["images"] += [keep_picture(file, member_id=member_id, at=at) for file in files]
    if "sound" in request.FILES:
        form["recording"] = take_recording(request).name


@require_POST
@signed_in
def recording(request: HttpRequest) -> HttpResponse:
    """A recording that goes up while its post is being written; answers with its name, for the form, or says why not."""
    if "sound" not in request.FILES:
        return JsonResponse({"message": sentence("bad_recording")}, status=422)
    try:
        kept = take_recording(request)
    except Refusal as error:
        return JsonResponse({"message": error.sentence}, status=error.kind)
    return JsonResponse({"name": kept.name, "kind": kept.kind, "seconds": kept.seconds}, status=201)


@signed_in
def names(request: HttpRequest, community_id: int) -> HttpResponse:
    """Names that begin with what is typed after an @, for members of the community."""
    actor, words = actor_of(request), request.GET.get("q", "").strip()[:24]
    if not words or not standing_of(community_id, actor=actor).is_member:
        return JsonResponse({"names": []})
    count_try(key=f"names:{actor.member_id}", limit=120, window_seconds=60, at=clock.now())
    return JsonResponse({"names": names_like(community_id, words)})


def _written(request: HttpRequest, made: Post) -> HttpResponse:
    tell_shared_names(request, made.text, made.community_id)
    if made.state == PostState.held:
        messages.info(request, gettext("Waiting for a leader's approval."))
    else:
        messages.success(request, gettext("Published.") if made.edited_at is None else gettext("Saved."))
    return HttpResponseRedirect(f"/posts/{made.pk}")


def _publish(request: HttpRequest, found: Community, form: dict[str, Any], post: Post | None) -> Post:
    actor, at = actor_of(request), clock.now()
    count_try(key=f"post:{actor.member_id}", limit=20, window_seconds=600, at=at)
    draft = posts.PostDraft(
        line=form["line"],
        text=form["text"],
        topic=form["topic"],
        images=tuple(form["images"]),
        product_ids=tuple(form["products"]),
        recording=form["recording"],
        circle_id=form["circle"],
        asked_id=form["asked"] if form["line"] == Line.question else 0,
    )
    if post:
        return posts.edit_post(post=post, draft=draft, actor=actor, at=at)
    return posts.write_post(community=found, draft=draft, actor=actor, at=at)


def _cards(post: Post | None) -> list[int]:
    """The goods that a post shows already: they stay, for sale or not."""
    return list(post.products.order_by("position").values_list("product_id", flat=True)) if post else []


def _choices(form: dict[str, Any], member_id: int, shown: list[int]) -> list[Product]:
    """Goods to show as cards: the chosen ones, what the words find, else what the member has bought."""
    ids = [*form["products"], *shown]
    if form["words"].strip():
        ids += [face.id for face in find_products(ProductList(words=form["words"], limit=MOST_CHOICES)).items]
    else:
        ids += bought_products(member_id, limit=MOST_CHOICES)
    by_id = Product.objects.in_bulk(ids)
    return [
        by_id[one]
        for one in dict.fromkeys(ids)
        if one in by_id and (one in shown or by_id[one].state == "on_sale")
    ]
