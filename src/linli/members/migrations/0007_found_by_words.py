"""Members who are there already can be found by words (core.finding)."""

from django.db import migrations

AT_ONCE = 5000


def find_all(apps, schema_editor):
    from linli.members.operations.index_members import index_members

    members, last = apps.get_model("members", "Member").objects.order_by("pk").only("pk", "name", "phone"), 0
    while rows := list(members.filter(pk__gt=last)[:AT_ONCE]):
        last = rows[-1].pk
        index_members(rows)


class Migration(migrations.Migration):
    dependencies = [("members", "0006_safety"), ("core", "0006_finding")]
    operations = [migrations.RunPython(find_all, migrations.RunPython.noop)]
