"""Accounts are searched by the beginning of their names: on PostgreSQL that takes an index made for LIKE."""

from django.db import migrations

MAKE = """
CREATE INDEX IF NOT EXISTS account_names_upper ON accounts_account
(UPPER(family_name::text) text_pattern_ops, UPPER(given_name::text) text_pattern_ops)
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MAKE)


def drop(apps, schema_editor):
    schema_editor.execute("DROP INDEX IF EXISTS account_names_upper")


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0001_tables"),
    ]

    operations = [migrations.RunPython(make, drop)]
