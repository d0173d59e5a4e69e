"""Room in PostgreSQL's pages for what a night changes: a row's next version stands beside it, and unless something changed that is in an
index, no index need know. Pages that are full already stay so; of schools and employees too few change."""

from django.db import migrations

TABLES = ("district_student", "district_guardian", "district_guardianship", "district_enrolment")


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} SET (fillfactor = 95)")


def fill(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("district", "0006_enrolments_without_a_key")]
    operations = [migrations.RunPython(leave_room, fill)]
