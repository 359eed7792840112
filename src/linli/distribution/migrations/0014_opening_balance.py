from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("distribution", "0013_commission_days")]
    operations = [
        migrations.CreateModel(
            name="OpeningBalance",
            fields=[
                (
                    "owner",
                    models.OneToOneField(
                        on_delete=models.deletion.PROTECT,
                        primary_key=True,
                        related_name="opening_balance",
                        serialize=False,
                        to="distribution.owner",
                    ),
                ),
                ("amount_fen", models.BigIntegerField()),
                ("brought_at", models.DateTimeField()),
            ],
        ),
    ]
