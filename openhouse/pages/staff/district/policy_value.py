"""One policy value: a control that fits it, a preview of what a change would do before it is saved, and its history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openhouse.access import simulation
from openhouse.audit import trail
from openhouse.pages import doors, messages
from openhouse.pages.staff.district.value_form import ValueForm
from openhouse.policy import document, readings, values
from openhouse.policy.chapters import LINES
from openhouse.policy.models import Choice
from openhouse.policy.values import FIELDS
from openhouse.roles.roles import Permission

LONG = 2.0
"""Seconds from which on the page says how long counting took."""


@dataclass(frozen=True)
class Past:
    """A choice in a value's history."""

    at: datetime
    by: str
    before: Any
    after: Any


@doors.employee(Permission.SET_POLICY, recently=True)
def page(request: doors.Visit, name: str) -> HttpResponse:
    """GET asks and tells the history; POST shows what would change; POST with `save` saves what was shown."""
    if name == "link_tiles":
        return redirect("staff:tiles")
    form = ValueForm(name, request.policy, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        content = {"form": form, "line": LINES[name], "field": FIELDS[name], "history": _history(name)}
        return render(request, "staff/district/policy_value.html", content)
    chosen = form.cleaned_data["value"]
    if "save" not in request.POST:
        return preview(request, name, chosen)
    try:
        seen = request.POST.get("seen") or "nothing"
        values.choose(name=name, text=readings.plain(chosen), by=request.actor, at=request.now, seen=seen)
    except values.PolicyMoved:
        return preview(request, name, chosen, moved=True)
    messages.success(request, _("Saved: %(title)s.") % {"title": LINES[name].title})
    return redirect("staff:policy")


def preview(request: doors.Visit, name: str, chosen: Any, *, moved: bool = False) -> HttpResponse:
    """What saving this value would do; `moved`, where somebody changed the policy since it was shown last."""
    present = values.at(request.now)
    changed = document.changes(present, {name: chosen})
    if not changed and not moved:
        messages.success(request, _("Nothing to save: the value is that already."))
        return redirect("staff:policy")
    outcome = simulation.of(
        present=present, candidate=replace(present, **{name: chosen}), changed=changed, at=request.now
    )
    typed = [(key, text) for key, texts in request.POST.lists() if key.startswith("value") for text in texts]
    content = {
        "line": LINES[name],
        "before": getattr(present, name),
        "after": chosen,
        "outcome": outcome,
        "took_long": outcome.seconds >= LONG,
        "typed": typed,
        "seen": values.seal(present),
        "moved": moved,
    }
    return render(request, "staff/district/policy_preview.html", content, status=409 if moved else 200)


def _history(name: str) -> list[Past]:
    """The newest first; the first choice took the default's place."""
    rows = list(Choice.objects.filter(name=name).order_by("valid_from", "pk"))
    names, read = trail.names(row.chosen_by for row in rows), FIELDS[name].metadata["read"]
    found, before = [], FIELDS[name].default
    for row in rows:
        found.append(Past(row.valid_from, names.get(row.chosen_by, row.chosen_by), before, read(row.value)))
        before = read(row.value)
    return found[::-1]
