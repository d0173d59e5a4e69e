"""The front door: the district's name, **Login / Register** and **Employee Login**."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from openhouse.pages import doors
from openhouse.pages.staff import tabs
from openhouse.roles import scope


@doors.anyone
def page(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in already goes to their own home; an employee whose roles open no page yet is told so."""
    if not request.user.is_authenticated:
        return render(request, "front/door.html")
    if request.user.is_guardian:
        return redirect("family:home")
    held = scope.of(request.user, timezone.now())
    if address := tabs.first(held):
        return redirect(address)
    return render(request, "front/no_page.html", {"roles": sorted(role.label for role, _code in held.grants)})
