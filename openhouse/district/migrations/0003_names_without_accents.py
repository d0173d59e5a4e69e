"""Indexes for a search by name, and the function that they rest on."""

from django.db import migrations, models

from openhouse.folding import CREATE, Fold


def teach(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


class Migration(migrations.Migration):
    dependencies = [("district", "0002_unchecked_pointers")]
    operations = [
        migrations.RunPython(teach, migrations.RunPython.noop),
        migrations.AddIndex("student", models.Index(Fold("family_name"), Fold("given_name"), name="student_names")),
        migrations.AddIndex("student", models.Index(Fold("given_name"), name="student_given_name")),
        migrations.AddIndex("guardian", models.Index(Fold("family_name"), Fold("given_name"), name="guardian_names")),
    ]
