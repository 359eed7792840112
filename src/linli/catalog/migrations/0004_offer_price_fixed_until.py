from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_offer_prices'),
    ]

    operations = [
        migrations.AddField(
            model_name='offer',
            name='price_fixed_until',
            field=models.DateTimeField(null=True),
        ),
    ]
