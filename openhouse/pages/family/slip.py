"""What a slip's QR code opens: after sign-in, **Add a student** with the Student ID filled in."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.access import slips
from openhouse.pages import doors
from openhouse.pages.family.add_student import AddStudentForm


@doors.guardian
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET asks nothing and is alike for every reference; POST fills in the Student ID, or leaves it blank. Never the PIN."""
    if request.method != "POST":
        return render(request, "family/slip.html")
    number = slips.student_number(reference=key, account=request.user, by=request.actor, at=request.now)
    by_last_name = doors.policy(request).missing_birth_date == "last_name"
    form = AddStudentForm(initial={"student_number": number}, by_last_name=by_last_name)
    return render(request, "family/add_student.html", {"form": form})
