"""Where allauth asks the house about second factors: how their secrets are kept, how they look and what they are called."""

from __future__ import annotations

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse import cipher
from openhouse.accounts import factors
from openhouse.accounts.models import Account
from openhouse.policy import values


class Adapter(DefaultMFAAdapter):
    """The district's name and words, and the house's own sealing."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This code does not match. Each code works once: wait for the next one in your app, or use a recovery code."
        ),
        "unverified_email": gettext_lazy("Please confirm all your email addresses first, or remove the others."),
    }

    def encrypt(self, text: str) -> str:
        """A secret as the database keeps it."""
        return cipher.seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret."""
        return factors.unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """What stands beside the codes in an authenticator app."""
        return values.at(timezone.now()).district_name

    def build_totp_svg(self, url: str) -> str:
        """The QR code, to stand in the page itself: no address, no data: and no style that the page's policy would stop."""
        return segno.make(url, error="m").svg_inline(scale=4, border=4, light="#fff", svgclass=None, lineclass=None)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The portal, as a device keeps it beside a passkey."""
        return super().get_public_key_credential_rp_entity() | {"name": values.at(timezone.now()).district_name}

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:
        """A passkey's name, where its owner gives none."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number} if number > 1 else _("My passkey")
