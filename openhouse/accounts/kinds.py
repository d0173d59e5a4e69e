"""Keeps the two kinds of account apart where allauth, which knows guardians only, would not ask."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db.models.signals import pre_save
from django.dispatch import receiver


@receiver(pre_save, sender=EmailAddress)
@receiver(pre_save, sender=Authenticator)
def refuse_employees(instance: EmailAddress | Authenticator, **kwargs: Any) -> None:
    """Raises PermissionDenied where an employee's account would get an email to sign in with, or a second factor of ours."""
    if not instance.user.is_guardian:
        raise PermissionDenied
