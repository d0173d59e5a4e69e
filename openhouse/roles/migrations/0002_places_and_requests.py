import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

ROLES = [
    ("parent access administrator", "Parent Access Account Administrator"),
    ("site administrator", "Site Administrator"),
    ("reporting", "Reporting"),
    ("help desk", "Help Desk"),
    ("district administrator", "District Administrator"),
]
NEVER_TWO = Q(("school_code", ""), ("region", ""), _connector="OR")


def give_keys(apps, schema_editor):
    """A random key for every grant there is."""
    grants = apps.get_model("roles", "Grant").objects
    for pk in grants.values_list("pk", flat=True):
        grants.filter(pk=pk).update(key=uuid.uuid4())


def person(**more):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, **more)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("roles", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoleRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("role", models.CharField(choices=ROLES, max_length=40)),
                ("school_code", models.CharField(blank=True, max_length=255)),
                ("region", models.CharField(blank=True, max_length=255)),
                ("why", models.CharField(max_length=500)),
                ("asked_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("approved", models.BooleanField(null=True)),
                ("answer", models.CharField(blank=True, max_length=300)),
                ("account", person(related_name="role_requests")),
                ("decided_by", person(null=True, related_name="+")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("decided_at__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=("account", "role", "school_code", "region"),
                        name="one_open_role_request",
                    ),
                    models.CheckConstraint(condition=NEVER_TWO, name="role_request_has_one_place"),
                    models.CheckConstraint(
                        condition=Q(decided_at__isnull=True, decided_by__isnull=True, approved__isnull=True)
                        | (
                            Q(decided_at__isnull=False, decided_by__isnull=False, approved__isnull=False)
                            & Q(withdrawn_at__isnull=True)
                            & ~Q(decided_by=F("account"))
                        ),
                        name="role_request_is_decided_by_another",
                    ),
                ],
            },
        ),
        migrations.AddField("Grant", "key", models.UUIDField(editable=False, null=True)),
        migrations.AddField("Grant", "region", models.CharField(blank=True, default="", max_length=255), preserve_default=False),
        migrations.AddField("Grant", "expires_at", models.DateTimeField(null=True)),
        migrations.AddField("Grant", "given_by", person(null=True, related_name="+")),
        migrations.AddField("Grant", "ended_by", person(null=True, related_name="+")),
        migrations.AddField(
            "Grant", "end_reason", models.CharField(blank=True, default="", max_length=300), preserve_default=False
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
    ]
