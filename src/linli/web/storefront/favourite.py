"""A10: what I keep and what I looked at, theirs alone who see it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.catalog.operations.favourite import clear_footprints, drop_favourite, keep_favourite
from linli.catalog.queries.favourite import favourites_of, history_of
from linli.core import clock
from linli.core.refusal import Refusal
from linli.web.edge import actor_of, number_in, refuse, safe_path, signed_in


@require_POST
@signed_in
def keep(request: HttpRequest, product_id: int) -> HttpResponse:
    """Keep a product, with news of it or without, or keep it no more."""
    member_id, back = actor_of(request).member_id, safe_path(request.POST.get("next", ""), f"/p/{product_id}")
    wish = request.POST.get("keep", "")
    if wish == "no":
        drop_favourite(member_id=member_id, product_id=product_id)
        messages.success(request, gettext("Removed from your favourites."))
        return HttpResponseRedirect(back)
    try:
        keep_favourite(member_id=member_id, product_id=product_id, wants_news=wish == "news", at=clock.now())
    except Refusal as error:
        return refuse(request, error, back)
    said = (
        gettext("We'll tell you when the price drops or it's back in stock.")
        if wish == "news"
        else gettext("In your favourites.")
    )
    messages.success(request, said)
    return HttpResponseRedirect(back)


@signed_in
def favourites(request: HttpRequest) -> HttpResponse:
    """What I keep, with what became of its price."""
    rows, following = favourites_of(actor_of(request).member_id, before=number_in(request, "before"))
    return render(request, "shop/favourites.html", {"rows": rows, "next": following})


@signed_in
def history(request: HttpRequest) -> HttpResponse:
    """What I looked at; a POST forgets it."""
    member_id = actor_of(request).member_id
    if request.method == "POST":
        clear_footprints(member_id=member_id)
        messages.success(request, gettext("Your history is empty now."))
        return HttpResponseRedirect("/me/history")
    rows, following = history_of(member_id, before=number_in(request, "before"))
    return render(request, "shop/favourites.html", {"rows": rows, "next": following, "is_history": True})
