"""Orders, their lines, and the posts that led to them."""

from typing import ClassVar, Self

from django.db import models

from linli.core.actor import Actor
from linli.trade.models.settlement import SettlementRun


class OrderState(models.TextChoices):
    pending_payment = "pending_payment"
    waiting_group = "waiting_group"
    waiting_gift = "waiting_gift"
    paid = "paid"
    shipped = "shipped"
    received = "received"
    completed = "completed"
    cancelled = "cancelled"
    refunded = "refunded"


class OrderQuerySet(models.QuerySet["Order"]):
    def to_ship(self) -> Self:
        """Paid orders, and sent ones, of which something is still in the store."""
        unsent = OrderLine.objects.filter(
            order=models.OuterRef("pk"),
            quantity__gt=models.F("shipped_quantity") + models.F("never_sent_quantity"),
        )
        return self.filter(models.Exists(unsent), state__in=(OrderState.paid, OrderState.shipped))

    def visible_to(self, actor: Actor) -> Self:
        """A member sees their own orders, a merchant's staff those of their merchant, the operator all."""
        if actor.is_operator:
            return self
        return self.filter(
            models.Q(member_id=actor.member_id or -1)
            | (models.Q(merchant_id__in=actor.merchant_ids, paid_at__isnull=False))
        )


class Order(models.Model):
    """What one member buys of one merchant, with every price and party frozen.

    Orders of one cart share checkout_no and are paid together. seller_id is the owner it is attributed to (0: nobody).
    paid_at: when it became a sale; an order that waits for its group, or as a gift for its receiver, is none yet.
    campaign: what it buys by. is_gift: a share of a gift; its address is not here (campaigns.models.GiftShare). settlement_run: which completed it.
    """

    order_no = models.CharField(max_length=32)
    checkout_no = models.CharField(max_length=32)
    member = models.ForeignKey(
        "members.Member", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    merchant = models.ForeignKey(
        "merchants.Merchant", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    state = models.CharField(max_length=16, choices=OrderState.choices, default=OrderState.pending_payment)
    goods_fen = models.BigIntegerField()
    freight_fen = models.BigIntegerField()
    total_fen = models.BigIntegerField()
    refunded_fen = models.BigIntegerField(default=0)
    freight_refunded_fen = models.BigIntegerField(default=0)
    is_self_purchase = models.BooleanField(default=False)
    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    is_gift = models.BooleanField(default=False)
    seller_id = models.BigIntegerField(default=0)
    share_code = models.CharField(max_length=12, default="")
    address = models.JSONField(null=True)
    note = models.CharField(max_length=200, default="")
    charge = models.ForeignKey(
        "payments.Charge", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    idempotency_key = models.CharField(
        max_length=120, null=True, help_text="member id, colon, the key they sent"
    )
    input_hash = models.BinaryField(null=True)
    cancel_reason = models.CharField(max_length=40, default="")
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    completes_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    settlement_run = models.ForeignKey(
        SettlementRun,
        models.PROTECT,
        null=True,
        related_name="orders",
        db_constraint=False,
        db_index=False,
    )

    objects: ClassVar[models.Manager] = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            # Not unique=True: its second index, for prefixes, would be written again whenever an order changes its state.
            models.UniqueConstraint(fields=["order_no"], name="trade_order_no_once"),
            # Of a gift, whose orders are all of one merchant, the first order has the key.
            models.UniqueConstraint(
                fields=["idempotency_key", "merchant"],
                condition=models.Q(idempotency_key__isnull=False),
                name="trade_order_idempotent",
            ),
            models.CheckConstraint(
                condition=models.Q(refunded_fen__gte=0, refunded_fen__lte=models.F("total_fen")),
                name="trade_order_refunded",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-id"], name="trade_order_member"),
            models.Index(
                fields=["merchant", "-id"],
                condition=models.Q(paid_at__isnull=False),
                name="trade_order_merchant",
            ),
            models.Index(
                fields=["expires_at"], condition=models.Q(state="pending_payment"), name="trade_order_unpaid"
            ),
            models.Index(
                fields=["member"],
                condition=models.Q(state="pending_payment"),
                name="trade_order_unpaid_of",
            ),
            models.Index(
                fields=["merchant", "paid_at", "id"],
                condition=models.Q(state__in=["paid", "shipped"]),
                name="trade_order_to_ship",
            ),
            models.Index(
                fields=["shipped_at"], condition=models.Q(state="shipped"), name="trade_order_under_way"
            ),
            models.Index(
                fields=["completes_at", "id"],
                condition=models.Q(state="received"),
                name="trade_order_maturing",
            ),
            models.Index(fields=["checkout_no"], name="trade_order_checkout"),
            models.Index(
                fields=["share_code"], condition=~models.Q(share_code=""), name="trade_order_shared"
            ),
            models.Index(
                fields=["campaign", "-id"],
                condition=models.Q(campaign__isnull=False),
                name="trade_order_campaign",
            ),
            models.Index(
                fields=["paid_at"], condition=models.Q(paid_at__isnull=False), name="trade_order_paid"
            ),
            models.Index(
                fields=["settlement_run", "merchant"],
                condition=models.Q(settlement_run__isnull=False),
                name="trade_order_settled",
            ),
        ]


class OrderLine(models.Model):
    """One sku of an order. reasons explain the price: [{code, label, fen}], in order, summing to total_fen. subsidy_fen: the
    platform's part of its coupons, which its merchant gets on top of what the member pays. Of refunded_quantity,
    never_sent_quantity stayed in the store (rules.units)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines", db_constraint=False)
    sku = models.ForeignKey(
        "catalog.Sku", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    product_id = models.BigIntegerField()
    title = models.CharField(max_length=80)
    sku_title = models.CharField(max_length=120, default="")
    image = models.CharField(max_length=200, default="")
    quantity = models.IntegerField()
    price_fen = models.BigIntegerField()
    total_fen = models.BigIntegerField()
    rate_bp = models.IntegerField()
    fee_rate_bp = models.IntegerField()
    fee_fen = models.BigIntegerField()
    reasons = models.JSONField(default=list)
    subsidy_fen = models.BigIntegerField(default=0)
    refunded_fen = models.BigIntegerField(default=0)
    refunded_quantity = models.IntegerField(default=0)
    shipped_quantity = models.IntegerField(default=0, db_default=0)
    never_sent_quantity = models.IntegerField(default=0, db_default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(refunded_fen__gte=0, refunded_fen__lte=models.F("total_fen")),
                name="trade_line_refunded",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    shipped_quantity__gte=0,
                    never_sent_quantity__gte=0,
                    quantity__gte=models.F("shipped_quantity") + models.F("never_sent_quantity"),
                ),
                name="trade_line_units",
            ),
        ]

    @property
    def unsent_quantity(self) -> int:
        """Units that are still in the store."""
        return self.quantity - self.shipped_quantity - self.never_sent_quantity


class GuidedLine(models.Model):
    """An order line to which a post led; noted once, when its order became a sale."""

    order_line = models.OneToOneField(
        OrderLine, models.PROTECT, primary_key=True, related_name="guide", db_constraint=False
    )
    post = models.ForeignKey("community.Post", models.PROTECT, related_name="+")
    community = models.ForeignKey("community.Community", models.PROTECT, related_name="+")
    author_id = models.BigIntegerField()
    buyer_id = models.BigIntegerField()
