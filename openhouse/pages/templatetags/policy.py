"""Policy values and alarms in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openhouse.letters import languages
from openhouse.policy.chapters import WORDS
from openhouse.policy.readings import OneOf, SomeOf
from openhouse.policy.values import FIELDS

register = template.Library()

CAUSES = {
    "night missed": gettext_lazy("A night's sync failed"),
    "data old": gettext_lazy("The data is old"),
    "run waits": gettext_lazy("A sync waits for a decision"),
}


@register.filter
def policy_value(value: Any, name: str) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value in (None, "", ()):
        return _("nothing")
    if name == "link_tiles":
        return ngettext("%(count)d tile", "%(count)d tiles", len(value)) % {"count": len(value)}
    if name == "letter_languages":
        return ", ".join(str(languages.BY_TAG[tag].name) for tag in value)
    if isinstance(value, date):
        return formats.date_format(value, "DATE_FORMAT")
    worded = isinstance(FIELDS[name].metadata["read"], OneOf | SomeOf)
    parts = value if isinstance(value, tuple) else (value,)
    return ", ".join(str(WORDS.get(part, part) if worded else part) for part in parts)


@register.filter
def alarm_cause(cause: str) -> str:
    """Why an alarm was raised."""
    return str(CAUSES.get(cause, cause))
