"""Employee Login. The district's single sign-on comes with its own change; the demo lists made-up employees instead."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from openhouse.pages import doors


@doors.anyone
def page(request: HttpRequest) -> HttpResponse:
    """To the demo's list, or the word that single sign-on is not set up."""
    if settings.DEMO:
        return redirect(f"{reverse('demo:employees')}?{urlencode({'next': onward(request)})}")
    return render(request, "front/employee_login.html")


@doors.anyone
def again(request: HttpRequest) -> HttpResponse:
    """What was asked for needs a sign-in of a moment ago: why, and the way to it. It leads back to where they were."""
    return render(request, "front/sign_in_again.html", {"next": onward(request)})


def onward(request: HttpRequest) -> str:
    """The page of this portal that `next` names, to go on to after signing in; blank where it names none."""
    named = request.POST.get("next", request.GET.get("next", ""))
    fits = url_has_allowed_host_and_scheme(named, allowed_hosts=None) and named.startswith("/staff/")
    return named if fits else ""


@doors.anyone
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out, employee or guardian, and forget everything this browser was shown."""
    logout(request)
    answer = redirect("front:door")
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer
