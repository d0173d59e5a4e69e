"""The chain's head is moved by a trigger, with the entry itself."""

from django.db import migrations

from openhouse.audit import triggers


def begin(apps, schema_editor):
    for statement in triggers.FOLLOW[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def end(apps, schema_editor):
    for statement in triggers.UNFOLLOW[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunPython(begin, end)]
