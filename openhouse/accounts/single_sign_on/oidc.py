"""OpenID Connect through allauth, with what it leaves open closed: every token is checked whole, every time."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from requests import RequestException

from openhouse.accounts.single_sign_on import discovery, tokens
from openhouse.accounts.single_sign_on.configuration import Provider
from openhouse.accounts.single_sign_on.statement import SignOnTrouble, Statement, Trouble, texts

ODD = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What comes of an answer of another shape than the standard's: a word missing, a time beyond all calendars, depth without end."""


class Adapter(OpenIDConnectOAuth2Adapter):
    """Where the provider is, and what its answers are worth. `state` is what was kept when the person was sent off."""

    state: Mapping[str, Any]

    def __init__(self, request: HttpRequest, configured: Provider) -> None:
        super().__init__(request, configured.slug)
        self.configured = configured

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's own description, ten minutes old at most."""
        return discovery.of(self.configured)

    def get_callback_url(self, request: HttpRequest, app: object) -> str:
        """The address to come back to, under the portal's public one."""
        return f"{settings.URL.geturl().rstrip('/')}{callback_path(self.configured)}"

    def complete_login(
        self, request: HttpRequest, app: object, token: SocialToken, *, response: Mapping[str, Any], **kwargs: object
    ) -> SocialLogin:
        """The checked statement. Raises SignOnTrouble."""
        described = self.openid_config
        if "id_token" not in response:
            raise SignOnTrouble(Trouble.UNPROVEN, "there is no ID token")
        claims = tokens.decode(str(response["id_token"]), described, self.configured, nonce=self.state["nonce"])
        if described.get("userinfo_endpoint"):
            said = self._userinfo(token.token)
            if said.get("sub") != claims["sub"]:
                raise SignOnTrouble(Trouble.UNPROVEN, "userinfo is about somebody else")
            claims = {**said, **claims}
        login = SocialLogin(account=SocialAccount(provider=self.configured.slug, uid=claims["sub"][:191]))
        login.statement = _statement(claims, self.configured)
        return login

    def _userinfo(self, access_token: str) -> dict[str, Any]:
        found = self._fetch_user_info(access_token)
        if not isinstance(found, dict):
            raise SignOnTrouble(Trouble.BROKEN, "userinfo is no object")
        return found


class StrictProvider(OpenIDConnectProvider):
    """What the visitor adds to the address goes nowhere: scope and parameters are the configuration's and this file's."""

    oauth2_adapter_class = Adapter

    def get_oauth2_adapter(self, request: HttpRequest) -> Adapter:
        """The strict one."""
        return Adapter(request, named(self.app.provider_id))


class _Callback(OAuth2CallbackView):
    """allauth's view, which lets the adapter know the state before it looks at what the provider said."""

    def _get_state(self, request: HttpRequest, provider: StrictProvider) -> tuple[Any, HttpResponse | None]:
        state, answer = super()._get_state(request, provider)
        self.adapter.state = state or {}
        issuer = self.adapter.openid_config["issuer"]
        if request.GET.get("iss", issuer) != issuer:  # RFC 9207: another provider's answer
            raise SignOnTrouble(Trouble.UNPROVEN, "the answer is another provider's")
        return state, answer


def named(slug: str) -> Provider:
    """The configured provider of this name. Raises LookupError."""
    return next(each for each in settings.SSO if each.slug == slug)


def callback_path(provider: Provider) -> str:
    """Where the provider sends people back to."""
    return reverse("front:sign_on_callback", args=[provider.slug])


def begin(request: HttpRequest, provider: Provider, *, onward: str, again: bool, hours: int) -> HttpResponse:
    """Send the visitor to the provider: with a nonce, PKCE, and where they prove themselves again, a new sign-in there.

    `max_age` makes a provider say when they signed in, and keeps a sign-in from being older than a session may be.
    """
    nonce = secrets.token_urlsafe(24)
    asked = {"nonce": nonce, "max_age": "0" if again else str(hours * 3600)} | ({"prompt": "login"} if again else {})
    try:
        return StrictProvider(request, app=_app(request, provider)).redirect(
            request,
            AuthProcess.LOGIN,
            next_url=onward or None,
            auth_params=asked,
            scope=list(provider.scopes),
            nonce=nonce,
            again=again,
            began_at=timezone.now().isoformat(),
        )
    except RequestException as error:
        raise SignOnTrouble(Trouble.UNREACHABLE, type(error).__name__) from None


def finish(request: HttpRequest, provider: Provider) -> HttpResponse:
    """Look at what the provider sent the visitor back with. Raises Arrived, or SignOnTrouble."""
    try:
        return _Callback.adapter_view(Adapter(request, provider))(request)
    except ODD as error:
        raise SignOnTrouble(Trouble.BROKEN, type(error).__name__) from None


def sign_out_address(provider: Provider, back: str) -> str:
    """Where to sign out at the provider too, so that it leads `back`; blank where it has no such place or does not answer."""
    try:
        place = discovery.of(provider).get("end_session_endpoint", "")
    except SignOnTrouble:
        return provider.sign_out_url
    asked = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": back})
    return f"{place}{'&' if '?' in place else '?'}{asked}" if place else provider.sign_out_url


def _app(request: HttpRequest, provider: Provider) -> object:
    return get_adapter(request).get_app(request, provider=provider.slug)


def _statement(claims: Mapping[str, Any], provider: Provider) -> Statement:
    district_id = claims.get(provider.district_id, "")
    said_at = claims.get("auth_time")
    return Statement(
        provider=provider.slug,
        issuer=provider.issuer,
        subject=claims["sub"],
        district_id=str(district_id).strip() if isinstance(district_id, str | int) else "",
        groups=texts(claims.get(provider.groups, [])),
        strengths=frozenset(word.lower() for word in texts(claims.get("amr", [])) | texts(claims.get("acr", []))),
        proved_at=datetime.fromtimestamp(said_at, UTC) if isinstance(said_at, int | float) else None,
    )
