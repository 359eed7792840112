"""Tables of fulfilment: parcels on their way to a member."""

from django.db import models


class Shipment(models.Model):
    """A parcel of an order; lines are [{order_line_id, quantity}]."""

    order_no = models.CharField(max_length=32)
    merchant_id = models.BigIntegerField()
    carrier = models.CharField(max_length=40)
    tracking_no = models.CharField(max_length=40)
    lines = models.JSONField(default=list)
    shipped_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["order_no"], name="fulfilment_shipment_order")]
        constraints = [
            models.UniqueConstraint(
                fields=["order_no", "carrier", "tracking_no"], name="fulfilment_shipment_once"
            )
        ]
