"""Where allauth asks the district: which emails a guardian may use, and which account is whose."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import EMAIL_MAX_LENGTH
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from openhouse.accounts.models import Account
from openhouse.policy import values


def is_district_email(email: str, domains: tuple[str, ...]) -> bool:
    """Whether the address is in one of the domains or below it."""
    domain = email.rpartition("@")[2].lower()
    return any(domain == own or domain.endswith(f".{own}") for own in domains)


class Adapter(DefaultAccountAdapter):
    """The district's rules in allauth's words."""

    def clean_email(self, email: str) -> str:
        """A parent account may not use an email of the district's own (domain rule 10)."""
        email = super().clean_email(email).lower()
        if len(email) > EMAIL_MAX_LENGTH:  # allauth would cut it off and keep what is left
            raise ValidationError(_("This email address is too long."))
        if is_district_email(email, values.at(timezone.now()).district_email_domains):
            raise ValidationError(
                _("This is a school district email. Please use an email address of your own for your family's account.")
            )
        return email

    def pre_login(self, request: HttpRequest, user: Account, **kwargs: object) -> object:
        """An employee never comes in by a guardian's way."""
        if not user.is_guardian:
            raise PermissionError("an employee's account has no password sign-in")
        return super().pre_login(request, user, **kwargs)
