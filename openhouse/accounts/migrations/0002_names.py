"""An index for a search by name."""

from django.db import migrations, models

from openhouse.folding import Fold


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_tables"), ("district", "0003_names_without_accents")]
    operations = [migrations.AddIndex("account", models.Index(Fold("family_name"), Fold("given_name"), name="account_names"))]
