"""One or some of a few choices, as radio buttons or check boxes."""

from __future__ import annotations

from django import forms


class Radios(forms.RadioSelect):
    """Radio buttons that wear the look's class names, inside the field's own fieldset."""

    template_name = "components/radios.html"


class Checks(forms.CheckboxSelectMultiple):
    """Check boxes that wear the look's class names, inside the field's own fieldset."""

    template_name = "components/checks.html"
