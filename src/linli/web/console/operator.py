"""The operator's console: the overview, and the money's own page."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from linli.core import clock
from linli.core.invariants import checks
from linli.core.models import SetAside, Verification
from linli.core.refusal import Refusal
from linli.core.verification import ask_verification
from linli.insight.queries.overview import overview
from linli.insight.queries.series import hours_of_day
from linli.payments.models import Notice, Reconciliation, Refund, RefundState
from linli.trade.models import Aftersale, AftersaleState
from linli.web import charts
from linli.web.edge import actor_of, number_in, operators_only
from linli.web.figures import counted

SPANS = (1, 7, 30, 90)
WIDTH, HEIGHT = 640, 240
# Each figure opens the list of what it counts, of the same span.
OPENS = {
    "gmv_fen": "/ops/orders?sold=%s",
    "orders": "/ops/orders?sold=%s",
    "new_members": "/ops/members?days=%s",
    "new_owners": "/ops/owners?days=%s",
}


@operators_only
def home(request: HttpRequest) -> HttpResponse:
    """P1: sales and people against the span before, the trend, the funnel, where the money is."""
    days = number_in(request, "days", 30)
    if days not in SPANS:
        raise Refusal("bad_parameter", {"field": "days"})
    at = clock.now()
    seen = counted(request, f"overview:{days}:{clock.shop_day(at)}", lambda: overview(days=days, at=at))
    now, before = seen["by_day"], seen["before_by_day"]
    if days == 1:
        now, before = counted(request, f"hours:{clock.shop_day(at)}", lambda: hours_of_day(at=at))
    return render(
        request,
        "ops/home.html",
        {
            "seen": seen,
            "days": days,
            "spans": SPANS,
            "stats": _stats(seen, now),
            "chart": _chart(now, before),
            "funnel": _funnel(seen["funnel"]),
            "aftersales_open": Aftersale.objects.filter(state=AftersaleState.asked).count(),
        },
    )


def _chart(now: list[dict[str, Any]], before: list[dict[str, Any]]) -> dict[str, Any]:
    """The line of what is over, the dashed rest until this moment with a dot at its end, and the span before."""
    sold, then = [row["gmv_fen"] for row in now], [row["gmv_fen"] for row in before]
    steps = charts.ticks(max([*sold, *then, 100]) // 100)
    slots, most = max(len(now), len(before)), steps[-1] * 100
    points = charts.polyline(sold, WIDTH, HEIGHT, top=8, most=most, slots=slots).split(" ")
    x, y = points[-1].split(",")
    return {
        "now": " ".join(points[:-1]),
        "unfinished": " ".join(points[-2:]),
        "end": {"x": x, "y": y},
        "area": charts.area(sold, WIDTH, HEIGHT, top=8, most=most, slots=slots),
        "then": charts.polyline(then, WIDTH, HEIGHT, top=8, most=most, slots=slots),
        "ticks": [{"y": HEIGHT - (HEIGHT - 8) * n / 4, "yuan": step} for n, step in enumerate(steps)],
        "labels": _labels(
            [row.get("hour") or row["day"][5:] for row in (now if len(now) == slots else before)]
        ),
    }


def _stats(seen: dict[str, Any], now: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each figure, its change against as much of the span before, and a small line of what is over."""
    stats = []
    for key, colour in (
        ("gmv_fen", ""),
        ("orders", "honey"),
        ("new_members", "leaf"),
        ("new_owners", "info"),
    ):
        values = [row[key] for row in now][:-1] or [0]
        before = seen["before"][key]
        stats.append(
            {
                "key": key,
                "opens": OPENS[key] % seen["days"],
                "value": seen[key],
                "change": round((seen[key] - before) * 100 / before, 1) if before else None,
                "colour": colour,
                "line": charts.polyline(values, 110, 40),
                "area": charts.area(values, 110, 40),
            }
        )
    return stats


def _labels(days: list[str]) -> list[dict[str, Any]]:
    """At most seven day labels along the axis."""
    step = max(1, (len(days) + 6) // 7)
    width = WIDTH / max(len(days) - 1, 1)
    return [{"x": round(i * width, 1), "text": day} for i, day in enumerate(days) if i % step == 0]


def _funnel(funnel: dict[str, int]) -> list[dict[str, Any]]:
    steps = ("placed", "paid", "shipped", "received", "completed", "refunded")
    return [
        {
            "key": key,
            "count": funnel[key],
            "of": max(funnel["placed"], 1),
            "percent": _part(funnel[key], funnel["placed"]),
        }
        for key in steps
    ]


def _part(count: int, whole: int) -> str:
    return f"{count * 100 / whole:.1f}%" if whole else "–"


@operators_only
def money(request: HttpRequest) -> HttpResponse:
    """Reconciliation day by day, refunds that need a person, refused notices, and every invariant recomputed."""
    return render(
        request,
        "ops/money.html",
        {
            "reports": Reconciliation.objects.order_by("-day").prefetch_related("differences")[:14],
            "aside": SetAside.objects.order_by("-pk")[:20],
            "stuck": Refund.objects.filter(state=RefundState.needs_person).select_related("charge")[:20],
            "refused": Notice.objects.filter(state="refused").order_by("-pk")[:20],
            "verifications": _verifications(Verification.objects.order_by("-pk")[:5]),
        },
    )


def _verifications(asked: Iterable[Verification]) -> list[dict[str, Any]]:
    return [
        {
            "asked": one,
            "done": len(one.found),
            "of": len(checks),
            "checks": [
                {"check": checks[row["name"]], "places": row["places"]}
                for row in sorted(one.found, key=lambda row: not row["places"])
                if row["name"] in checks
            ],
        }
        for one in asked
    ]


@require_POST
@operators_only
def verify(request: HttpRequest) -> HttpResponse:
    """Ask that every invariant is recomputed; a worker does it."""
    ask_verification(actor=actor_of(request), at=clock.now())
    return HttpResponseRedirect("/ops/money")


@operators_only
def verification(request: HttpRequest, verification_id: int) -> HttpResponse:
    """How far it is, for the page that waits."""
    asked = get_object_or_404(Verification, pk=verification_id)
    return JsonResponse({"state": f"{len(asked.found)}{' done' if asked.ended_at else ''}"})
