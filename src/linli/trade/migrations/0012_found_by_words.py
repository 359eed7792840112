"""Orders that were sold already can be found by words (core.finding)."""

from django.db import migrations

AT_ONCE = 2000


def find_all(apps, schema_editor):
    from linli.trade.operations.index_orders import index_orders

    sold, last = apps.get_model("trade", "Order").objects.filter(paid_at__isnull=False).order_by("pk"), 0
    while rows := list(sold.filter(pk__gt=last).values_list("pk", "order_no")[:AT_ONCE]):
        last = rows[-1][0]
        index_orders([order_no for _, order_no in rows])


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0011_past_orders"),
        ("core", "0006_finding"),
        ("fulfilment", "0001_initial"),
        ("campaigns", "0010_campaign_starts"),
    ]
    operations = [migrations.RunPython(find_all, migrations.RunPython.noop)]
