"""Points: what a member has, what gave and took them, and the day's check-in."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext

from linli.campaigns.operations.points import check_in, check_in_days
from linli.campaigns.operations.referral import referral_code
from linli.campaigns.queries.points import points_lines, points_of
from linli.campaigns.rules.points import check_in_points, streak_until
from linli.campaigns.values import REFERRAL_POINTS
from linli.core import clock
from linli.core.refusal import Refusal
from linli.core.settings import value_at
from linli.web.edge import actor_of, refuse, signed_in


@signed_in
def points(request: HttpRequest) -> HttpResponse:
    """The balance, a week of check-ins, and every line."""
    member_id, at = actor_of(request).member_id, clock.now()
    if request.method == "POST":
        return _check_in(request, member_id)
    today = clock.shop_day(at)
    days = check_in_days(member_id)
    streak = streak_until(days, today)
    is_done = today in days
    first = today - timedelta(days=streak - 1 if is_done else streak)
    week = [
        {
            "day": first + timedelta(days=n),
            "count": check_in_points(n + 1),
            "is_done": first + timedelta(days=n) in days,
        }
        for n in range(max(streak + 1, 7))
    ][-7:]
    content = {
        "held": points_of([member_id], at=at)[member_id],
        "week": week,
        "streak": streak,
        "is_done": is_done,
        "lines": points_lines(member_id),
        "friend_url": request.build_absolute_uri(f"/r/{referral_code(member_id)}"),
        "friend_points": value_at(REFERRAL_POINTS, at=at),
    }
    return render(request, "shop/points.html", content)


def _check_in(request: HttpRequest, member_id: int) -> HttpResponse:
    try:
        count = check_in(member_id=member_id, at=clock.now())
    except Refusal as error:
        return refuse(request, error, "/points")
    messages.success(request, gettext("%(count)s points for today.") % {"count": count})
    return HttpResponseRedirect("/points")
