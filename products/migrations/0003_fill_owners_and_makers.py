"""Each device gets its first ownership, each model its maker, and every name of the catalogue its reading."""

from __future__ import annotations

from typing import Any

from django.db import migrations

OWNERSHIPS = """
    INSERT INTO products_ownership (device_id, owner_id, starts_on, reason, recorded_at)
    SELECT d.id, d.owner_id, d.sold_on, '', now() FROM products_device d
    WHERE NOT EXISTS (SELECT 1 FROM products_ownership o WHERE o.device_id = d.id)
"""


def fill(apps: Any, schema_editor: Any) -> None:
    from core.pinyin import reading

    alias = schema_editor.connection.alias
    makers = apps.get_model("products", "Manufacturer").objects.using(alias)
    models = apps.get_model("products", "ProductModel").objects.using(alias)
    for model in models.all():
        name = model.manufacturer.strip()
        if name and model.maker_id is None:
            pinyin, initials = reading(name)
            model.maker = makers.filter(name=name).first() or makers.create(
                code=f"M{makers.count() + 1:03d}", name=name, name_en=name, pinyin=pinyin, initials=initials
            )
        model.pinyin, model.initials = reading(model.name)
        model.save(using=alias, update_fields=["maker", "pinyin", "initials"])
    for fault in apps.get_model("products", "FaultCode").objects.using(alias).all():
        fault.pinyin, fault.initials = reading(fault.name)
        fault.save(using=alias, update_fields=["pinyin", "initials"])


class Migration(migrations.Migration):
    dependencies = [("products", "0002_files_and_finding")]

    operations = [
        migrations.RunSQL(OWNERSHIPS, migrations.RunSQL.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
