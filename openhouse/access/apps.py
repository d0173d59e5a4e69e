"""Registers the ways in which a query may compare text without regard to case."""

from django.apps import AppConfig
from django.db.models import CharField
from django.db.models.functions import Upper


class AccessConfig(AppConfig):
    name = "openhouse.access"

    def ready(self) -> None:
        CharField.register_lookup(Upper)
