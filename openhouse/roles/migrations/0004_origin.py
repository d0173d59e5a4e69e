"""Where a grant comes from: a person, or a group of the district's identity provider."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roles", "0001_tables")]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="origin",
            field=models.CharField(blank=True, default="", max_length=20),
        )
    ]
