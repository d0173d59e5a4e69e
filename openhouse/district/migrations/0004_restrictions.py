"""An index of the guardianships with a restriction text: a few in a hundred of the largest table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("district", "0003_names_without_accents")]
    operations = [
        migrations.AddIndex(
            "guardianship",
            models.Index(fields=["student"], condition=~models.Q(restriction=""), name="guardianship_restricted"),
        ),
    ]
