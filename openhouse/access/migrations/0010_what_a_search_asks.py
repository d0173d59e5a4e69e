"""An index that holds all that a search by name asks of an account's ties, so that it need not fetch them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

UNINDEXED = models.ForeignKey(
    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="ties", to=settings.AUTH_USER_MODEL
)


class Migration(migrations.Migration):
    dependencies = [("access", "0009_consents_to_remove_factors")]
    operations = [
        migrations.AddIndex("tie", models.Index(fields=["account", "guardian", "valid_until"], name="tie_account")),
        migrations.AlterField("tie", "account", UNINDEXED),
    ]
