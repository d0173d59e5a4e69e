"""The chain's head, and the triggers that refuse any change or removal of an entry."""

from django.db import migrations

from openhouse.audit import triggers
from openhouse.audit.trail import START


def begin(apps, schema_editor):
    apps.get_model("audit", "Head").objects.create(pk=1, position=0, digest=START)
    for statement in triggers.CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def end(apps, schema_editor):
    for statement in triggers.DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_tables")]
    operations = [migrations.RunPython(begin, end)]
