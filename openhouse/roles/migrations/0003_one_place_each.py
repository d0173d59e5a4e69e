import uuid

from django.db import migrations, models
from django.db.models import Q

NEVER_TWO = Q(("school_code", ""), ("region", ""), _connector="OR")


class Migration(migrations.Migration):
    dependencies = [("roles", "0002_places_and_requests")]

    operations = [
        migrations.AlterField("Grant", "key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
        migrations.RemoveConstraint("Grant", "one_current_grant"),
        migrations.AddConstraint(
            "Grant",
            models.UniqueConstraint(
                condition=Q(("valid_until__isnull", True)),
                fields=("account", "role", "school_code", "region"),
                name="one_current_grant",
            ),
        ),
        migrations.AddConstraint("Grant", models.CheckConstraint(condition=NEVER_TWO, name="grant_has_one_place")),
    ]
