from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('policy', '0001_tables'),
    ]

    operations = [
        migrations.AddField(
            model_name='choice',
            name='chosen_by',
            field=models.CharField(blank=True, default='', help_text='The key of whoever chose it, as in the trail.', max_length=64),
            preserve_default=False,
        ),
    ]
