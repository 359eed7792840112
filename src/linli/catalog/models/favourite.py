"""What members keep, and what they looked at: theirs alone."""

from django.db import models

from linli.catalog.models.goods import Product


class Favourite(models.Model):
    """A product that a member keeps. noted_fen: its price then. wants_news: the member asked to hear when it is cheaper, or back; for
    that told_fen is the least they know of, is_out whether it could not be had when the job looked last, told_at the last notice."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    noted_fen = models.BigIntegerField()
    wants_news = models.BooleanField(default=False)
    told_fen = models.BigIntegerField()
    is_out = models.BooleanField()
    told_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "product"], name="catalog_favourite_once")]
        indexes = [
            models.Index(fields=["member", "-id"], name="catalog_favourite_member"),
            models.Index(
                fields=["product"], condition=models.Q(wants_news=True), name="catalog_favourite_news"
            ),
        ]


class Footprint(models.Model):
    """A product that a member looked at, when they did last."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "product"], name="catalog_footprint_once")]
        indexes = [
            models.Index(fields=["member", "-seen_at"], name="catalog_footprint_member"),
            models.Index(fields=["seen_at"], name="catalog_footprint_age"),
        ]
