"""The front door: the district's name, **Login / Register** and **Employee Login**."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from openhouse.pages import doors


@doors.anyone
def page(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in already goes to their own home."""
    if request.user.is_authenticated:
        return redirect("family:home" if request.user.is_guardian else "staff:find")
    return render(request, "front/door.html")
