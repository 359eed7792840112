"""What an owner earns."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from linli.api.app import answer, demand
from linli.core.actor import Actor
from linli.distribution.queries.commission import income_of
from linli.members.rules import masked_name
from linli.trade.queries.income import income_lines

router = Router(tags=["owners"])


@router.get("/owners/me/income")
def get_income(request: HttpRequest, cursor: str = "") -> HttpResponse:
    """My earnings: what is pending, available, owed, withdrawn, and every line with its why and its date."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    demand(actor.is_owner)
    before = int(cursor) if cursor.isdecimal() and len(cursor) < 18 else 0
    lines, following = income_lines(actor, before=before)
    for line in lines:
        line["buyer"] = masked_name(line["buyer"])
    return answer({**income_of(actor.member_id), "lines": lines, "next": following or None})
