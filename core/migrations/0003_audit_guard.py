"""The audit trail's guard: numbered and chained under a lock, never changed, never deleted."""

from django.db import migrations

# The digest covers every column but the hash itself. A JSON array keeps neighbouring fields apart.
# search_path is fixed, so that a temporary table of the same name cannot stand in for the trail.
FORWARD = """
CREATE FUNCTION core_audit_digest(e core_auditevent) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor_kind, e.actor_id, e.actor_label,
        e.action, e.subject_type, e.subject_id, e.subject_label, e.changes, e.reason, e.request_id, e.prev_hash
    )::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION core_audit_chain() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE last record;
BEGIN
    PERFORM pg_advisory_xact_lock(7301001);
    SELECT id, hash INTO last FROM core_auditevent ORDER BY id DESC LIMIT 1;
    NEW.id := COALESCE(last.id, 0) + 1;
    NEW.prev_hash := COALESCE(last.hash, '');
    NEW.hash := core_audit_digest(NEW);
    RETURN NEW;
END $$;

CREATE FUNCTION core_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER core_audit_chain BEFORE INSERT ON core_auditevent
    FOR EACH ROW EXECUTE FUNCTION core_audit_chain();
CREATE TRIGGER core_audit_refuse BEFORE UPDATE OR DELETE ON core_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse();
"""

BACKWARD = """
DROP TRIGGER core_audit_refuse ON core_auditevent;
DROP TRIGGER core_audit_chain ON core_auditevent;
DROP FUNCTION core_audit_refuse();
DROP FUNCTION core_audit_chain();
DROP FUNCTION core_audit_digest(core_auditevent);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_people")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
