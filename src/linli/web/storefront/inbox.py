"""C19: what the platform has told a member."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.channels.models import InboxMessage
from linli.channels.notifications import declared, notification
from linli.channels.operations import read_messages
from linli.core import clock
from linli.web.edge import actor_of, number_in, signed_in

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
        {"rows": [_row(one) for one in found[:PAGE] if one.code in declared()], "next": following},
    )
    read_messages(member_id=actor.member_id, at=clock.now())
    return response


def _row(message: InboxMessage) -> dict[str, Any]:
    words, icon = notification(message.code)
    values = {"name": "", "title": "", "fen": 0, **message.values}
    values["yuan"] = f"{values['fen'] // 100}.{values['fen'] % 100:02d}"
    return {"text": words % values, "icon": icon, "message": message}
