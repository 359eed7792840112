"""The index is cut anew (core.search): single signs, pinyin, models."""

from django.db import migrations

AT_ONCE = 1000


def cut_again(apps, schema_editor):
    from linli.core.search import vector

    product, category = apps.get_model("catalog", "Product"), apps.get_model("catalog", "Category")
    names = dict(category.objects.values_list("pk", "name"))
    last = 0
    while rows := list(
        product.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "title", "subtitle", "category_id")[:AT_ONCE]
    ):
        last = rows[-1][0]
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(
                "update catalog_product set search = %s::tsvector where id = %s",
                [(vector([("A", title), ("B", subtitle), ("B", names[category_id])]), pk) for pk, title, subtitle, category_id in rows],
            )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_offer_price_fixed_until")]
    operations = [migrations.RunPython(cut_again, migrations.RunPython.noop)]
