from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("distribution", "0014_opening_balance")]
    operations = [
        migrations.CreateModel(
            name="Day",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("orders", models.BigIntegerField()),
                ("gmv_fen", models.BigIntegerField()),
                ("buyers", models.BigIntegerField()),
                ("new_members", models.BigIntegerField()),
                ("new_owners", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="BestOwner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", models.IntegerField()),
                ("position", models.IntegerField()),
                ("orders", models.BigIntegerField()),
                ("fen", models.BigIntegerField()),
                ("sales_fen", models.BigIntegerField()),
                ("counted_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE, related_name="+", to="distribution.owner"
                    ),
                ),
            ],
            options={
                "ordering": ["days", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("days", "position"), name="insight_bestowner_once")
                ],
            },
        ),
    ]
