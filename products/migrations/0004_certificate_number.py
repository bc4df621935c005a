from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0003_fill_owners_and_makers"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("number", ""), _negated=True),
                fields=["number"],
                name="certificate_number",
            ),
        ),
    ]
