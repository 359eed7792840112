"""C19: what the platform has told a member."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.channels.models import InboxMessage
from linli.channels.operations import read_messages
from linli.core import clock
from linli.web.edge import actor_of, number_in, signed_in
from linli.web.told import told

PAGE = 30


@signed_in
def messages_page(request: HttpRequest) -> HttpResponse:
    """Newest first; what is shown counts as read."""
    actor = actor_of(request)
    mine = InboxMessage.objects.filter(member_id=actor.member_id).order_by("-pk")
    if before := number_in(request, "before"):
        mine = mine.filter(pk__lt=before)
    found = list(mine[: PAGE + 1])
    following = found[PAGE - 1].pk if len(found) > PAGE else 0
    response = render(
        request,
        "shop/messages.html",
        {"rows": told(found[:PAGE]), "next": following},
    )
    read_messages(member_id=actor.member_id, at=clock.now())
    return response
