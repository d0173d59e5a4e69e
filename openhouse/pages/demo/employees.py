"""Employee Login in the demo: a list of made-up employees to sign in as."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from openhouse.accounts.models import Account
from openhouse.pages import doors
from openhouse.pages.front import employee_login
from openhouse.roles.models import Grant


@doors.anyone
def page(request: HttpRequest) -> HttpResponse:
    """GET lists them, those without a role last; POST signs in as one."""
    people = Account.objects.exclude(employee_key=None).filter(deactivated_at=None).order_by("pk")
    if request.method == "POST":
        keys = {str(each.key): each.pk for each in people}
        chosen = get_object_or_404(people, pk=keys.get(request.POST.get("employee", "")))
        login(request, chosen, backend="openhouse.accounts.backends.EmployeeBackend")
        return redirect(employee_login.onward(request) or "front:door")
    listed = [(each, _posts(each)) for each in people]
    listed.sort(key=lambda pair: not pair[1])
    return render(request, "demo/employees.html", {"people": listed, "next": employee_login.onward(request)})


def _posts(person: Account) -> list[Grant]:
    return list(Grant.objects.filter(account=person).current(timezone.now()).order_by("school_code"))
