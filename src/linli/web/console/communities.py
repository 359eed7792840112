"""P2, P4: the operator's communities with what goes on in them, a new one, and the words that let a post wait."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.community.models import Community, Word
from linli.community.operations import community as operations
from linli.community.operations.template import clone_community
from linli.community.operations.words import add_words, drop_word
from linli.community.queries.community import overview_order, overview_rows
from linli.community.queries.desk import led_ids, open_appeals, to_look_at
from linli.community.rules.community import CAPACITY, DAILY_INTAKE, ENTRIES
from linli.core import clock
from linli.core.refusal import sentence
from linli.members.models import Member
from linli.web.console.community import TEXTS, draft_of, typed
from linli.web.console.realm import Realm, realm_only
from linli.web.edge import Unreadable, actor_of, number_in, operators_only

DAYS, PAGE = 7, 30
PICTURES = (
    "i-ask",
    "i-bag",
    "i-crown",
    "i-fire",
    "i-gift",
    "i-groupbuy",
    "i-live",
    "i-mega",
    "i-spark",
    "i-star",
)


@realm_only
def communities(request: HttpRequest, realm: Realm) -> HttpResponse:
    """Every community (an agent's: of the region) with a week of its life; a form for a new one."""
    form = typed(request) if request.method == "POST" else _blank(realm.region)
    leader = request.POST.get("leader", "").strip()[:20]
    picture = request.POST.get("picture", PICTURES[0])
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            found = Member.objects.filter(phone=leader).first()
            if leader and found is None:
                raise operations.BadCommunity({"leader": "no_such_member"})
            picture = picture if picture in PICTURES else PICTURES[0]
            if not realm.has(form["region"]):
                raise operations.BadCommunity({"region": "realm_region"})
            draft = draft_of(form, picture=f"demo/{picture}.svg", leader_id=found.pk if found else 0)
            made = operations.found_community(draft=draft, actor=actor_of(request), at=clock.now())
        except Unreadable as error:
            faults = {error.field: sentence(error.code)}
        except operations.BadCommunity as error:
            faults = error.fields
        else:
            messages.success(request, gettext("Saved."))
            return HttpResponseRedirect(f"/c/{made.pk}" if realm.scopes else f"/c/{made.pk}/desk")
    page = Paginator(overview_order(realm.region), PAGE).get_page(number_in(request, "page", 1))
    content = {
        **realm.content,
        "page": page,
        "rows": overview_rows(list(page), since=clock.now() - timedelta(days=DAYS)),
        "days": DAYS,
        "form": form,
        "leader": leader,
        "picture": picture,
        "pictures": PICTURES,
        "faults": faults,
        "types": list(CAPACITY),
        "entries": ENTRIES,
    }
    return render(request, "ops/communities.html", content, status=422 if faults else 200)


def _blank(region: str) -> dict[str, str]:
    return dict.fromkeys(TEXTS, "") | {
        "type": "light",
        "region": region,
        "capacity": str(CAPACITY["light"]),
        "daily_intake": str(DAILY_INTAKE["light"]),
        "entry_kind": "open",
    }


@operators_only
def moderation(request: HttpRequest) -> HttpResponse:
    """P4: what waits for a look in all communities, appeals, and the words."""
    actor = actor_of(request)
    ids = led_ids(actor=actor)
    content = {
        "items": to_look_at(ids),
        "appeals": open_appeals(actor=actor, community_ids=ids),
        "words": Word.objects.all(),
    }
    return render(request, "ops/moderation.html", content)


@require_POST
@operators_only
def words(request: HttpRequest) -> HttpResponse:
    """Add words, a line each, or drop one."""
    if text := request.POST.get("drop", ""):
        drop_word(text=text, actor=actor_of(request), at=clock.now())
    else:
        texts = [line for line in request.POST.get("words", "").splitlines() if line.strip()]
        if not texts:
            messages.error(request, sentence("text_needed"))
            return HttpResponseRedirect("/ops/moderation")
        count = add_words(texts=texts, actor=actor_of(request), at=clock.now())
        messages.success(request, gettext("Words added: %(count)s") % {"count": count})
    return HttpResponseRedirect("/ops/moderation")


@require_POST
@operators_only
def clone(request: HttpRequest, community_id: int) -> HttpResponse:
    """The same community for another region, under another leader."""
    template = get_object_or_404(Community, pk=community_id, closed_at=None)
    phone = request.POST.get("leader", "").strip()[:20]
    found = Member.objects.filter(phone=phone).first()
    try:
        if phone and found is None:
            raise operations.BadCommunity({"leader": "no_such_member"})
        made = clone_community(
            template=template, name=request.POST.get("name", "").strip()[:30], region=request.POST.get("region", "").strip()[:6],
            leader_id=found.pk if found else 0, actor=actor_of(request), at=clock.now(),
        )  # fmt: skip
    except operations.BadCommunity as error:
        messages.error(request, " ".join(sentence(code) for code in error.faults.values()))
        return HttpResponseRedirect(f"/c/{community_id}/desk?tab=settings")
    messages.success(request, gettext("Saved."))
    return HttpResponseRedirect(f"/c/{made.pk}/desk?tab=settings")


@require_POST
@operators_only
def close(request: HttpRequest, community_id: int) -> HttpResponse:
    """Nobody finds it any more."""
    found = get_object_or_404(Community, pk=community_id)
    operations.close_community(community=found, actor=actor_of(request), at=clock.now())
    messages.success(request, gettext("It is closed. Only the operator reads it now."))
    return HttpResponseRedirect("/ops/communities")
