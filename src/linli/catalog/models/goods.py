"""Tables of the catalogue: category, product, sku, offer, stock."""

from typing import ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from linli.core.actor import Actor


class Category(models.Model):
    """A node of the two-level category tree."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, default="", blank=True)
    icon = models.CharField(max_length=200, default="", blank=True)
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class ProductState(models.TextChoices):
    draft = "draft"
    on_sale = "on_sale"
    off_sale = "off_sale"


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, actor: Actor) -> Self:
        """catalog.rules.product.is_visible as a condition."""
        if actor.is_operator:
            return self
        return self.filter(
            models.Q(state=ProductState.on_sale) | models.Q(merchant_id__in=actor.merchant_ids)
        )

    def managed_by(self, actor: Actor) -> Self:
        """What an actor may change: their merchant's products; the operator all."""
        return self if actor.is_operator else self.filter(merchant_id__in=actor.merchant_ids)


class Product(models.Model):
    """Goods of a merchant. price_fen, market_price_fen and rate_bp are the face of its cheapest offer, kept by operations."""

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, related_name="products")
    title = models.CharField(max_length=80)
    subtitle = models.CharField(max_length=120, default="", blank=True)
    description = models.TextField(default="", blank=True)
    option_names = models.JSONField(default=list)
    images = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=ProductState.choices, default=ProductState.draft)
    price_fen = models.BigIntegerField(default=0)
    market_price_fen = models.BigIntegerField(default=0)
    rate_bp = models.IntegerField(default=0)
    sold_count = models.BigIntegerField(default=0)
    search = SearchVectorField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects: ClassVar[models.Manager] = ProductQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["search"], name="catalog_product_search"),
            models.Index(fields=["state", "-sold_count", "-id"], name="catalog_product_popular"),
            models.Index(fields=["category", "state", "-sold_count", "-id"], name="catalog_product_category"),
            models.Index(fields=["merchant", "-id"], name="catalog_product_merchant"),
        ]

    def __str__(self) -> str:
        return self.title


class Sku(models.Model):
    """One variant of a product: a value for each of its option names."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="skus")
    option_values = models.JSONField(default=list)
    title = models.CharField(max_length=120, default="", blank=True)
    code = models.CharField(max_length=60, default="", blank=True)
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["product", "title"], name="catalog_sku_once")]


class Offer(models.Model):
    """How a sku is sold: its price in fen and the commission rate in bp (500-4000, or 0 for goods without commission).
    opens_at: it is announced, and not sold before. price_fixed_until: a campaign shows its price struck through, which may not rise
    before."""

    sku = models.OneToOneField(Sku, models.CASCADE, primary_key=True)
    price_fen = models.BigIntegerField()
    market_price_fen = models.BigIntegerField(default=0)
    commission_rate_bp = models.IntegerField()
    opens_at = models.DateTimeField(null=True)
    price_fixed_until = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(price_fen__gte=0), name="catalog_offer_price"),
            models.CheckConstraint(
                condition=models.Q(commission_rate_bp=0) | models.Q(commission_rate_bp__range=(500, 4000)),
                name="catalog_offer_rate",
            ),
        ]


class OfferPrice(models.Model):
    """What a sku cost since a moment: a row for each change, never altered. By it a campaign's struck-through price is judged."""

    sku = models.ForeignKey(Sku, models.CASCADE, related_name="prices")
    price_fen = models.BigIntegerField()
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sku", "-since"], name="catalog_offerprice_since")]


class Stock(models.Model):
    """Units of a sku: available to sell, held by unpaid orders, sold. Never below zero, by constraint."""

    sku = models.OneToOneField(Sku, models.CASCADE, primary_key=True)
    available_count = models.BigIntegerField()
    held_count = models.BigIntegerField(default=0)
    sold_count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(available_count__gte=0, held_count__gte=0, sold_count__gte=0),
                name="catalog_stock_not_negative",
            )
        ]
