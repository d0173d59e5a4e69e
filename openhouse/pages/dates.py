"""A memorable date: month as a list, day and year as text (the USWDS pattern), never a calendar to scroll through."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from openhouse.access.redemption import WESTERN_DIGITS


class MemorableDateWidget(forms.MultiWidget):
    """Month, day, year: three fields in one group."""

    template_name = "components/memorable_date.html"
    use_fieldset = True

    def __init__(self) -> None:
        text = {"inputmode": "numeric", "dir": "ltr"}
        super().__init__(
            {
                "month": forms.Select(choices=[("", _("- Select -")), *MONTHS.items()]),
                "day": forms.TextInput({**text, "maxlength": 2}),
                "year": forms.TextInput({**text, "minlength": 4, "maxlength": 4}),
            }
        )

    def decompress(self, value: date | None) -> list[Any]:
        """A date's month, day and year."""
        return [value.month, value.day, value.year] if value else ["", "", ""]


class MemorableDateField(forms.Field):
    """A date from its three parts, typed in any script's digits."""

    widget = MemorableDateWidget

    def clean(self, value: list[str] | None) -> date | None:
        """The date, or an error that says what to do."""
        month, day, year = [(part or "").strip().translate(WESTERN_DIGITS) for part in value or ["", "", ""]]
        if not (month or day or year) and not self.required:
            return None
        try:
            if len(year) != 4 or not (year + month + day).isdecimal():  # int() takes 18, +4 and 2_018 too
                raise ValueError
            return date(int(year), int(month), int(day))
        except ValueError:
            raise ValidationError(_("Enter a real date: month, day and a year of four digits.")) from None
