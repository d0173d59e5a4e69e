"""Connects the record of sign-ins when the project starts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "openhouse.accounts"

    def ready(self) -> None:
        from openhouse.accounts import record  # noqa: F401
