"""The front door: the district's name, **Login / Register** and **Employee Login**."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from openhouse.pages import doors
from openhouse.pages.staff import tabs
from openhouse.roles import scope


@doors.anyone
def page(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in already goes to their own home; an employee without a role, to the page that asks for one."""
    if not request.user.is_authenticated:
        return render(request, "front/door.html")
    if request.user.is_guardian:
        return redirect("family:home")
    held = scope.of(request.user, timezone.now())
    if address := tabs.first(held):
        return redirect(address)
    return redirect("front:request_access")
