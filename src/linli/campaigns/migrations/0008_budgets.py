from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0007_quiz'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='budget_fen',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='couponbatch',
            name='budget_fen',
            field=models.BigIntegerField(default=0),
        ),
    ]
