"""A customer's file belongs to the centre of the latest case."""

from django.db import migrations

CENTRES = """
    UPDATE customers_customer SET centre_id = latest.centre_id
    FROM (
        SELECT DISTINCT ON (customer_id) customer_id, centre_id FROM tickets_case ORDER BY customer_id, logged_at DESC
    ) latest
    WHERE latest.customer_id = customers_customer.id AND customers_customer.centre_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0004_files_and_finding"),
        ("customers", "0003_fill_findable"),
    ]

    operations = [migrations.RunSQL(CENTRES, migrations.RunSQL.noop)]
