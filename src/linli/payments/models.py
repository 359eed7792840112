"""Tables of payments: charges, refunds, the inbox of gateway notices, reconciliation."""

from typing import ClassVar

from django.db import models

from linli.core.outbox import Outgoing


class ChargeState(models.TextChoices):
    open = "open"
    succeeded = "succeeded"
    failed = "failed"
    closed = "closed"


class Charge(models.Model):
    """Money asked of a member through a gateway, for one purpose (a checkout). amount_fen: what is asked; of a paid one, what came."""

    charge_no = models.CharField(max_length=32, unique=True)
    gateway = models.CharField(max_length=20)
    payer = models.ForeignKey(
        "members.Member", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    purpose = models.CharField(max_length=40)
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=ChargeState.choices, default=ChargeState.open)
    gateway_no = models.CharField(max_length=128, default="", blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payments_charge_positive")
        ]
        indexes = [
            models.Index(
                fields=["settled_at"],
                condition=models.Q(settled_at__isnull=False),
                name="payments_charge_day",
            ),
        ]


class RefundState(models.TextChoices):
    waiting = "waiting"
    sent = "sent"
    succeeded = "succeeded"
    needs_person = "needs_person"


class Refund(Outgoing):
    """Money to be given back through the gateway it came by; tried again until it is done or a person is told."""

    refund_no = models.CharField(max_length=32, unique=True)
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="refunds")
    reference = models.CharField(max_length=64, unique=True)
    order_no = models.CharField(max_length=32)
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=12, choices=RefundState.choices, default=RefundState.waiting)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payments_refund_positive")
        ]
        indexes = [
            models.Index(fields=["order_no"], name="payments_refund_order"),
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state__in=["waiting", "sent"]),
                name="payments_refund_due",
            ),
            models.Index(
                fields=["id"], condition=models.Q(state="needs_person"), name="payments_refund_stuck"
            ),
        ]


class PayoutState(models.TextChoices):
    waiting = "waiting"
    sent = "sent"
    succeeded = "succeeded"
    failed = "failed"
    needs_person = "needs_person"


class Payout(Outgoing):
    """Money to be paid out to a member; sent under one number until the gateway says what became of it."""

    payout_no = models.CharField(max_length=32, unique=True)
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=64, unique=True)
    payee_name = models.CharField(max_length=60)
    payee_account = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=PayoutState.choices, default=PayoutState.waiting)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payments_payout_positive")
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state__in=["waiting", "sent"]),
                name="payments_payout_due",
            )
        ]


class NoticeState(models.TextChoices):
    received = "received"
    handled = "handled"
    refused = "refused"


class Notice(models.Model):
    """What a gateway told us, stored before it is understood, handled once."""

    gateway = models.CharField(max_length=20)
    notice_id = models.CharField(max_length=128)
    body = models.BinaryField()
    state = models.CharField(max_length=10, choices=NoticeState.choices, default=NoticeState.received)
    why = models.CharField(max_length=200, default="", blank=True)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "notice_id"], name="payments_notice_once")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="received"), name="payments_notice_open"),
            models.Index(fields=["id"], condition=models.Q(state="refused"), name="payments_notice_refused"),
        ]


class Reconciliation(models.Model):
    """One day's comparison of the gateway's bill with charges, refunds, payouts and postings."""

    gateway = models.CharField(max_length=20)
    day = models.DateField()
    charge_count = models.IntegerField()
    charge_fen = models.BigIntegerField()
    refund_count = models.IntegerField()
    refund_fen = models.BigIntegerField()
    payout_count = models.IntegerField(default=0)
    payout_fen = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "day"], name="payments_reconciliation_once")
        ]


class Difference(models.Model):
    """A line on which the gateway and we do not agree."""

    reconciliation = models.ForeignKey(Reconciliation, models.CASCADE, related_name="differences")
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=64)
    ours_fen = models.BigIntegerField(null=True)
    theirs_fen = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
