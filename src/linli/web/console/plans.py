"""The operator's pages of the network: plans and their life, withdrawals and debts, owners to look at."""

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from linli.core import clock, sql
from linli.core.models import AuditEntry
from linli.core.refusal import Refusal
from linli.core.typed import BadAmount, read_fen, read_reason, read_whole
from linli.distribution.models import Owner, OwnerStatus, PayoutIdentity, Plan, Withdrawal, WriteOff
from linli.distribution.operations import plan as plan_operations
from linli.distribution.operations import withdrawal as withdrawal_operations
from linli.distribution.operations.tier import set_status
from linli.distribution.queries import monitor
from linli.distribution.queries.plan import preset, presets
from linli.distribution.queries.withdrawal import Earned, earned_by, facts_of
from linli.distribution.rules.document import BadPlan, in_order, parse, read_plan
from linli.distribution.rules.plan import Engine, Sale
from linli.distribution.types import Kind, Position, Standing
from linli.members.models import Member
from linli.payments.models import Payout, PayoutState
from linli.web.edge import actor_of, number_in, operators_only, refuse
from linli.web.figures import counted
from linli.web.lines import lines_of

MOST_TEXT = 60_000
MOST_DAYS = 365


@operators_only
def plans(request: HttpRequest) -> HttpResponse:
    """P7: every plan with its state; a new draft from a preset; the monitors of the one in force."""
    if request.method == "POST":
        name = request.POST.get("preset", "")
        if name not in presets():
            raise Refusal("bad_parameter", {"field": "preset"})
        made = plan_operations.draft_plan(document=preset(name), actor=actor_of(request), at=clock.now())
        return HttpResponseRedirect(f"/ops/plans/{made.pk}")
    at = clock.now()
    return render(
        request,
        "ops/plans.html",
        {
            "plans": Plan.objects.order_by("-id")[:50],
            "presets": presets(),
            "readings": counted(request, "readings", lambda: monitor.readings(at=at)),
        },
    )


@operators_only
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """P7: one plan: its document with findings beside the lines, what a sale pays, the proof, the simulation, its next step."""
    found = get_object_or_404(Plan, pk=plan_id)
    document = in_order(found.document)
    text, fault, status = json.dumps(document, ensure_ascii=False, indent=1), "", 200
    if request.method == "POST":
        try:
            _step(request, found)
            return HttpResponseRedirect(f"/ops/plans/{plan_id}")
        except BadPlan as error:
            text, status = request.POST.get("document", "")[:MOST_TEXT], 422
            fault = "; ".join(f"{one.path}: {one.message}" for one in error.faults)
        except Refusal as error:
            return refuse(request, error, f"/ops/plans/{plan_id}")
    price_fen, rate_bp = (
        _price(request.GET.get("price", "199")),
        number_in(request, "rate", 20) * 100,
    )
    engine = Engine(read_plan(found.document))
    people = {found.drafted_by_id, found.approved_by_id} - {None, 0}
    return render(
        request,
        "ops/plan.html",
        {
            "plan": found, "text": text, "fault": fault, "lines": lines_of(document, (found.report or {}).get("findings", [])),
            "price_fen": price_fen, "rate": rate_bp // 100, "effects": _effects(engine, price_fen, rate_bp),
            "bars": _bars(found.simulation), "movers": _movers(found.simulation),
            "is_forbidden": plan_operations.is_forbidden(found), "names": dict(Member.objects.filter(pk__in=people).values_list("pk", "name")), "english": get_language() == "en",
        },
        status=status,
    )  # fmt: skip


def _step(request: HttpRequest, found: Plan) -> None:
    """The step that was asked. Raises BadPlan and the errors of distribution.operations.plan."""
    actor, at, step = actor_of(request), clock.now(), request.POST.get("step", "")
    if step == "save":
        document = parse(request.POST.get("document", "")[:MOST_TEXT])
        plan_operations.change_draft(plan=found, document=document, actor=actor, at=at)
    elif step == "check":
        plan_operations.check_plan(plan=found, at=at)
    elif step == "simulate":
        plan_operations.simulate_plan(plan=found, at=at)
    elif step == "approve":
        days = min(read_whole(request.POST.get("days") or "0"), MOST_DAYS)
        begins_at = at + timedelta(days=days) if days else None
        plan_operations.approve_plan(plan=found, begins_at=begins_at, actor=actor, at=at)
    else:
        raise Http404
    found.refresh_from_db()
    if plan_operations.is_forbidden(found):
        messages.error(
            request, gettext("Checked. This plan can't be approved as written: edit the document.")
        )
    else:
        messages.success(request, gettext("Done."))


def _price(text: str) -> int:
    try:
        return min(read_fen(text), 10**9)
    except BadAmount:
        raise Refusal("bad_parameter", {"field": "price"}) from None


def _effects(engine: Engine, price_fen: int, rate_bp: int) -> list[dict[str, Any]]:
    """What one sale pays wherever its seller stands: every tier of the seller, of the sponsor, and of a leader above."""
    tiers = [tier.code for tier in sorted(engine.plan.tiers, key=lambda tier: tier.rank)]
    leading = engine.plan.leading_tiers
    rows = []
    for own in tiers:
        for sponsor in (None, *tiers):
            leaders = [sponsor] if sponsor in leading else [None, *leading] if sponsor else [None]
            for leader in sorted(leaders, key=lambda code: engine.plan.rank(code or "")):
                position = Position(
                    Standing(1, own, own in leading),
                    Standing(2, sponsor, sponsor in leading) if sponsor else None,
                    Standing(2 if sponsor in leading else 3, leader, True) if leader else None,
                )
                [shares] = engine.sale_shares([Sale(price_fen, rate_bp, position)])
                paid = {share.beneficiary_id: 0 for share in shares} | dict.fromkeys(range(4), 0)
                for share in shares:
                    paid[share.beneficiary_id] += share.amount_fen
                rows.append(
                    {"own": own, "sponsor": sponsor, "leader": leader if sponsor not in leading else "", "seller_fen": paid[1],
                     "sponsor_fen": paid[2], "leader_fen": paid[3], "platform_fen": paid[0], "all_fen": sum(paid.values())}
                )  # fmt: skip
    return rows


def _bars(simulation: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What each kind cost, paid and under the plan, for bars of one scale."""
    if not simulation:
        return []
    most = max([*simulation["fen"].values(), *simulation["paid_fen"].values(), 1])
    return [
        {"kind": kind.value, "paid_fen": paid, "plan_fen": planned, "most": most}
        for kind in Kind
        for paid, planned in ((simulation["paid_fen"].get(kind, 0), simulation["fen"].get(kind, 0)),)
        if paid or planned
    ]


def _movers(simulation: dict[str, Any] | None) -> list[dict[str, Any]]:
    if not simulation:
        return []
    moved = [*simulation["gain"], *simulation["lose"]]
    shops = dict(Owner.objects.filter(pk__in=[owner for owner, _ in moved]).values_list("pk", "shop_name"))
    return [{"shop": shops.get(owner, "–"), "fen": fen} for owner, fen in moved]


@operators_only
def withdrawals(request: HttpRequest) -> HttpResponse:
    """P8: withdrawals that wait for a person, identities to check, the newest ones, debts."""
    debts = sql.dicts(
        """select a.owner_id, b.balance_fen as fen, o.shop_name from ledger_account a join ledger_balance b on b.account_id = a.id
             join distribution_owner o on o.member_id = a.owner_id
            where a.code = 'commission_available' and b.balance_fen > 0 order by b.balance_fen desc limit 50"""
    )
    waiting = Withdrawal.objects.filter(state="asked").select_related("owner__member").order_by("id")[:100]
    recent = Withdrawal.objects.exclude(state="asked").select_related("owner__member")[:30]
    owner_ids = sorted({one.owner_id for one in waiting})
    facts = facts_of(owner_ids)
    earned = earned_by(owner_ids)
    marks: dict[int, list[str]] = {}
    for mark in monitor.flags(owner_ids) if waiting else ():
        marks.setdefault(mark["member_id"], []).append(mark["kind"])
    return render(
        request,
        "ops/withdrawals.html",
        {
            "waiting": [
                (one, facts[one.owner_id], earned.get(one.owner_id, Earned()), marks.get(one.owner_id, ()))
                for one in waiting
            ],
            "identities": PayoutIdentity.objects.filter(verified_at=None).select_related("owner__member")[
                :50
            ],
            "recent": recent,
            "names": dict(
                Member.objects.filter(pk__in={one.decided_by_id for one in recent}).values_list("pk", "name")
            ),
            "debts": debts,
            "stuck": Payout.objects.filter(state=PayoutState.needs_person)[:20],
            "write_offs": WriteOff.objects.select_related("owner").order_by("-id")[:20],
        },
    )


@require_POST
@operators_only
def decide_withdrawal(request: HttpRequest, withdrawal_no: str) -> HttpResponse:
    """Let a withdrawal leave, or refuse it with a reason."""
    asked = get_object_or_404(Withdrawal, withdrawal_no=withdrawal_no)
    try:
        withdrawal_operations.decide_withdrawal(
            withdrawal=asked, accept=request.POST.get("accept") == "yes", reason=request.POST.get("reason", ""),
            actor=actor_of(request), at=clock.now(),
        )  # fmt: skip
    except Refusal as error:
        return refuse(request, error, "/ops/withdrawals")
    return HttpResponseRedirect("/ops/withdrawals")


@require_POST
@operators_only
def owner_step(request: HttpRequest, owner_id: int) -> HttpResponse:
    """What a person decides about an owner: identity checked, debt given up, shop suspended or reopened."""
    owner, actor, at = get_object_or_404(Owner, pk=owner_id), actor_of(request), clock.now()
    step, reason = request.POST.get("step", ""), request.POST.get("reason", "")
    back = "/ops/risk" if step in ("suspend", "reopen") else "/ops/withdrawals"
    try:
        if step == "verify":
            given_at = request.POST.get("given_at", "")
            identity = get_object_or_404(PayoutIdentity, owner=owner)
            if identity.given_at.isoformat() != given_at:
                raise withdrawal_operations.AlreadyReviewed(owner.pk)
            withdrawal_operations.verify_identity(identity=identity, actor=actor, at=at)
        elif step == "write_off":
            withdrawal_operations.write_off(owner=owner, reason=reason, actor=actor, at=at)
        elif step in ("suspend", "reopen"):
            if not read_reason(reason):
                raise Refusal("bad_reason")
            status = OwnerStatus.suspended if step == "suspend" else OwnerStatus.active
            set_status(owner=owner, status=status, reason=read_reason(reason), actor=actor, at=at)
        else:
            raise Http404
    except Refusal as error:
        return refuse(request, error, back)
    messages.success(request, gettext("Done."))
    return HttpResponseRedirect(back)


@operators_only
def risk(request: HttpRequest) -> HttpResponse:
    """P8: owners whom a person should look at, with the evidence; nothing happens by itself."""
    suspended = list(Owner.objects.filter(status=OwnerStatus.suspended).select_related("member")[:50])
    appeals = AuditEntry.objects.filter(action="appeal", subject__in=[f"owner:{one.pk}" for one in suspended])
    for one in suspended:
        one.appeals = [x.detail.get("words", "") for x in appeals if x.subject == f"owner:{one.pk}"]  # type: ignore[attr-defined]
    return render(
        request, "ops/risk.html", {"flags": counted(request, "flags", monitor.flags), "suspended": suspended}
    )
