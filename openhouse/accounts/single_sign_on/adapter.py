"""Where allauth asks what to do with a person whom a provider vouched for: nothing. This room takes over from there."""

from __future__ import annotations

import time
from typing import Any, NoReturn

import requests
import urllib3
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.http import HttpRequest

from openhouse.accounts.single_sign_on.statement import Arrival, Arrived, SignOnTrouble, Trouble

SECONDS = 5
"""How long a provider may take to connect, or between two pieces of its answer."""
WHOLE_SECONDS = 10
MOST_BYTES = 1024 * 1024
ABOUT = (
    *("signature", "not signed", "issuer", "audience", "subjectconfirmation", "timestamp", "expired", "received at"),
    "status code",
)
"""What the log says of a SAML message that does not hold: words of the library's own, which else quotes what was posted."""


class Patience(requests.Session):
    """Asks a provider with a limit on the answer's time and size, and goes nowhere else than it was told to."""

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """The whole answer. Raises requests.RequestException, also where the provider says that it is broken."""
        until = time.monotonic() + WHOLE_SECONDS
        limits = {"timeout": SECONDS, "stream": True, "allow_redirects": False}
        answer = super().request(method, url, *args, **(kwargs | limits))
        content = bytearray()
        try:
            while piece := answer.raw.read1(65536, decode_content=True):
                content += piece
                if time.monotonic() > until or len(content) > MOST_BYTES:
                    raise requests.Timeout
        except (OSError, urllib3.exceptions.HTTPError):
            raise requests.ConnectionError from None
        finally:
            answer.close()
        answer._content, answer._content_consumed = bytes(content), True
        if answer.status_code >= 500:
            raise requests.HTTPError(response=answer)
        return answer


class SocialAdapter(DefaultSocialAccountAdapter):
    """No account is made, tied or signed in by allauth, and nobody signs up through a provider."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Those of the environment alone; the database is not asked."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def get_requests_session(self) -> requests.Session:
        """With a limit on time and size."""
        return Patience()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
        """Hand over what the provider said; raises Arrived, so that allauth goes no further."""
        raise Arrived(Arrival(sociallogin.statement, sociallogin.state or {}))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: object,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> NoReturn:
        """Raises SignOnTrouble, in the place of allauth's own page."""
        if error == AuthError.CANCELLED:
            raise SignOnTrouble(Trouble.CANCELLED)
        if isinstance(exception, requests.RequestException) and not isinstance(exception, requests.JSONDecodeError):
            raise SignOnTrouble(Trouble.UNREACHABLE, type(exception).__name__)
        if "saml_errors" in (extra_context or {}):
            said = str((extra_context or {}).get("saml_last_error_reason")).lower()
            about = ", ".join(word for word in ABOUT if word in said)
            raise SignOnTrouble(Trouble.UNPROVEN, f"the message does not hold: {about or 'it cannot be read'}")
        if isinstance(exception, OAuth2Error):
            raise SignOnTrouble(Trouble.REFUSED, "the code was not taken")
        if exception is not None:
            raise SignOnTrouble(Trouble.BROKEN, type(exception).__name__)
        if request.GET.get("error"):
            raise SignOnTrouble(Trouble.REFUSED)
        raise SignOnTrouble(Trouble.STALE)
