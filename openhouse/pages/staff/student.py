"""A student's home page as the guardian sees it, read-only, with **Back Main Page**."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.pages import doors
from openhouse.pages.family.student import content
from openhouse.pages.staff import reached
from openhouse.roles.roles import Permission


@doors.employee(Permission.FIND_STUDENTS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Each look is on the trail."""
    student = reached.student(request, Permission.FIND_STUDENTS, key)
    about = Subject(student=str(student.key), names={str(student.key): student.name})
    trail.look(event=Event.STUDENT_SEEN, by=request.actor, at=request.now, about=about)
    return render(request, "staff/student.html", content(request, student))
