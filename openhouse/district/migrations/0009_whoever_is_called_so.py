"""The index of guardians' names: the family name's first letters, which are always typed, then the given name. Whoever is called so
stands together."""

from django.db import migrations, models

from openhouse.folding import Fold, Initials

NAMES = Initials("family_name"), Fold("given_name"), Fold("family_name")


class Migration(migrations.Migration):
    dependencies = [("district", "0008_what_a_search_asks")]
    operations = [
        migrations.AddIndex("guardian", models.Index(*NAMES, name="guardian_called")),
        migrations.RemoveIndex("guardian", "guardian_names"),
    ]
