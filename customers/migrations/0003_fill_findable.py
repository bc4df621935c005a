"""Names already stored become findable by adjacent characters and by their reading."""

from __future__ import annotations

from typing import Any

from django.db import migrations

BATCH = 2000


def fill(apps: Any, schema_editor: Any) -> None:
    from core.grams import grams
    from core.pinyin import reading

    rows = apps.get_model("customers", "Customer").objects.using(schema_editor.connection.alias)
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk").only("pk", "name")[:BATCH]):
        for customer in batch:
            pinyin, initials = reading(customer.name, is_name=True)
            customer.name_grams = grams(customer.name)
            customer.pinyin, customer.initials = pinyin[:240], initials[:60]
        rows.bulk_update(batch, ["name_grams", "pinyin", "initials"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_files_and_finding")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
