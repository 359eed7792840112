"""The owner's network pages: withdrawing, team, level and rules, statement."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.operations.recognition import take_recognition
from linli.campaigns.queries.recognition import kept_sales, progress_of
from linli.community.queries.course import passed_counts
from linli.core import audit, clock
from linli.core.actor import Actor
from linli.core.labels import label
from linli.core.refusal import Refusal
from linli.core.settings import values_at
from linli.core.typed import read_fen
from linli.distribution.models import Owner, PayoutIdentity, Withdrawal
from linli.distribution.operations.withdrawal import ask_withdrawal, give_identity
from linli.distribution.queries.commission import income_of
from linli.distribution.queries.network import community_of, invitees_of, ladder, splits_near
from linli.distribution.queries.plan import plan_at
from linli.distribution.queries.withdrawal import leaving_of
from linli.distribution.values import WITHDRAWAL_DAY_FEN, WITHDRAWAL_LEAST_FEN, WITHDRAWAL_REVIEW_FEN
from linli.insight.queries.best_owners import best_owners
from linli.insight.queries.income import income_lines
from linli.web import sheets
from linli.web.edge import actor_of, number_in, owners_only, refuse
from linli.web.figures import counted

STATEMENT_PART = 5000


@owners_only
def withdraw(request: HttpRequest) -> HttpResponse:
    """O7: withdraw what is available, with limits, tax and what became of earlier ones. What was typed is kept."""
    actor, at = actor_of(request), clock.now()
    owner = Owner.objects.select_related("member").get(pk=actor.member_id)
    error, status = "", 200
    if request.method == "POST":
        try:
            fen = read_fen(request.POST.get("amount", ""))
            made = ask_withdrawal(owner=owner, amount_fen=fen, actor=actor, at=at)
        except Refusal as problem:
            status, error = problem.kind, problem.sentence
        else:
            messages.success(request, _thanks(made))
            return HttpResponseRedirect("/owner/withdraw")
    least, a_day, review = values_at(WITHDRAWAL_LEAST_FEN, WITHDRAWAL_DAY_FEN, WITHDRAWAL_REVIEW_FEN, at=at)
    content = {
        "income": income_of(actor.member_id), "leaving": leaving_of(owner.pk), "owner": owner, "error": error, "amount": request.POST.get("amount", ""),
        "least_fen": least, "a_day_fen": a_day, "review_fen": review,
        "identity": PayoutIdentity.objects.filter(owner=owner).first(),
        "withdrawals": Withdrawal.objects.visible_to(actor).filter(owner=owner)[:30],
    }  # fmt: skip
    return render(request, "owner/withdraw.html", content, status=status)


def _thanks(made: Withdrawal) -> str:
    if made.state == "asked":
        return gettext("Asked. A colleague looks at large amounts before they leave.")
    return gettext("On its way to your account.")


@require_POST
@owners_only
def identity(request: HttpRequest) -> HttpResponse:
    """Who the money goes to; a person checks it."""
    actor = actor_of(request)
    try:
        give_identity(
            owner=Owner.objects.get(pk=actor.member_id), real_name=request.POST.get("real_name", ""),
            id_number=request.POST.get("id_number", ""), account=request.POST.get("account", ""), actor=actor, at=clock.now(),
        )  # fmt: skip
    except Refusal as error:
        return refuse(request, error, "/owner/withdraw")
    messages.success(request, gettext("Thank you. A colleague checks it; then you can withdraw."))
    return HttpResponseRedirect("/owner/withdraw")


@require_POST
@owners_only
def appeal(request: HttpRequest) -> HttpResponse:
    """An owner whose shop is suspended says why that is wrong; it stands beside the mark on the operator's page."""
    actor = actor_of(request)
    words = " ".join(request.POST.get("words", "").split())[:500]
    if words:
        audit.record(
            actor=actor, action="appeal", subject=f"owner:{actor.member_id}", at=clock.now(), words=words
        )
        messages.success(request, gettext("Thank you. A colleague reads it."))
    return HttpResponseRedirect("/owner/withdraw")


@owners_only
def team(request: HttpRequest) -> HttpResponse:
    """O8: whom I invited and what came of it; how large my community is; who rose and split off."""
    actor, at = actor_of(request), clock.now()
    owner = Owner.objects.get(pk=actor.member_id)
    invitees, following = invitees_of(owner.pk, at=at, before=number_in(request, "before"))
    changes = splits_near(owner.pk)
    shops = dict(Owner.objects.filter(pk__in=[x.owner_id for x in changes]).values_list("pk", "shop_name"))
    return render(
        request,
        "owner/team.html",
        {
            "owner": owner, "invitees": invitees, "next": following, "learned": passed_counts([one.member_id for one in invitees]),
            "community": community_of(owner.pk),
            "leads": owner.tier in plan_at(at).engine.plan.leading_tiers,
            "changes": [{"change": x, "shop": shops[x.owner_id], "is_mine": x.owner_id == owner.pk} for x in changes],
        },
    )  # fmt: skip


@owners_only
def level(request: HttpRequest) -> HttpResponse:
    """O10: my tier, what the next one asks, the rules of the plan in numbers, and the honour wall."""
    actor, at = actor_of(request), clock.now()
    owner = Owner.objects.get(pk=actor.member_id)
    plan = plan_at(at)
    return render(
        request,
        "owner/level.html",
        {
            "owner": owner, "steps": counted(request, f"ladder:{owner.pk}:{owner.tier}", lambda: ladder(owner.pk, owner.tier, at=at)), "plan": plan.engine.plan,
            "milestones": progress_of(owner.pk, counted(request, f"honours:{owner.pk}", lambda: kept_sales(owner.pk))), "waiting": owner.tier_changes.filter(applied_at=None).first(), "honours": best_owners(days=30, at=at, limit=10),
            "example": plan.engine.own_sale_fen(10_000, 2000),
        },
    )  # fmt: skip


@require_POST
@owners_only
def honour(request: HttpRequest) -> HttpResponse:
    """Take an honour as a badge or as points."""
    actor = actor_of(request)
    try:
        take_recognition(
            owner=Owner.objects.get(pk=actor.member_id),
            code=request.POST.get("milestone", ""),
            taken_as=request.POST.get("taken_as", ""),
            at=clock.now(),
        )
    except Refusal as error:
        return refuse(request, error, "/owner/level")
    messages.success(request, gettext("It is yours."))
    return HttpResponseRedirect("/owner/level")


@owners_only
def statement(request: HttpRequest) -> HttpResponse:
    """All my income lines as CSV, which every program opens."""
    return sheets.csv_of("income", _income_columns(), _income_rows(actor_of(request)))


@owners_only
def statement_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as an Excel sheet, with amounts that can be summed."""
    return sheets.xlsx_of("income", _income_columns(), _income_rows(actor_of(request)))


def _income_columns() -> tuple[sheets.Column, ...]:
    return (
        sheets.Column(gettext("Paid"), 17),
        sheets.Column(gettext("Order"), 20),
        sheets.Column(gettext("Goods"), 32),
        sheets.Column(gettext("Kind"), 16),
        sheets.Column(gettext("Why"), 32),
        sheets.Column(gettext("Earned ¥"), 13, is_money=True),
        sheets.Column(gettext("Taken back ¥"), 13, is_money=True),
        sheets.Column(gettext("State"), 12),
        sheets.Column(gettext("Available"), 17),
    )


def _income_rows(actor: Actor) -> Iterator[sheets.Row]:
    """Every line, newest first, read in parts."""
    before = 0
    while True:
        lines, following = income_lines(actor, before=before, limit=STATEMENT_PART)
        for line in lines:
            yield (
                line["paid_at"], line["order_no"], line["product_title"], label("commission_kind", line["kind"]),
                label("why", line["why"]), line["amount_fen"], line["reversed_fen"],
                label("income_state", line["state"]), line["available_at"],
            )  # fmt: skip
        if not following:
            return
        before = int(following)
