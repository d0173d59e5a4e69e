"""The sync's states, things, changes and facts in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.conf.locale import LANG_INFO
from django.utils import formats
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

register = template.Library()

STATES = {
    "running": gettext_lazy("Running"),
    "landed": gettext_lazy("Landed"),
    "failed": gettext_lazy("Refused"),
    "died": gettext_lazy("Broken off"),
    "rehearsed": gettext_lazy("Rehearsed"),
    "waiting": gettext_lazy("Waits for a decision"),
    "accepted": gettext_lazy("Accepted"),
    "let in": gettext_lazy("Restrictions and endings let in"),
    "thrown away": gettext_lazy("Thrown away"),
    "superseded": gettext_lazy("Replaced by a later one"),
}
STEPS = {
    "reading": gettext_lazy("Reading the files"),
    "checking": gettext_lazy("Checking the rows"),
    "comparing": gettext_lazy("Comparing with what the portal knows"),
    "landing": gettext_lazy("Bringing the changes in"),
}
THINGS = {
    "school": gettext_lazy("Schools"),
    "student": gettext_lazy("Students"),
    "guardian": gettext_lazy("Guardians"),
    "employee": gettext_lazy("Employees"),
    "guardianship": gettext_lazy("Guardianships"),
    "enrolment": gettext_lazy("Enrolments"),
}
THING = {
    "school": gettext_lazy("School"),
    "student": gettext_lazy("Student"),
    "guardian": gettext_lazy("Guardian"),
    "employee": gettext_lazy("Employee"),
    "guardianship": gettext_lazy("Guardianship"),
    "enrolment": gettext_lazy("Enrolment"),
}
CHANGES = {
    "new": gettext_lazy("New"),
    "returned": gettext_lazy("Returned"),
    "changed": gettext_lazy("Changed"),
    "ended": gettext_lazy("Ended"),
}
FACTS = {
    "name": gettext_lazy("Name"), "given_name": gettext_lazy("First name"), "middle_name": gettext_lazy("Middle name"),
    "family_name": gettext_lazy("Last name"), "number": gettext_lazy("Student ID"), "code": gettext_lazy("School code"),
    "birth_date": gettext_lazy("Date of birth"), "home_language": gettext_lazy("Home language"),
    "eligible_ground": gettext_lazy("Ground at 18"), "grade": gettext_lazy("Grade"),
    "begin_date": gettext_lazy("First day"), "end_date": gettext_lazy("Over from"), "relation": gettext_lazy("Relation"),
    "legal": gettext_lazy("Legal guardian"), "restriction": gettext_lazy("Restriction"),
    "lives_with": gettext_lazy("Lives with"), "emergency_contact": gettext_lazy("Emergency contact"),
    "priority": gettext_lazy("Priority"), "email": gettext_lazy("Email"), "phone": gettext_lazy("Phone"),
    "mobile": gettext_lazy("Mobile"), "street": gettext_lazy("Street"), "city": gettext_lazy("City"),
    "state": gettext_lazy("State"), "postal_code": gettext_lazy("Postal code"), "principal": gettext_lazy("Principal"),
    "telephone": gettext_lazy("Telephone"), "fax": gettext_lazy("Fax"), "website": gettext_lazy("Website"),
    "board_member": gettext_lazy("Board member"), "local_district": gettext_lazy("Local district"),
}  # fmt: skip


@register.filter
def state_name(state: str) -> str:
    """A run's state."""
    return str(STATES.get(state, state))


@register.filter
def step_name(step: str) -> str:
    """What a run is doing."""
    return str(STEPS.get(step, step))


@register.filter
def things_name(entity: str) -> str:
    """Things of one kind, as a heading."""
    return str(THINGS.get(entity, entity))


@register.filter
def thing_name(entity: str) -> str:
    """One thing of a kind."""
    return str(THING.get(entity, entity))


@register.filter
def change_name(change: str) -> str:
    """What became of a thing."""
    return str(CHANGES.get(change, change))


@register.filter
def fact_name(fact: str) -> str:
    """A fact's name."""
    return str(FACTS.get(fact, fact))


def _language(tag: str) -> str:
    """A language's name, where Django knows its tag; else as the SIS says it."""
    for known in (tag.lower(), tag.lower().partition("-")[0]):
        if known in LANG_INFO and "name" in LANG_INFO[known]:
            return str(get_language_info(known)["name_translated"])
    return tag


@register.filter
def fact(value: Any, name: str = "") -> str:
    """A fact as people read it. What the SIS leaves blank is not a no. Days are read out of JSON, too."""
    if value in (None, ""):
        return _("blank")
    if isinstance(value, bool) or (name in ("legal", "lives_with", "emergency_contact") and value in (0, 1)):
        return _("yes") if value else _("no")
    if name == "home_language":
        return _language(str(value))
    if name == "relation":
        return str(value).replace("_", " ")
    if name.endswith("_date") and isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return value
    return formats.date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else str(value)


@register.filter
def lasting(begin: datetime, end: datetime | None) -> str:
    """How long something took, in two units at most."""
    if end is None:
        return ""
    seconds = max(0, round((end - begin) / timedelta(seconds=1)))
    hours, minutes = divmod(seconds // 60, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if minutes:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    if not hours and (seconds % 60 or not minutes):
        parts.append(ngettext("%(count)d second", "%(count)d seconds", seconds % 60) % {"count": seconds % 60})
    return " ".join(parts)
