"""Employee Login in the demo: a list of made-up employees to sign in as."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from openhouse.accounts.models import Account
from openhouse.pages import doors
from openhouse.pages.front import employee_login
from openhouse.roles.models import Grant
from openhouse.roles.roles import Role


@doors.anyone
def page(request: HttpRequest) -> HttpResponse:
    """GET lists them; POST signs in as one."""
    people = Account.objects.filter(grants__in=Grant.objects.filter(valid_until=None)).distinct().order_by("pk")
    if request.method == "POST":
        keys = {str(each.key): each.pk for each in people}
        chosen = get_object_or_404(people, pk=keys.get(request.POST.get("employee", "")))
        login(request, chosen, backend="openhouse.accounts.backends.EmployeeBackend")
        return redirect(employee_login.onward(request) or "front:door")
    shown = {"people": [(each, _posts(each)) for each in people], "next": employee_login.onward(request)}
    return render(request, "demo/employees.html", shown)


def _posts(person: Account) -> list[tuple[str, str]]:
    current = Grant.objects.filter(account=person, valid_until=None).order_by("school_code")
    return [(str(Role(each.role).label), each.school_code) for each in current]
