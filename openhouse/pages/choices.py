"""One of a few choices, as radio buttons."""

from __future__ import annotations

from django import forms


class Radios(forms.RadioSelect):
    """Radio buttons that wear the look's class names, inside the field's own fieldset."""

    template_name = "components/radios.html"
