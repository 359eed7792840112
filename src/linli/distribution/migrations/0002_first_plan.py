import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from django.db import migrations


def activate_sales_only(apps, schema_editor):
    """A new site starts with the compliant one-level plan."""
    document = json.loads((Path(__file__).parents[1] / "plans" / "sales-only.json").read_text())
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    apps.get_model("distribution", "Plan").objects.create(
        name=document["id"],
        version=document["version"],
        document=document,
        document_hash=hashlib.sha256(canonical.encode()).hexdigest(),
        active_from=datetime(2020, 1, 1, tzinfo=UTC),
    )


class Migration(migrations.Migration):
    dependencies = [("distribution", "0001_initial")]
    operations = [migrations.RunPython(activate_sales_only, migrations.RunPython.noop)]
