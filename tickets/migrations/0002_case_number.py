"""The sequence behind case numbers: eight digits and a check digit make nine, in three groups of three."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE tickets_case_number START WITH 10000001 NO CYCLE",
            "DROP SEQUENCE tickets_case_number",
        )
    ]
