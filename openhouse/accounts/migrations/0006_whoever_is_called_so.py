"""The index of names: the family name's first letters, which are always typed, then the given name. Whoever is called so stands
together."""

from django.db import migrations, models

from openhouse.folding import Fold, Initials

NAMES = Initials("family_name"), Fold("given_name"), Fold("family_name")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_employees_apart")]
    operations = [
        migrations.AddIndex("account", models.Index(*NAMES, name="account_called")),
        migrations.RemoveIndex("account", "account_names"),
    ]
