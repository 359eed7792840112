"""The operator's numbers, and the demo's clock."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query

from linli.api.app import actor_of, answer, demand
from linli.api.once import Router
from linli.api.schemas import ClockIn
from linli.core import clock
from linli.core.jobs import run_due
from linli.core.policy import policy
from linli.insight.queries.overview import overview

router = Router(tags=["ops"])


@router.get("/ops/overview")
def get_overview(request: HttpRequest, days: Annotated[int, Query(ge=1, le=365)] = 30) -> HttpResponse:
    """GMV, orders, members, funnel, cost beside gain: each agreeing with the ledger."""
    actor = actor_of(request)
    demand(actor.is_operator)
    return answer(overview(days=days, at=clock.now()))


@router.post("/clock")
def post_clock(request: HttpRequest, body: ClockIn) -> HttpResponse:
    """Demo only: move the platform's clock; windows pass and due jobs run before the answer."""
    actor = actor_of(request)
    demand(policy().moves_clock and actor.is_operator)
    clock.advance(body.advance_seconds)
    done = run_due(clock.now())
    return answer({"now": clock.now().isoformat(), "done": done})
