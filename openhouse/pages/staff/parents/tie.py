"""Tying an account to a guardian after an identity check: one person stands twice in the SIS, or a PIN cannot do it."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from openhouse.access import checks, redemption, refusals, ties
from openhouse.access.models import Way
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.district.models import Guardianship
from openhouse.pages import doors, messages
from openhouse.pages.staff import reached
from openhouse.pages.staff.find import FindForm
from openhouse.pages.staff.parents import reach, telling
from openhouse.roles import scope
from openhouse.roles.roles import Permission


@doors.employee(Permission.MAKE_TIES)
def find(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """POST a Student ID: whose guardian in the SIS is this account?"""
    account = get_object_or_404(reach.accounts(request, Permission.MAKE_TIES), key=key)
    form = FindForm(request.POST or None)
    searched = request.method == "POST" and form.is_valid()
    pairs: list[Guardianship] = []
    if searched:
        number = redemption.plain_number(form.cleaned_data["student_number"])
        rows = scope.guardianships(request.scope, Permission.MAKE_TIES).filter(student__number__upper=number)
        pairs = list(rows.order_by("priority", "pk"))
        student = pairs[0].student if pairs else None
        about = Subject(student=str(student.key), names={str(student.key): student.name}) if student else trail.NOBODY
        detail = {"found": len({pair.student_id for pair in pairs})}
        trail.look(event=Event.STUDENT_SEARCHED, by=request.actor, at=request.now, about=about, detail=detail)
    content = {"account": account, "form": form, "searched": searched, "pairs": pairs}
    return render(request, "staff/parents/find_guardian.html", content)


@doors.employee(Permission.MAKE_TIES)
def page(request: doors.Visit, key: uuid.UUID, guardianship: uuid.UUID) -> HttpResponse:
    """GET says whether the identity is verified, and how it can be; POST ties."""
    account = get_object_or_404(reach.accounts(request, Permission.MAKE_TIES), key=key)
    pair = reached.guardianship(request, Permission.MAKE_TIES, guardianship)
    check = checks.standing(guardianship=pair, employee=request.user, at=request.now)
    if request.method != "POST":
        content = {"account": account, "pair": pair, "check": check}
        return render(request, "staff/parents/tie.html", content)
    try:
        ties.tie(account=account, guardian=pair.guardian, way=Way.STAFF, check=check, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return telling.refuse(request, account, refused, verifying=pair)
    messages.success(request, _("The account is tied to this guardian. They can enter the PINs of their students now."))
    return redirect("staff:parent", account.key)
