"""A form for one policy value: the control that fits its kind, and its own reading to check it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.letters import languages
from openhouse.pages.choices import Checks, Radios
from openhouse.pages.dates import MemorableDateField
from openhouse.policy import readings
from openhouse.policy.chapters import LINES, WORDS, Words
from openhouse.policy.readings import Number, OneOf, SomeOf
from openhouse.policy.values import FIELDS, Policy

YES_OR_NO = [("true", gettext_lazy("Yes")), ("false", gettext_lazy("No"))]


class ValueForm(forms.Form):
    """The value of one name. `cleaned_data["value"]` is the value as its reading gives it."""

    def __init__(self, name: str, policy: Policy, data: Any = None) -> None:
        super().__init__(data, initial={"value": _initial(name, getattr(policy, name))})
        self.name = name
        self.fields["value"] = field_of(name)

    def clean_value(self) -> Any:
        """What the value's reading makes of it; what it refuses is told as it says it."""
        given = self.cleaned_data["value"]
        try:
            return FIELDS[self.name].metadata["read"](_joined(given) if isinstance(given, str) else given or "")
        except ValueError as error:
            raise ValidationError(_("Not allowed: %(why)s.") % {"why": error}) from error


def field_of(name: str) -> forms.Field:
    """The control for a value."""
    read, default = FIELDS[name].metadata["read"], FIELDS[name].default
    stated: dict[str, Any] = {
        "label": LINES[name].title,
        "help_text": FIELDS[name].metadata["meaning"],
        "required": False,
    }
    if read is readings.day:
        return MemorableDateField(**stated)
    if isinstance(read, SomeOf):
        return forms.MultipleChoiceField(choices=_worded(name, read.allowed), widget=Checks, **stated)
    if isinstance(read, OneOf) or isinstance(default, bool):
        choices = _worded(name, read.allowed) if isinstance(read, OneOf) else YES_OR_NO
        return forms.ChoiceField(choices=choices, widget=Radios, **stated | {"required": True})
    required = isinstance(read, Number)
    return forms.CharField(max_length=4000, widget=_widget(read, default), **stated | {"required": required})


def _widget(read: readings.Reading, default: Any) -> forms.Widget:
    if isinstance(read, Number):
        return forms.NumberInput({"min": read.least, "max": read.most})
    if isinstance(default, tuple):
        return forms.Textarea({"rows": 6})
    return forms.TimeInput({"type": "time"}) if read is readings.time_of_day else forms.TextInput()


def _worded(name: str, allowed: tuple[str, ...]) -> list[tuple[str, Words]]:
    if name == "letter_languages":
        return [(tag, languages.BY_TAG[tag].name) for tag in allowed]
    return [(each, WORDS.get(each, each)) for each in allowed]


def _initial(name: str, value: Any) -> Any:
    if isinstance(FIELDS[name].metadata["read"], SomeOf):
        return list(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "\n".join(value) if all(isinstance(each, str) for each in value) else ""
    return value if isinstance(value, date | int) else readings.plain(value)


def _joined(text: str) -> str:
    """Lines are read as a list is: with commas."""
    return ",".join(line for line in text.splitlines() if line.strip()) if "\n" in text else text
