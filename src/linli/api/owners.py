"""What an owner earns."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from linli.api.app import actor_of, answer, demand, parameter
from linli.api.once import Router
from linli.api.schemas import DecisionIn, IdentityIn, WithdrawalIn
from linli.core import clock
from linli.distribution.models import Owner, Withdrawal
from linli.distribution.operations import withdrawal
from linli.distribution.queries.commission import income_of
from linli.insight.queries.income import income_lines
from linli.members.rules import masked_name

router = Router(tags=["owners"])


@router.post("/owners/me/withdrawals")
def post_withdrawal(request: HttpRequest, body: WithdrawalIn) -> HttpResponse:
    """Withdraw matured earnings, before tax; large amounts wait for a second person."""
    actor = actor_of(request)
    demand(actor.is_owner)
    owner = Owner.objects.get(pk=actor.member_id)
    made = withdrawal.ask_withdrawal(owner=owner, amount_fen=body.amount_fen, actor=actor, at=clock.now())
    return answer(withdrawal_face(made), 201)


@router.get("/owners/me/withdrawals")
def get_withdrawals(request: HttpRequest) -> HttpResponse:
    """My newest withdrawals and what became of them."""
    actor = actor_of(request)
    demand(actor.is_owner)
    mine = Withdrawal.objects.filter(owner_id=actor.member_id)[:100]
    return answer({"items": [withdrawal_face(one) for one in mine], "next": None})


@router.put("/owners/me/identity")
def put_identity(request: HttpRequest, body: IdentityIn) -> HttpResponse:
    """Who my withdrawals go to; a person checks it."""
    actor = actor_of(request)
    demand(actor.is_owner)
    given = withdrawal.give_identity(
        owner=Owner.objects.get(pk=actor.member_id), real_name=body.real_name, id_number=body.id_number,
        account=body.account, actor=actor, at=clock.now(),
    )  # fmt: skip
    return answer(
        {"real_name": given.real_name, "id_tail": given.id_tail, "verified": given.verified_at is not None}
    )


@router.post("/withdrawals/{withdrawal_no}/decision")
def post_withdrawal_decision(request: HttpRequest, withdrawal_no: str, body: DecisionIn) -> HttpResponse:
    """A second person lets a withdrawal leave, or refuses it with a reason."""
    actor = actor_of(request)
    asked = Withdrawal.objects.visible_to(actor).get(withdrawal_no=withdrawal_no)
    demand(actor.is_operator)
    decided = withdrawal.decide_withdrawal(
        withdrawal=asked, accept=body.accept, reason=body.reason, actor=actor, at=clock.now()
    )
    return answer(withdrawal_face(decided))


def withdrawal_face(made: Withdrawal) -> dict[str, Any]:
    """A withdrawal as the API shows it; amounts in fen."""
    return {
        "withdrawal_no": made.withdrawal_no, "amount_fen": made.amount_fen, "tax_fen": made.tax_fen, "state": made.state,
        "reason": made.reason, "asked_at": made.asked_at, "settled_at": made.settled_at,
    }  # fmt: skip


@router.get("/owners/me/income")
def get_income(request: HttpRequest, cursor: str = "") -> HttpResponse:
    """My earnings: what is pending, available, owed, withdrawn, and every line with its why and its date."""
    actor = actor_of(request)
    demand(actor.is_owner)
    before = parameter("cursor", cursor)
    lines, following = income_lines(actor, before=before)
    for line in lines:
        line["buyer"] = masked_name(line["buyer"]) if line["kind"] == "commission" else line["buyer"]
    return answer({**income_of(actor.member_id), "lines": lines, "next": following or None})
