"""The function that searches by name rest on, in words that PostgreSQL puts in its place: the same function of the same names."""

from django.db import migrations

from openhouse.folding import CREATE


def teach(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


class Migration(migrations.Migration):
    dependencies = [("district", "0004_restrictions")]
    operations = [migrations.RunPython(teach, migrations.RunPython.noop)]
