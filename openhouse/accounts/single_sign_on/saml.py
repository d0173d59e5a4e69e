"""SAML 2.0 through allauth, made strict: signed assertions alone, each taken once, and only as the answer to a question of ours."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from openhouse.accounts.single_sign_on.configuration import Provider
from openhouse.accounts.single_sign_on.oidc import named
from openhouse.accounts.single_sign_on.statement import SignOnTrouble, Statement, Trouble, texts

TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
MOST_CHARACTERS = 200_000
"""Of a message that anybody may post, and that is kept until the browser comes for it."""
METADATA_SECONDS = 600
NAMES = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion"}


class StrictProvider(SAMLProvider):
    """Reads an assertion that the library found signed, in time and meant for this portal."""

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> SocialLogin:
        """The checked statement. Raises SignOnTrouble."""
        provider = named(self.app.client_id)
        assertion = _assertion(response)
        _once(response)
        login = SocialLogin(account=SocialAccount(provider=provider.slug, uid=""))
        login.statement = _statement(response, assertion, provider)
        login.account.uid = login.statement.subject[:191]
        return login


def begin(request: HttpRequest, provider: Provider, *, onward: str, again: bool, hours: int) -> HttpResponse:
    """Send the visitor to the provider, where they prove themselves again with ForceAuthn."""
    from allauth.socialaccount.providers.saml.utils import build_auth

    strict = StrictProvider(request, app=get_adapter(request).get_app(request, provider=provider.slug))
    with _translated(provider):
        auth = build_auth(request, strict)
        address = auth.login(return_to="", force_authn=again)
    kept = {"again": again, "began_at": timezone.now().isoformat()}
    strict.stash_redirect_state(
        request, AuthProcess.LOGIN, onward or None, None, state_id=auth.get_last_request_id(), **kept
    )
    return HttpResponseRedirect(address)


def receive(request: HttpRequest, provider: Provider) -> HttpResponse:
    """Keep what the provider's page posted, and ask for it with the visitor's own cookies, which a foreign page does not send.

    Raises SignOnTrouble.
    """
    from allauth.socialaccount.providers.saml import views

    if not 0 < len(request.POST.get("SAMLResponse", "")) <= MOST_CHARACTERS:
        raise SignOnTrouble(Trouble.BROKEN, "there is no message, or it is too long")
    return views.acs(request, organization_slug=provider.slug)


def finish(request: HttpRequest, provider: Provider) -> HttpResponse:
    """Look at what was posted. Raises Arrived, or SignOnTrouble."""
    from allauth.socialaccount.providers.saml import views

    with _translated(provider):
        return views.finish_acs(request, organization_slug=provider.slug)


def metadata(request: HttpRequest, provider: Provider) -> HttpResponse:
    """What the provider's administrator enters: this portal's addresses and name."""
    from allauth.socialaccount.providers.saml import views

    with _translated(provider):
        return views.metadata(request, organization_slug=provider.slug)


@contextlib.contextmanager
def _translated(provider: Provider) -> Iterator[None]:
    """With the provider's metadata at hand: what the library, its XML parser and the network raise, as SignOnTrouble."""
    from lxml.etree import LxmlError
    from onelogin.saml2.errors import OneLogin_Saml2_Error

    try:
        _fetch_metadata(provider)
        yield
    except PermissionDenied:  # allauth knows no such question
        raise SignOnTrouble(Trouble.STALE) from None
    except OSError as error:
        raise SignOnTrouble(Trouble.UNREACHABLE, type(error).__name__) from None
    except (OneLogin_Saml2_Error, LxmlError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise SignOnTrouble(Trouble.BROKEN, type(error).__name__) from None


def _fetch_metadata(provider: Provider) -> None:
    """Put the metadata where allauth looks for them first: fetched with our limits, which its own way of asking has not."""
    from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

    kept = f"saml.metadata.{provider.metadata_url}.{provider.issuer}"
    if provider.metadata_url and cache.get(kept) is None:
        with get_adapter().get_requests_session() as session:
            answer = session.get(provider.metadata_url)
            answer.raise_for_status()
        found = OneLogin_Saml2_IdPMetadataParser.parse(answer.content, entity_id=provider.issuer)
        if "idp" not in found:
            raise SignOnTrouble(Trouble.BROKEN, "its metadata name no such entity")
        cache.set(kept, found, METADATA_SECONDS)


def _assertion(response: Any) -> Any:
    """The one assertion. Raises SignOnTrouble unless what is signed of it answers the question that the message names."""
    from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

    document = OneLogin_Saml2_XML.to_etree(response.get_last_response_xml())
    found = document.xpath("//saml:Assertion", namespaces=NAMES)
    asked = response.get_last_response_in_response_to()
    answers = document.xpath("//saml:Assertion//saml:SubjectConfirmationData/@InResponseTo", namespaces=NAMES)
    if len(found) != 1 or not asked or set(answers) != {asked}:
        raise SignOnTrouble(Trouble.UNPROVEN, "the assertion answers no question of this portal")
    return found[0]


def _once(response: Any) -> None:
    """Raises SignOnTrouble where the assertion was taken before."""
    ends = response.get_last_assertion_not_on_or_after() or time.time() + 600
    if not cache.add(f"sso:assertion:{response.get_last_assertion_id()}", True, max(60, ends - time.time() + 300)):
        raise SignOnTrouble(Trouble.STALE, "the assertion was used before")


def _statement(response: Any, assertion: Any, provider: Provider) -> Statement:
    said = response.get_attributes()
    if not provider.subject and response.get_nameid_format() == TRANSIENT:
        raise SignOnTrouble(
            Trouble.BROKEN, "the NameID is transient: ask for a persistent one, or name a subject attribute"
        )
    subject = (said.get(provider.subject) or [""])[0] if provider.subject else response.get_nameid()
    if not subject or len(subject) > 255:
        raise SignOnTrouble(Trouble.BROKEN, "the subject is blank or longer than 255 characters")
    when = assertion.xpath(".//saml:AuthnStatement/@AuthnInstant", namespaces=NAMES)
    return Statement(
        provider=provider.slug,
        issuer=provider.issuer,
        subject=subject,
        district_id=str((said.get(provider.district_id) or [""])[0]).strip(),
        groups=texts(said.get(provider.groups, [])),
        strengths=frozenset(word.strip().lower() for word in response.get_last_authn_contexts()),
        proved_at=_utc(when[0]) if when else None,
    )


def _utc(text: str) -> datetime:
    """A time in UTC, which the standard has always and lets go unsaid. Raises ValueError."""
    said = datetime.fromisoformat(text)
    return said if said.tzinfo else said.replace(tzinfo=UTC)
