"""Where a grant comes from: a person, or a group of the district's identity provider."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roles", "0003_one_place_each")]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="origin",
            field=models.CharField(blank=True, default="", max_length=20),
        )
    ]
