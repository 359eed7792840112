"""The owner's pages: workbench, choose goods, income, invitation, own shop."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.catalog.models import Product
from linli.catalog.queries.product import ProductList, find_products
from linli.core import clock, sql
from linli.core.refusal import Refusal
from linli.core.typed import read_whole
from linli.distribution.models import Owner, ShareLink, ShopPick
from linli.distribution.operations import owner as owner_operations
from linli.distribution.queries.commission import income_days, income_of, sales_figures
from linli.distribution.queries.plan import plan_at
from linli.insight.queries.income import income_lines
from linli.members.models import Member
from linli.members.operations.profile import invite
from linli.web import charts, poster
from linli.web.edge import actor_of, choice_in, number_in, owners_only, refuse, safe_path, whole_number
from linli.web.figures import counted
from linli.web.storefront.shelf import SORTS

INCOME_TABS = ("", "pending", "available", "reversed")


@owners_only
def workbench(request: HttpRequest) -> HttpResponse:
    """O1: today's figures and what to do."""
    actor = actor_of(request)
    today = clock.shop_midnight(clock.now())
    figures = counted(
        request, f"sales:{actor.member_id}:{today}", lambda: sales_figures(actor.member_id, today=today)
    )
    clicks = sql.rows(
        "select coalesce(sum(click_count), 0)::bigint as clicks from distribution_sharelink where owner_id = %s",
        (actor.member_id,),
    )
    return render(
        request,
        "owner/workbench.html",
        {
            "owner": Owner.objects.select_related("member").get(pk=actor.member_id),
            "income": income_of(actor.member_id),
            "figures": figures,
            "clicks": clicks[0].clicks,
            "picks_count": ShopPick.objects.filter(owner_id=actor.member_id).count(),
            "links_count": ShareLink.objects.filter(owner_id=actor.member_id).count(),
            "invitees_count": Owner.objects.filter(sponsor_id=actor.member_id).count(),
        },
    )


@owners_only
def goods(request: HttpRequest) -> HttpResponse:
    """O2: choose goods, with what each earns and saves; add to my shop."""
    actor = actor_of(request)
    sort = choice_in(request, "sort", SORTS, "rate")
    asked = ProductList(
        words=request.GET.get("q", "")[:60],
        sort=sort,
        cursor=request.GET.get("cursor", "")[:200],
        limit=20,
    )
    found = find_products(asked)
    plan = plan_at(clock.now()).engine
    picked = set(ShopPick.objects.filter(owner_id=actor.member_id).values_list("product_id", flat=True))
    rows = [
        {
            "product": row,
            "earn_fen": plan.own_sale_fen(row.price_fen, row.rate_bp),
            "save_fen": plan.saving_fen(row.price_fen, row.rate_bp),
            "is_picked": row.id in picked,
        }
        for row in found.items
    ]
    return render(
        request, "owner/goods.html", {"rows": rows, "asked": asked, "next": found.next, "sorts": SORTS}
    )


@require_POST
@owners_only
def pick(request: HttpRequest) -> HttpResponse:
    """Put a product into my shop, or take it out."""
    actor = actor_of(request)
    owner = Owner.objects.get(pk=actor.member_id)
    product = get_object_or_404(
        Product.objects.visible_to(actor), pk=whole_number(request.POST.get("product"))
    )
    if request.POST.get("remove"):
        owner_operations.unpick(owner=owner, product_id=product.pk)
    else:
        owner_operations.pick(owner=owner, product=product, words=request.POST.get("words", ""))
        messages.success(request, gettext("It is in your shop."))
    return HttpResponseRedirect(safe_path(request.POST.get("next", ""), "/owner/goods"))


@owners_only
def shop(request: HttpRequest) -> HttpResponse:
    """O5: my shop's name, words, and picks in my order with my words."""
    owner = Owner.objects.get(pk=actor_of(request).member_id)
    picks = list(owner.picks.select_related("product"))
    if request.method == "POST":
        try:
            places = {
                one.product_id: read_whole(request.POST.get(f"place-{one.product_id}") or str(one.position))
                for one in picks
            }
            owner_operations.decorate_shop(
                owner=owner,
                shop_name=request.POST.get("shop_name", ""),
                shop_intro=request.POST.get("shop_intro", ""),
            )
        except Refusal as error:
            return refuse(request, error, "/owner/shop")
        for one in picks:
            owner_operations.pick(
                owner=owner, product=one.product, words=request.POST.get(f"words-{one.product_id}", one.words)
            )
        owner_operations.order_picks(
            owner=owner, product_ids=sorted(places, key=lambda product_id: places[product_id])
        )
        messages.success(request, gettext("Saved."))
        return HttpResponseRedirect("/owner/shop")
    return render(request, "owner/shop.html", {"owner": owner, "picks": picks})


@owners_only
def income(request: HttpRequest) -> HttpResponse:
    """O6: what is available, pending, owed; seven days; every line with its why, its state and its date."""
    actor = actor_of(request)
    state = choice_in(request, "state", INCOME_TABS)
    lines, following = income_lines(actor, state=state, before=number_in(request, "before"))
    at = clock.now()
    values = counted(
        request,
        f"income:{actor.member_id}:{clock.shop_day(at)}",
        lambda: income_days(actor.member_id, days=7, until=at),
    )
    days = [localtime(at) - timedelta(days=6 - n) for n in range(7)]
    drawn = charts.bars(values, 300, 96)
    return render(
        request,
        "owner/income.html",
        {
            "income": income_of(actor.member_id),
            "lines": lines,
            "next": following,
            "state": state,
            "tabs": INCOME_TABS,
            "bars": [bar | {"day": day.strftime("%m-%d")} for bar, day in zip(drawn, days, strict=True)],
            "week_fen": sum(values),
            "plan": plan_at(at),
        },
    )


@owners_only
def invitation(request: HttpRequest) -> HttpResponse:
    """O11: my invitation as link, QR and words; who came."""
    actor = actor_of(request)
    member = Member.objects.get(pk=actor.member_id)
    current = invite(inviter=member, at=clock.now())
    url = request.build_absolute_uri(f"/invite/{current.code}")
    text = gettext("I opened a shop of things I use myself, without stock or fee. Open yours: %(url)s") % {
        "url": url
    }
    invitees = (
        Owner.objects.filter(sponsor_id=actor.member_id).select_related("member").order_by("-opened_at")[:20]
    )
    return render(
        request,
        "owner/invitation.html",
        {"invitation": current, "url": url, "text": text, "invitees": invitees},
    )


@owners_only
def invitation_qr(request: HttpRequest) -> HttpResponse:
    """The QR of my invitation."""
    member = Member.objects.get(pk=actor_of(request).member_id)
    current = invite(inviter=member, at=clock.now())
    content = poster.qr_svg(request.build_absolute_uri(f"/invite/{current.code}"))
    return HttpResponse(content, content_type="image/svg+xml")
