"""The forms that ask for a second factor's code: few wrong ones in a quarter of an hour and a day, and each code once."""

from __future__ import annotations

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from django.core.cache import cache

from openhouse.accounts import factors

LIMIT = "second_factor"
"""The limit's name in ACCOUNT_RATE_LIMITS. Whoever gets here knows the password: nobody else can lock a family out with it."""
TOLD_FOR = 24 * 60 * 60


class _Counted(forms.BaseAuthenticateForm):
    """Counts each try before it looks at it. At the limit the owner is told, once a day: somebody knows the password."""

    def clean_code(self) -> str:
        """The code, used up. Raises ValidationError."""
        key = f"second-factor-{self.user.pk}"
        if not ratelimit.consume(context.request, action=LIMIT, key=key):
            if cache.add(f"told-{key}", 1, timeout=TOLD_FOR):
                account_adapter().send_notification_mail("mfa/email/too_many_codes", self.user)
            raise account_adapter().validation_error("too_many_login_attempts")
        code = super().clean_code()
        if not factors.spend(self.authenticator, code):
            self._emit_authentication_failed(self.authenticator)
            raise get_adapter().validation_error("incorrect_code")
        ratelimit.clear(context.request, action=LIMIT, key=key)
        return code


class SignInForm(_Counted, forms.AuthenticateForm):
    """At sign-in."""


class AgainForm(_Counted, forms.ReauthenticateForm):
    """Before something is changed."""
