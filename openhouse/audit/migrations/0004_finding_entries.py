"""Entries are found by guardian, kind and time too; a blank name is one that was erased."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_head_follows")]
    operations = [
        migrations.AddIndex(
            "entry",
            models.Index(
                condition=models.Q(("guardian", ""), _negated=True), fields=["guardian", "position"], name="entry_guardian"
            ),
        ),
        migrations.AddIndex("entry", models.Index(fields=["event", "position"], name="entry_event")),
        migrations.AddIndex("entry", models.Index(fields=["at"], name="entry_at")),
        migrations.AlterField("name", "name", models.CharField(max_length=800, blank=True)),
    ]
