"""Writers queue for the trail's lock longer than for a row: giving up would only lose the place in the queue."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0004_effect_announcements")]
    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION core_audit_chain() SET lock_timeout = '10s'",
            "ALTER FUNCTION core_audit_chain() RESET lock_timeout",
        )
    ]
