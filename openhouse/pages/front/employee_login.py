"""Employee Login: to the district's identity provider, or the choice of several; in the demo a list of made-up employees."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from openhouse.accounts import sessions
from openhouse.accounts.single_sign_on import oidc
from openhouse.accounts.single_sign_on.configuration import Provider
from openhouse.pages import doors


@doors.anyone
def page(request: HttpRequest) -> HttpResponse:
    """Straight on where there is one way, or somebody proves themselves again; else the ways there are, or that there is none."""
    if settings.DEMO and not settings.SSO:
        return redirect(f"{reverse('demo:employees')}?{urlencode({'next': onward(request)})}")
    known = [each for each in settings.SSO if is_again(request) and each.slug == sessions.provider(request)]
    ways = known or settings.SSO
    if len(ways) == 1 and is_wanted(request):
        return redirect(start_address(request, ways[0]))
    shown = {"ways": [(each.name, start_address(request, each)) for each in ways]}
    return render(request, "front/employee_login.html", shown)


@doors.anyone
def again(request: HttpRequest) -> HttpResponse:
    """What was asked for needs a sign-in of a moment ago: why, and the way to it. It leads back to where they were."""
    return render(request, "front/sign_in_again.html", {"next": onward(request)})


def onward(request: HttpRequest) -> str:
    """The page of this portal that `next` names, to go on to after signing in; blank where it names none."""
    named = request.POST.get("next", request.GET.get("next", ""))
    fits = url_has_allowed_host_and_scheme(named, allowed_hosts=None) and named.startswith("/staff/")
    return named if fits else ""


def is_again(request: HttpRequest) -> bool:
    """Whether somebody is to prove themselves again, whatever the provider remembers."""
    return request.GET.get("again") == "1"


def is_wanted(request: HttpRequest) -> bool:
    """Whether the visitor came here from this portal or by their own hand. Another site may not begin a sign-in in their name.

    A link and no form: browsers hold what follows a form to `form-action`, which no provider's chain of addresses keeps to.
    """
    came_from = request.headers.get("Sec-Fetch-Site")
    if came_from is None:  # a browser from before 2023
        return urlsplit(request.headers.get("Referer", "")).netloc == request.get_host()
    return came_from in ("same-origin", "none")


def start_address(request: HttpRequest, provider: Provider) -> str:
    """Where a sign-in at this provider begins, and what it carries along."""
    carried = {"next": onward(request), "again": "1" if is_again(request) else ""}
    told = urlencode({name: text for name, text in carried.items() if text})
    address = reverse("front:sign_on", args=[provider.slug])
    return f"{address}?{told}" if told else address


@doors.anyone
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out, employee or guardian, and forget everything this browser was shown; then at the employee's provider too."""
    vouched = sessions.provider(request)
    logout(request)
    address = next((_elsewhere(each) for each in settings.SSO if each.slug == vouched), "")
    answer = render(request, "front/signed_out.html", {"address": address}) if address else redirect("front:door")
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _elsewhere(provider: Provider) -> str:
    if provider.kind == "oidc":
        return oidc.sign_out_address(provider, f"{settings.URL.geturl().rstrip('/')}{reverse('front:door')}")
    return provider.sign_out_url
