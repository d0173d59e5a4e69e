"""Indexes that hold all that a search by name asks of guardianships and enrolments, so that it need not fetch their rows.

PostgreSQL trusts an index alone only for pages of a table where nothing changed since they were cleaned up. Left to itself it cleans
up when a fifth of the rows changed, after some months; a night changes one in two hundred.
"""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("district_guardianship", "district_enrolment")
EVERY_NIGHT = "autovacuum_vacuum_scale_factor", "autovacuum_vacuum_insert_scale_factor"


def clean_up_every_night(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} SET ({', '.join(f'{each} = 0.002' for each in EVERY_NIGHT)})")


def clean_up_now_and_then(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} RESET ({', '.join(EVERY_NIGHT)})")


def unindexed(to, name):
    protect = django.db.models.deletion.PROTECT
    return models.ForeignKey(db_constraint=False, db_index=False, on_delete=protect, related_name=name, to=to)


class Migration(migrations.Migration):
    dependencies = [("district", "0007_room_for_nights")]
    operations = [
        migrations.AddIndex(
            "enrolment",
            models.Index(fields=["school", "student", "valid_until", "end_date"], name="enrolment_school"),
        ),
        migrations.AddIndex(
            "guardianship", models.Index(fields=["guardian", "student", "valid_until"], name="guardianship_guardian")
        ),
        migrations.AlterField("enrolment", "school", unindexed("district.school", "enrolments")),
        migrations.AlterField("guardianship", "guardian", unindexed("district.guardian", "guardianships")),
        migrations.RunPython(clean_up_every_night, clean_up_now_and_then),
    ]
