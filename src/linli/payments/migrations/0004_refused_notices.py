from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_set_aside_and_payouts")]
    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("state", "refused")), fields=["id"], name="payments_notice_refused"
            ),
        ),
    ]
