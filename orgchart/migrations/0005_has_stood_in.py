"""Who was ever named a deputy: spares everybody else the question at each request. Kept by the database itself."""

from django.db import migrations, models

FORWARD = """
UPDATE orgchart_person SET has_stood_in = true WHERE id IN (SELECT deputy_id FROM orgchart_deputyship);

CREATE FUNCTION orgchart_deputy_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orgchart_person SET has_stood_in = true WHERE id = NEW.deputy_id AND NOT has_stood_in;
    RETURN NEW;
END $$;

CREATE TRIGGER orgchart_deputy_named AFTER INSERT OR UPDATE OF deputy_id ON orgchart_deputyship
    FOR EACH ROW EXECUTE FUNCTION orgchart_deputy_named();
"""

BACKWARD = """
DROP TRIGGER orgchart_deputy_named ON orgchart_deputyship;
DROP FUNCTION orgchart_deputy_named();
"""


class Migration(migrations.Migration):
    dependencies = [("orgchart", "0004_first_versions")]
    operations = [
        migrations.AddField("person", "has_stood_in", models.BooleanField(default=False)),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
