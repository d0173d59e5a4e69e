# A run gets a random key for addresses; set-aside rows are found again by their digest.

import uuid

from django.db import migrations, models


def give_keys(apps, schema_editor):
    runs = apps.get_model('sync', 'SyncRun').objects
    for pk in runs.filter(key=None).values_list('pk', flat=True):
        runs.filter(pk=pk).update(key=uuid.uuid4())


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0002_rehearsals_and_lookups'),
    ]

    operations = [
        migrations.AddField(
            model_name='syncrun',
            name='key',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='syncrun',
            name='key',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddIndex(
            model_name='setasiderow',
            index=models.Index(fields=['run', 'digest', 'line'], name='set_aside_again'),
        ),
    ]
