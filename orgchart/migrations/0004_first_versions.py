"""Positions of an older database get their job description as version 1, and with it what they may do."""

import json
from pathlib import Path

from django.db import migrations
from django.utils import timezone

from orgchart.rules.positionfile import fingerprint
from orgchart.rules.powers import rights_of

FILES = Path(__file__).resolve().parent.parent / "data" / "positions"


def describe(apps, schema_editor):
    position_model = apps.get_model("orgchart", "Position")
    version_model = apps.get_model("orgchart", "PositionVersion")
    for position in position_model.objects.filter(versions=None):
        file = FILES / f"{position.code}.json"
        if not file.exists():
            continue
        body = json.loads(file.read_text(encoding="utf-8"))
        position.rights = rights_of(body)
        position.save(update_fields=["rights"])
        version_model.objects.create(
            position=position,
            number=1,
            state="in_force",
            origin="file",
            body=body,
            fingerprint=fingerprint(body),
            in_force_at=timezone.now(),
        )


class Migration(migrations.Migration):
    dependencies = [("orgchart", "0003_powers_and_dates")]
    operations = [migrations.RunPython(describe, migrations.RunPython.noop)]
