from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="DaySum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False, on_delete=models.deletion.DO_NOTHING, related_name="+", to="ledger.account"
                    ),
                ),
                ("kind", models.TextField()),
                ("day", models.DateField()),
                ("amount_fen", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "kind", "day"), name="ledger_daysum_once")
                ]
            },
        ),
        migrations.CreateModel(
            name="Summed",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("posting_id", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunSQL(
            "insert into ledger_summed (id, posting_id) values (1, 0)", "delete from ledger_summed"
        ),
    ]
