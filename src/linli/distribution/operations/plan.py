"""The life of a plan: drafted, checked and proved, simulated on the site's own history, approved by a second person, active
from a moment, retired by the next. Paid orders keep the plan that they were paid under."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from linli.core import audit, sql
from linli.core.actor import Actor
from linli.core.policy import policy
from linli.core.refusal import NamedRefusal
from linli.core.work import work_off
from linli.distribution.models import Plan, PlanState
from linli.distribution.operations.tier import next_midnight
from linli.distribution.operations.tree import hold_still, rebuild_leaders
from linli.distribution.queries.history import history
from linli.distribution.rules.check import findings
from linli.distribution.rules.document import hash_of, read_plan
from linli.distribution.rules.plan import Engine
from linli.distribution.rules.prove import owners_to_prove, prove
from linli.distribution.rules.simulate import COLUMNS, PLATFORM_NAME, Simulation

SIMULATED_DAYS = 30
MOST_NAMED = 5
_DUE = """
select id from distribution_plan where state = 'approved' and begins_at <= %(at)s and id <> all(%(aside)s::bigint[])
 order by begins_at, id limit %(most)s
"""


class PlanNotReady(NamedRefusal):
    """The plan is not in the state that this step follows."""

    code = "plan_not_ready"


class SamePerson(NamedRefusal):
    """Whoever drafted a plan cannot approve it."""

    code = "same_person"


class PlanBlocked(NamedRefusal):
    """The law of the site's jurisdiction, or arithmetic, forbids the plan; only a demo may run it."""

    code = "plan_blocked"


def draft_plan(*, document: Any, actor: Actor, at: datetime) -> Plan:
    """Write a plan down, as the next version of its name. Raises BadPlan."""
    plan = read_plan(document)
    with transaction.atomic():
        sql.rows("select pg_advisory_xact_lock(7303)")
        latest = Plan.objects.filter(name=plan.id).order_by("-version").first()
        document = {**document, "version": latest.version + 1 if latest else 1}
        return Plan.objects.create(
            name=plan.id, version=document["version"], document=document, document_hash=hash_of(document),
            drafted_by_id=actor.member_id, drafted_at=at,
        )  # fmt: skip


def change_draft(*, plan: Plan, document: Any, actor: Actor, at: datetime) -> Plan:
    """Write another document into a plan that does not live yet; its judgements are forgotten. Raises BadPlan, PlanNotReady."""
    read_plan(document)
    with transaction.atomic():
        plan = _in_state(plan, PlanState.draft, PlanState.checked, PlanState.simulated, PlanState.approved)
        document = {**document, "id": plan.name, "version": plan.version}
        if hash_of(document) == plan.document_hash:
            return plan  # nothing was written, so nobody became its author
        plan.document, plan.document_hash = document, hash_of(document)
        plan.state, plan.drafted_by_id, plan.drafted_at = PlanState.draft, actor.member_id, at
        for judgement in ("report", "proof", "simulation", "approved_by_id", "approved_at", "begins_at"):
            setattr(plan, judgement, None)
        plan.save()
    return plan


def check_plan(*, plan: Plan, at: datetime) -> Plan:
    """Hold the plan against the site's law and prove it. Raises PlanNotReady."""
    judged = plan.document_hash
    engine = Engine(read_plan(plan.document))
    report = {
        "hash": judged,
        "profile": jurisdiction(),
        "at": at.isoformat(),
        "findings": [one.as_dict() for one in findings(engine, profile=jurisdiction(), at=at)],
    }
    proof = prove(engine, owners=owners_to_prove(engine)).as_dict()
    with transaction.atomic():
        plan = _in_state(plan, PlanState.draft, PlanState.checked, PlanState.simulated, judged=judged)
        plan.report, plan.proof, plan.state = report, proof, PlanState.checked
        plan.save(update_fields=["report", "proof", "state"])
    return plan


def simulate_plan(*, plan: Plan, at: datetime) -> Plan:
    """Replay the last month under the plan, beside what was paid. Raises PlanNotReady."""
    judged = plan.document_hash
    simulation = simulated(Engine(read_plan(plan.document)), at=at)
    with transaction.atomic():
        plan = _in_state(plan, PlanState.checked, PlanState.simulated, judged=judged)
        plan.simulation, plan.state = simulation, PlanState.simulated
        plan.save(update_fields=["simulation", "state"])
    return plan


def simulated(engine: Engine, *, at: datetime, days: int = SIMULATED_DAYS) -> dict[str, Any]:
    """What the last days cost under a plan and what they did cost, net of refunds, in fen; who gains and who loses most."""
    since = at - timedelta(days=days)
    replay = Simulation(engine)
    owners: dict[int, int] = defaultdict(int)
    kinds: dict[str, int] = defaultdict(int)
    for payout in replay.run(_within(history(since=since, until=at), engine.plan.bounds_bp)):
        if datetime.fromisoformat(payout.at) <= since:
            continue
        kinds[payout.kind] += payout.fen
        if payout.owner != PLATFORM_NAME:
            owners[int(payout.owner)] += payout.fen
    paid = sql.rows(
        """select beneficiary_id, kind, sum(amount_fen - reversed_fen)::bigint as fen from distribution_commissionline
            where paid_at > %s and paid_at <= %s group by 1, 2""",
        (since, at),
    )
    today: dict[str, int] = defaultdict(int)
    gains: dict[int, int] = defaultdict(int, owners)
    for row in paid:
        today[row.kind] += row.fen
        if row.beneficiary_id:
            gains[row.beneficiary_id] -= row.fen
    ordered = sorted(gains.items(), key=lambda one: one[1])
    return {
        "since": since.isoformat(),
        "until": at.isoformat(),
        "fen": dict(kinds),
        "paid_fen": dict(today),
        "gain": [[owner, fen] for owner, fen in reversed(ordered) if fen > 0][:MOST_NAMED],
        "lose": [[owner, fen] for owner, fen in ordered if fen < 0][:MOST_NAMED],
    }


def _within(rows: Iterator[list[str]], bounds_bp: tuple[int, int]) -> Iterator[list[str]]:
    """Sales of goods whose rate is outside the plan's bounds, at the nearest rate that it knows."""
    rate = COLUMNS.index("rate_bp")
    for n, row in enumerate(rows):
        if n and row[rate]:
            row[rate] = str(min(max(int(row[rate]), bounds_bp[0]), bounds_bp[1]))
        yield row


def approve_plan(*, plan: Plan, begins_at: datetime | None, actor: Actor, at: datetime) -> Plan:
    """A second person lets the plan begin (None: next midnight; never before its own effective_from). Raises PlanNotReady, SamePerson, PlanBlocked."""
    with transaction.atomic():
        plan = _in_state(plan, PlanState.simulated)
        if plan.drafted_by_id == actor.member_id:
            raise SamePerson
        _refuse_blocked(plan)
        plan.approved_by_id, plan.approved_at = actor.member_id, at
        says = read_plan(plan.document).effective_from
        earliest = datetime.fromisoformat(says) if says else at
        plan.begins_at, plan.state = max(begins_at or next_midnight(at), earliest, at), PlanState.approved
        plan.save()
        audit.record(
            actor=actor, action="approve_plan", subject=f"plan:{plan.pk}", at=at, hash=plan.document_hash
        )
    return plan


def activate_plans(*, at: datetime) -> int:
    """Put the approved plans in force whose moment has come; each retires the one before. Returns how many."""
    return work_off("distribution.activate_plans", _DUE, partial(_activate, at=at), at=at)


def _activate(plan_ids: Sequence[int], *, at: datetime) -> None:
    hold_still()
    for plan in (
        Plan.objects.select_for_update()
        .filter(pk__in=plan_ids, state=PlanState.approved)
        .order_by("begins_at", "id")
    ):
        _refuse_blocked(plan)
        Plan.objects.filter(state=PlanState.active).update(state=PlanState.retired)
        plan.state, plan.active_from = PlanState.active, at
        plan.save(update_fields=["state", "active_from"])
        rebuild_leaders()


def jurisdiction() -> str:
    """Whose law the site lives under: DEMO in the demo, else as set, CN when nothing is."""
    return policy().law or settings.ENVIRONMENT.jurisdiction


def is_forbidden(plan: Plan) -> bool:
    """Whether a plan that was judged can never be approved as it is: a rule forbids it, its proof does not hold, or the judgement is
    of another law than this site's."""
    if not (plan.report and plan.proof):
        return False
    blocks = any(one["severity"] == "BLOCK" for one in plan.report["findings"])
    return blocks or not plan.proof["holds"] or plan.report["profile"] != jurisdiction()


def _refuse_blocked(plan: Plan) -> None:
    """Needs judgements of exactly this document, under this site's law, and none that forbids it."""
    if (
        not plan.simulation
        or not (plan.report and plan.proof)
        or plan.report["hash"] != hash_of(plan.document)
    ):
        raise PlanBlocked
    if is_forbidden(plan):
        raise PlanBlocked


def _in_state(plan: Plan, *states: str, judged: str = "") -> Plan:
    """The plan as it stands, locked; when judged, still the document that was judged."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.state not in states or (judged and plan.document_hash != judged):
        raise PlanNotReady
    return plan
