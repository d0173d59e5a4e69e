"""Registers the ways in which a query may compare text without regard to case, and the tables that stand beside their verbs."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models import CharField
from django.db.models.functions import Upper


class AccessConfig(AppConfig):
    name = "openhouse.access"

    def ready(self) -> None:
        import_module("openhouse.access.disclosures")
        CharField.register_lookup(Upper)
