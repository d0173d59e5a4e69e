"""Employee Login. The district's single sign-on comes with its own change; the demo lists made-up employees instead."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from openhouse.pages import doors


@doors.anyone
def page(request: HttpRequest) -> HttpResponse:
    """To the demo's list, or the word that single sign-on is not set up."""
    if settings.DEMO:
        return redirect("demo:employees")
    return render(request, "front/employee_login.html")


@doors.anyone
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out, employee or guardian, and forget everything this browser was shown."""
    logout(request)
    answer = redirect("front:door")
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer
