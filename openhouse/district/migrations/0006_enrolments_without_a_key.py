"""No address names an enrolment: its random key, and the index of it, cost room and time for nothing.

No release had it, so it goes at once. Nothing brings the keys back where there are enrolments."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("district", "0005_folding_in_place")]
    operations = [migrations.RemoveField("enrolment", "key")]
