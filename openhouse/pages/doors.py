"""Doors: who may come in to a page. Every view has one, and a test walks them all.

A page behind a door finds on the request: `now` (the instant it answers for), `actor` (for the trail), and for staff `scope`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import update_wrapper, wraps
from typing import Concatenate
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openhouse.accounts import actor, factors, sessions
from openhouse.accounts.models import Account
from openhouse.accounts.session_store import SessionStore
from openhouse.audit.trail import Actor
from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.roles import scope
from openhouse.roles.roles import Permission
from openhouse.roles.scope import Only, Scope

type View[**P] = Callable[P, HttpResponse]

as_a_form_asks = require_http_methods(["GET", "HEAD", "POST"])
"""All that a browser's links and forms ever ask; any other method is answered with 405."""


ONLY = "only"
"""Where a session keeps the one school, by code and name, that its owner works at for now (`staff.pick_school`)."""


class Visit(HttpRequest):
    """A request that came through a door."""

    now: datetime
    user: Account
    session: SessionStore
    actor: Actor
    scope: Scope
    policy: Policy


def policy(request: HttpRequest) -> Policy:
    """The policy at this request's instant, read once."""
    if not hasattr(request, "policy"):
        request.policy = values.at(timezone.now())  # type: ignore[attr-defined]
    return request.policy  # type: ignore[attr-defined]


def anyone[**P](view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for everybody."""
    entered = as_a_form_asks(view)
    entered.door = "anyone"  # type: ignore[attr-defined]
    return entered


def not_employees[**P](view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the guardians' sign-in, for whoever is no employee: the two kinds of sign-in never mix."""

    @wraps(view)
    def entered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if _is_employee(request):
            raise Http404
        return view(request, *args, **kwargs)

    entered.door = "not employees"  # type: ignore[attr-defined]
    return entered


def _is_employee(request: HttpRequest) -> bool:
    return request.user.is_authenticated and not request.user.is_guardian


def _is_nobody(request: HttpRequest) -> bool:
    return not request.user.is_authenticated


def guardian[**P](view: Callable[Concatenate[Visit, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for a signed-in guardian. Nobody yet is sent to the sign-in page; an employee finds nothing.

    Where policy requires a second factor, whoever has none is sent to set one up.
    """

    def entered(request: Visit, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if policy(request).guardian_second_factor == "required" and not factors.proved(request):
            return redirect("mfa_index")
        return view(request, *args, **kwargs)

    return guardian_setting_up(update_wrapper(entered, view))


def guardian_anew[**P](view: Callable[Concatenate[Visit, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """As the next, for whoever has just confirmed who they are; anyone else is asked to, and what was sent is done after that."""

    def entered(request: Visit, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        raise_if_reauthentication_required(request, app="allauth.account")
        return view(request, *args, **kwargs)

    return guardian_setting_up(update_wrapper(entered, view))


def guardian_setting_up[**P](view: Callable[Concatenate[Visit, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of a guardian's own sign-in, that shows no student: open also to whoever still has to set up a second factor."""

    @as_a_form_asks
    @wraps(view)
    def entered(request: Visit, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if _is_employee(request):
            raise Http404
        if _is_nobody(request):
            return redirect_to_login(request.path, reverse("account_login"))
        _enter(request)
        return view(request, *args, **kwargs)

    entered.door = "guardian"  # type: ignore[attr-defined]
    return entered


def employed[**P](view: Callable[Concatenate[Visit, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for an employee, whatever their roles: those without one ask for it there."""

    @as_a_form_asks
    @wraps(view)
    def entered(request: Visit, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not _is_employee(request):
            return redirect("front:employee_login")
        _come_in(request)
        return view(request, *args, **kwargs)

    entered.door = "employed"  # type: ignore[attr-defined]
    return entered


def employee(
    permission: Permission, *, elsewhere: Callable[[Scope], str | None] = lambda scope: None, recently: bool = False
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """A page for an employee whose role carries the permission. Anyone else is sent to Employee Login, or finds nothing.

    `elsewhere` names the address, if any, to which an employee without the permission is sent instead. `recently` asks whoever
    signed in longer ago than the policy's `sign_in_again_minutes` to sign in again first: for roles, policy and exports.
    """

    def door[**P](view: Callable[Concatenate[Visit, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @as_a_form_asks
        @wraps(view)
        def entered(request: Visit, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated or request.user.is_guardian:
                return _to("front:employee_login", request)
            _come_in(request)
            if not request.scope.allows(permission):
                if address := elsewhere(request.scope):
                    return redirect(address)
                raise Http404
            if recently and not _signed_in_recently(request):
                return _to("front:sign_in_again", request)
            return view(request, *args, **kwargs)

        entered.door = permission  # type: ignore[attr-defined]
        return entered

    return door


def _to(page: str, request: HttpRequest) -> HttpResponse:
    """A page of signing in, which leads back here: a mail's link still opens what it names. What was sent leads to its form."""
    form = urlsplit(request.headers.get("Referer", "")).path or request.path
    back = form if request.method == "POST" else request.get_full_path()
    return redirect(f"{reverse(page)}?{urlencode({'next': back})}")


def _signed_in_recently(request: Visit) -> bool:
    proved_at = sessions.proved_at(request)
    return proved_at is not None and request.now - proved_at <= timedelta(minutes=request.policy.sign_in_again_minutes)


def _come_in(request: Visit) -> None:
    """An employee's scope, narrowed to the one school that they chose."""
    _enter(request)
    chosen = request.session.get(ONLY)
    request.scope = scope.of(request.user, request.now, Only(*chosen) if chosen else None, policy=policy(request))


def _enter(request: Visit) -> None:
    request.now = timezone.now()
    request.actor = actor.of(request.user, actor.address_of(request))
