"""Connects the record of sign-ins, and what keeps the kinds apart, when the project starts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "openhouse.accounts"

    def ready(self) -> None:
        from openhouse.accounts import factors, kinds, record, sessions  # noqa: F401
