import hashlib
import json
from pathlib import Path

from django.db import migrations


def rewrite_presets(apps, schema_editor):
    """The presets' documents in the shape that can be checked and proved; they pay what they paid."""
    for plan in apps.get_model("distribution", "Plan").objects.all():
        file = Path(__file__).parents[1] / "plans" / f"{plan.name}.json"
        if not file.exists():
            continue
        plan.document = json.loads(file.read_text())
        canonical = json.dumps(plan.document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        plan.document_hash = hashlib.sha256(canonical.encode()).hexdigest()
        plan.save(update_fields=["document", "document_hash"])


class Migration(migrations.Migration):
    dependencies = [("distribution", "0002_first_plan")]
    operations = [migrations.RunPython(rewrite_presets, migrations.RunPython.noop)]
