import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_offer_opens_at'),
    ]

    operations = [
        migrations.CreateModel(
            name='OfferPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price_fen', models.BigIntegerField()),
                ('since', models.DateTimeField()),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='catalog.sku')),
            ],
            options={
                'indexes': [models.Index(fields=['sku', '-since'], name='catalog_offerprice_since')],
            },
        ),
        # What was on sale before history was kept counts as having cost the same since it was last changed.
        migrations.RunSQL(
            """insert into catalog_offerprice (sku_id, price_fen, since)
               select o.sku_id, o.price_fen, p.updated_at from catalog_offer o join catalog_sku s on s.id = o.sku_id
                 join catalog_product p on p.id = s.product_id""",
            migrations.RunSQL.noop,
        ),
    ]
