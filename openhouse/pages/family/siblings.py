"""Whom else a PIN lets in without another one: the same guardian's other students, each with one button (domain rule 15)."""

from __future__ import annotations

from django import forms
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from openhouse.access import associations, refusals, siblings
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.district.models import Student
from openhouse.pages import doors, enrolments, messages


class AddForm(forms.Form):
    """The key of one of the students on the page."""

    student = forms.UUIDField()


@doors.guardian
def page(request: doors.Visit) -> HttpResponse:
    """GET shows them; POST adds one, and stays while there are more."""
    if request.method == "POST":
        return _add(request)
    return _show(request)


def _add(request: doors.Visit) -> HttpResponse:
    form = AddForm(request.POST)
    if not form.is_valid():
        raise Http404
    family = associations.family_of(request.user)
    student = get_object_or_404(family, key=form.cleaned_data["student"])
    try:
        siblings.add(account=request.user, student=student, by=request.actor, at=request.now)
    except refusals.Refused as refusal:
        return _show(request, refused=words(refusal))
    messages.success(request, _("%(name)s was added to your account.") % {"name": student.first_name})
    return redirect("family:siblings" if _offered(request) else "family:home")


def _show(request: doors.Visit, *, refused: str = "") -> HttpResponse:
    students = _offered(request)
    prefetch_related_objects(students, Prefetch("enrolments", enrolments.shown(request), to_attr="current_enrolments"))
    about, detail = Subject(account=str(request.user.key)), {"students": [str(each.key) for each in students]}
    trail.look(event=Event.SIBLINGS_OFFERED, by=request.actor, at=request.now, about=about, detail=detail)
    status = 409 if refused else 200
    return render(request, "family/siblings.html", {"students": students, "refused": refused}, status=status)


def _offered(request: doors.Visit) -> list[Student]:
    offers = siblings.offered(account=request.user, policy=doors.policy(request), at=request.now)
    return [each.guardianship.student for each in offers]


def words(refusal: refusals.Refused) -> str:
    """A refusal in plain words: what happened, and the next step."""
    match refusal:
        case refusals.LimitReached(limit=limit):
            text = _(
                "You have %(limit)s students now. That is the most for one account. Please call the school office "
                "and ask for an exception."
            )
            return text % {"limit": limit}
    return _(
        "This student cannot be added without a PIN any more: something changed in the school's records. "
        "Please ask the school office for a PIN."
    )
