"""The trail says in whose place a deputy acted. Rows without one keep the digest that they have."""

from django.db import migrations, models

_BEGIN = """
CREATE OR REPLACE FUNCTION core_audit_digest(e core_auditevent) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(("""
_FIELDS = """jsonb_build_array(
        e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor_kind, e.actor_id, e.actor_label,
        e.action, e.subject_type, e.subject_id, e.subject_label, e.changes, e.reason, e.request_id, e.prev_hash
    )"""
_DEPUTY = " || CASE WHEN e.for_id IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(e.for_id, e.for_label) END"
_END = """)::text, 'UTF8')), 'hex')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0005_audit_queue")]
    operations = [
        migrations.AddField("auditevent", "for_id", models.BigIntegerField(null=True)),
        migrations.AddField(
            "auditevent",
            "for_label",
            models.CharField(max_length=150, db_default="", default="", blank=True),
        ),
        migrations.RunSQL(_BEGIN + _FIELDS + _DEPUTY + _END, _BEGIN + _FIELDS + _END),
    ]
