"""**Why?** of one guardian of a student: could they see the student at a moment, and on which facts does the answer rest?"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openhouse.access import cautions, explanation, refusals
from openhouse.access.pins import subject
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.pages import doors
from openhouse.pages.staff import reached, refusal
from openhouse.roles import scope
from openhouse.roles.roles import Permission

FORMAT = "%Y-%m-%dT%H:%M"


class MomentForm(forms.Form):
    """One moment, in the district's time zone."""

    at = forms.DateTimeField(
        label=_("Moment"),
        input_formats=[FORMAT],
        error_messages={"required": _("Choose a day and a time."), "invalid": _("Enter a real day and time.")},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=FORMAT),
    )

    def __init__(self, request: doors.Visit) -> None:
        self.now = request.now
        super().__init__(request.GET if "at" in request.GET else None, initial={"at": timezone.localtime(request.now)})

    def clean_at(self) -> datetime:
        """The present minute counts as now."""
        chosen: datetime = self.cleaned_data["at"]
        if chosen > self.now:
            raise forms.ValidationError(_("Choose a moment that is not in the future."))
        return chosen

    def moment(self) -> datetime | None:
        """The moment asked for: now, unless another was chosen; None where what was typed is none."""
        if not self.is_bound or self.data["at"] == timezone.localtime(self.now).strftime(FORMAT):
            return self.now
        return self.cleaned_data["at"] if self.is_valid() else None


@doors.employee(Permission.EXPLAIN)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """`?at=` is the moment. Each look is on record."""
    pair = reached.guardianship(request, Permission.EXPLAIN, key)
    try:
        cautions.refuse_own_family(by=request.actor, students=[pair.student])
    except refusals.OwnFamily as refused:
        return refusal.page(request, pair, refused)
    form = MomentForm(request)
    moment = form.moment()
    trail.look(event=Event.ACCESS_EXPLAINED, by=request.actor, at=request.now, about=subject(pair), detail=told(moment))
    reach = scope.students(request.scope, Permission.EXPLAIN)
    found = moment and explanation.of_guardianship(
        guardianship=pair, within=reach, sis_name=request.policy.sis_name, at=moment
    )
    content: dict[str, Any] = {"pair": pair, "form": form, "moment": moment, "found": found}
    return render(request, "staff/why.html", content)


def told(moment: datetime | None) -> dict[str, object]:
    """What the trail keeps of the moment asked for."""
    return {"moment": moment.isoformat(timespec="minutes") if moment else ""}
