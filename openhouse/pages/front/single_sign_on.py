"""To an identity provider and back: the way off, the way in, and a page for everything that can go wrong between them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from openhouse.accounts import actor, sessions
from openhouse.accounts.single_sign_on import oidc, proof, saml
from openhouse.accounts.single_sign_on.configuration import Provider
from openhouse.accounts.single_sign_on.statement import Arrival, Arrived, SignOnTrouble, Trouble
from openhouse.pages import doors, snapshot
from openhouse.pages.front import employee_login
from openhouse.roles import arrival
from openhouse.roles.arrival import Reason, SignOnRefused

KINDS = {"oidc": oidc, "saml": saml}
STATUS = {Trouble.UNREACHABLE: 503, Trouble.BROKEN: 502, Trouble.CANCELLED: 200}
"""The answers' statuses; 403 for any other."""
logger = logging.getLogger("openhouse.single_sign_on")


@snapshot.without
@doors.anyone
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Off to the provider."""
    provider = _provider(slug)
    if not employee_login.is_wanted(request):
        ways = [(provider.name, employee_login.start_address(request, provider))]
        return render(request, "front/employee_login.html", {"ways": ways})
    hours = doors.policy(request).employee_session_hours
    asked = {"onward": employee_login.onward(request), "again": employee_login.is_again(request), "hours": hours}
    return _answered(request, provider, lambda: KINDS[provider.kind].begin(request, provider, **asked))


@snapshot.without
@doors.anyone
def callback(request: HttpRequest, slug: str) -> HttpResponse:
    """Back from an OpenID provider."""
    provider = _provider(slug, "oidc")
    return _answered(request, provider, lambda: oidc.finish(request, provider))


@doors.anyone
def acs(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Back from a SAML provider, whose page posts what it has to say."""
    if request.method != "POST":
        raise Http404
    provider = _provider(organization_slug, "saml")
    return _answered(request, provider, lambda: saml.receive(request, provider))


acs.csrf_exempt = True  # type: ignore[attr-defined]  # the provider's page has no token of ours; what it posts is signed


@snapshot.without
@doors.anyone
def acs_finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """The same, now with the visitor's own cookies."""
    provider = _provider(organization_slug, "saml")
    return _answered(request, provider, lambda: saml.finish(request, provider))


@doors.anyone
def sls(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Back from a SAML provider after signing out there. Signing out here was done before."""
    _provider(organization_slug, "saml")
    return redirect("front:door")


@snapshot.without
@doors.anyone
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """This portal's metadata, for the provider's administrator."""
    provider = _provider(organization_slug, "saml")
    return _answered(request, provider, lambda: saml.metadata(request, provider))


def _provider(slug: str, kind: str = "") -> Provider:
    """The configured provider. Raises Http404."""
    for each in settings.SSO:
        if each.slug == slug and kind in ("", each.kind):
            return each
    raise Http404


def _answered(request: HttpRequest, provider: Provider, go: Callable[[], HttpResponse]) -> HttpResponse:
    """What comes of it: on to the provider, in to the portal, or the page that says why not."""
    try:
        return go()
    except Arrived as arrived:
        return _arrived(request, provider, arrived.arrival)
    except SignOnTrouble as trouble:
        return _turned_away(request, provider, trouble)


def _arrived(request: HttpRequest, provider: Provider, came: Arrival) -> HttpResponse:
    now, policy, address = timezone.now(), doors.policy(request), actor.address_of(request)
    try:
        proved_at = proof.moment(came, provider, at=now, hours=policy.employee_session_hours)
        account = arrival.arrive(statement=came.statement, policy=policy, address=address, at=now)
    except SignOnTrouble as trouble:
        return _turned_away(request, provider, trouble)
    except SignOnRefused as refused:
        return _page(request, provider, refused.reason, 403)
    login(request, account, backend="openhouse.accounts.backends.EmployeeBackend")
    sessions.vouched(request, provider=provider.slug, proved_at=proved_at)
    return redirect(came.state.get("next") or "front:door")


def _turned_away(request: HttpRequest, provider: Provider, trouble: SignOnTrouble) -> HttpResponse:
    logger.warning("provider %s: %s (%s)", provider.slug, trouble.trouble.value, trouble.hint)
    address = actor.address_of(request)
    arrival.turn_away(trouble=trouble.trouble, provider=provider.slug, address=address, at=timezone.now())
    return _page(request, provider, trouble.trouble, STATUS.get(trouble.trouble, 403))


def _page(request: HttpRequest, provider: Provider, why: Reason | Trouble, status: int) -> HttpResponse:
    shown: dict[str, Any] = {"why": why, "name": provider.name, "slug": provider.slug}
    return render(request, "front/sign_on_refused.html", shown, status=status)
