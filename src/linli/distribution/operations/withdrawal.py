"""Withdrawals: matured earnings leave to an owner's account, with identity, limits, tax, and above a threshold a second person.

Every state stands in the ledger: asked moves the money from available to withdrawing (and the tax to the tax office's account),
paid lets it leave by the gateway, refused and failed bring all of it back.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Min, Sum
from stdnum.cn import ric

from linli.core import audit
from linli.core.actor import Actor
from linli.core.clock import shop_day, shop_midnight
from linli.core.codes import digest, new_number
from linli.core.policy import policy
from linli.core.refusal import NamedRefusal, Refusal
from linli.core.settings import values_at
from linli.core.typed import read_reason
from linli.distribution.models import (
    Owner,
    OwnerStatus,
    PayoutIdentity,
    Withdrawal,
    WithdrawalState,
    WriteOff,
)
from linli.distribution.queries.plan import plan_at
from linli.distribution.rules.tax import tax_due_fen
from linli.distribution.values import WITHDRAWAL_DAY_FEN, WITHDRAWAL_LEAST_FEN, WITHDRAWAL_REVIEW_FEN
from linli.ledger.operations import post
from linli.ledger.queries import owed_fen
from linli.ledger.types import PLATFORM, Code, Entry, Leg
from linli.payments.adapters.registry import first_gateway
from linli.payments.events import PayoutSettled
from linli.payments.operations.payout import PayoutAsked, ask_payouts

STANDING = (WithdrawalState.asked, WithdrawalState.approved, WithdrawalState.paid)


class AlreadyReviewed(NamedRefusal):
    """Somebody decided about the withdrawal before."""

    code = "already_decided"


class OwnMoney(NamedRefusal):
    """Nobody decides about money of their own."""

    code = "own_money"


def give_identity(
    *, owner: Owner, real_name: str, id_number: str, account: str, actor: Actor, at: datetime
) -> PayoutIdentity:
    """Record who payouts go to; a person verifies it before the first withdrawal. id_number: 18 digits with a valid place, birthday
    and check digit (GB 11643). Refuses: identity_needed."""
    real_name, id_number, account = real_name.strip(), id_number.strip().upper(), account.strip()
    is_number = id_number.isascii() and len(id_number) == 18 and ric.is_valid(id_number)
    if not (is_number and 2 <= len(real_name) <= 60 and 4 <= len(account) <= 60):
        raise Refusal("identity_needed")
    identity, _ = PayoutIdentity.objects.update_or_create(
        owner=owner,
        defaults={
            "real_name": real_name, "account": account, "id_digest": digest(id_number), "id_tail": id_number[-4:],
            "given_at": at, "verified_at": None, "verified_by": "",
        },
    )  # fmt: skip
    audit.record(actor=actor, action="give_identity", subject=f"owner:{owner.pk}", at=at)
    return identity


def verify_identity(*, identity: PayoutIdentity, actor: Actor, at: datetime) -> None:
    """A person has checked an identity, exactly as it was given then. Raises OwnMoney, AlreadyReviewed (it was changed since)."""
    if identity.owner_id == actor.member_id:
        raise OwnMoney
    as_seen = PayoutIdentity.objects.filter(pk=identity.pk, given_at=identity.given_at)
    if not as_seen.update(verified_at=at, verified_by=str(actor.member_id)):
        raise AlreadyReviewed
    audit.record(actor=actor, action="verify_identity", subject=f"owner:{identity.owner_id}", at=at)


def ask_withdrawal(*, owner: Owner, amount_fen: int, actor: Actor, at: datetime) -> Withdrawal:
    """Ask for matured earnings, in fen before tax. Small amounts leave at once, large ones wait for a person.

    Raises Refusal: withdrawal_held, withdrawal_least, withdrawal_too_much, withdrawal_day, identity_needed.
    """
    least, most_a_day, review_from = values_at(
        WITHDRAWAL_LEAST_FEN, WITHDRAWAL_DAY_FEN, WITHDRAWAL_REVIEW_FEN, at=at
    )
    with transaction.atomic():
        owner = Owner.objects.select_for_update(of=("self",)).select_related("member").get(pk=owner.pk)
        if owner.status == OwnerStatus.suspended:
            raise Refusal("withdrawal_held")
        if amount_fen < least:
            raise Refusal("withdrawal_least")
        if amount_fen > owed_fen(Code.commission_available, [owner.pk])[owner.pk]:
            raise Refusal("withdrawal_too_much")
        if _asked_today_fen(owner, at) + amount_fen > most_a_day:
            raise Refusal("withdrawal_day")
        if _identity(owner, at) is None:
            raise Refusal("identity_needed")
        made = Withdrawal.objects.create(
            withdrawal_no=new_number(at), owner=owner, amount_fen=amount_fen, tax_fen=_tax_fen(owner, amount_fen, at),
            state=WithdrawalState.asked, asked_at=at,
        )  # fmt: skip
        post([_entry(made, "withdrawal", +1, at)])
        audit.record(
            actor=actor,
            action="ask_withdrawal",
            subject=f"withdrawal:{made.withdrawal_no}",
            at=at,
            fen=amount_fen,
        )
        if amount_fen < review_from:
            _send(made, PLATFORM, "", at)
    return made


def decide_withdrawal(
    *, withdrawal: Withdrawal, accept: bool, reason: str, actor: Actor, at: datetime
) -> Withdrawal:
    """A person lets a withdrawal leave, or refuses it with a reason.

    Raises AlreadyReviewed, OwnMoney, Refusal (no reason; or the shop is suspended or its identity unchecked by now).
    """
    reason = read_reason(reason)
    if not accept and not reason:
        raise Refusal("bad_reason")
    if withdrawal.owner_id == actor.member_id:
        raise OwnMoney
    with transaction.atomic():
        withdrawal = Withdrawal.objects.select_for_update().get(pk=withdrawal.pk)
        if withdrawal.state != WithdrawalState.asked:
            raise AlreadyReviewed
        if accept:
            if Owner.objects.get(pk=withdrawal.owner_id).status == OwnerStatus.suspended:
                raise Refusal("withdrawal_held")
            _send(withdrawal, actor.member_id, reason, at)
        else:
            withdrawal.decided_by_id, withdrawal.decided_at = actor.member_id, at
            _bring_back(withdrawal, WithdrawalState.refused, reason, at)
        audit.record(
            actor=actor,
            action=f"withdrawal_{withdrawal.state}",
            subject=f"withdrawal:{withdrawal.withdrawal_no}",
            at=at,
            reason=reason,
        )
    return withdrawal


def settle_withdrawals(happened: list[PayoutSettled]) -> None:
    """What became of payouts: paid ones have left by the gateway, failed ones are the owner's again. Safe to hear twice."""
    for payout in happened:
        at = datetime.fromisoformat(payout.settled_at)
        with transaction.atomic():
            number = payout.reference.removeprefix("withdrawal:")
            withdrawal = Withdrawal.objects.select_for_update().filter(withdrawal_no=number).first()
            if withdrawal is None or withdrawal.state != WithdrawalState.approved:
                continue
            if not payout.succeeded:
                _bring_back(withdrawal, WithdrawalState.failed, payout.why, at)
                continue
            withdrawal.state, withdrawal.settled_at = WithdrawalState.paid, at
            withdrawal.save(update_fields=["state", "settled_at"])
            legs = (
                Leg(Code.commission_withdrawing, withdrawal.owner_id, payout.amount_fen),
                Leg(Code.gateway, PLATFORM, -payout.amount_fen),
            )
            post([Entry(f"withdrawal_paid:{number}", "withdrawal_paid", number, legs, at)])


def write_off(*, owner: Owner, reason: str, actor: Actor, at: datetime) -> WriteOff:
    """A named person gives up what an owner owes, with a reason. Raises Refusal (no reason, or nothing is owed)."""
    reason = read_reason(reason)
    if not reason:
        raise Refusal("bad_reason")
    with transaction.atomic():
        Owner.objects.select_for_update(of=("self",)).get(pk=owner.pk)
        debt_fen = -owed_fen(Code.commission_available, [owner.pk])[owner.pk]
        if debt_fen <= 0:
            raise Refusal("nothing_owed")
        made = WriteOff.objects.create(
            owner=owner, amount_fen=debt_fen, reason=reason, decided_by_id=actor.member_id, decided_at=at
        )
        legs = (Leg(Code.bad_debt, PLATFORM, debt_fen), Leg(Code.commission_available, owner.pk, -debt_fen))
        post([Entry(f"write_off:{made.pk}", "write_off", f"owner:{owner.pk}", legs, at)])
        audit.record(
            actor=actor, action="write_off", subject=f"owner:{owner.pk}", at=at, fen=debt_fen, reason=reason
        )
    return made


def _identity(owner: Owner, at: datetime) -> PayoutIdentity | None:
    """The owner's verified identity; the demo's play bank accepts everybody."""
    identity = PayoutIdentity.objects.filter(owner=owner).first()
    if identity is None and policy().knows_payees:
        identity = PayoutIdentity.objects.create(
            owner=owner,
            real_name=owner.member.name,
            account="play wallet",
            given_at=at,
            verified_at=at,
            verified_by="play bank",
        )
    return identity if identity and identity.verified_at else None


def _asked_today_fen(owner: Owner, at: datetime) -> int:
    mine = Withdrawal.objects.filter(owner=owner, state__in=STANDING, asked_at__gte=shop_midnight(at))
    return mine.aggregate(fen=Sum("amount_fen"))["fen"] or 0


def _tax_fen(owner: Owner, amount_fen: int, at: datetime) -> int:
    """The tax to withhold by the plan's method, reckoned over this year's withdrawals, by the shop's calendar."""
    if plan_at(at).engine.plan.settle.withholding != "cumulative_labour":
        return 0
    today = shop_day(at)
    new_year = shop_midnight(at).replace(month=1, day=1)
    year = Withdrawal.objects.filter(owner=owner, state__in=STANDING, asked_at__gte=new_year).aggregate(
        earned=Sum("amount_fen"), withheld=Sum("tax_fen"), first=Min("asked_at")
    )
    first = shop_day(year["first"] or at)
    return tax_due_fen(
        earned_fen=(year["earned"] or 0) + amount_fen,
        months=today.month - first.month + 1,
        withheld_fen=year["withheld"] or 0,
    )


def _entry(withdrawal: Withdrawal, kind: str, sign: int, at: datetime) -> Entry:
    net_fen = withdrawal.amount_fen - withdrawal.tax_fen
    legs = (
        Leg(Code.commission_available, withdrawal.owner_id, sign * withdrawal.amount_fen),
        Leg(Code.commission_withdrawing, withdrawal.owner_id, -sign * net_fen),
        Leg(Code.tax_withheld, PLATFORM, -sign * withdrawal.tax_fen),
    )
    return Entry(f"{kind}:{withdrawal.withdrawal_no}", kind, withdrawal.withdrawal_no, legs, at)


def _send(withdrawal: Withdrawal, decided_by_id: int, reason: str, at: datetime) -> None:
    identity = PayoutIdentity.objects.select_for_update().get(owner_id=withdrawal.owner_id)
    if identity.verified_at is None:
        raise Refusal("identity_needed")
    withdrawal.state, withdrawal.decided_by_id = WithdrawalState.approved, decided_by_id
    withdrawal.decided_at, withdrawal.reason = at, reason
    withdrawal.save()
    ask_payouts(
        [
            PayoutAsked(
                f"withdrawal:{withdrawal.withdrawal_no}", first_gateway(), identity.real_name, identity.account,
                withdrawal.amount_fen - withdrawal.tax_fen,
            )
        ],
        at=at,
    )  # fmt: skip


def _bring_back(withdrawal: Withdrawal, state: WithdrawalState, reason: str, at: datetime) -> None:
    withdrawal.state, withdrawal.reason, withdrawal.settled_at = state, reason, at
    withdrawal.save()
    post([_entry(withdrawal, "withdrawal_back", -1, at)])
