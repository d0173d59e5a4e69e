"""Controls are drawn as Django's own templates draw them."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from openhouse.pages.controls import INPUTS, Renderer

WIDGETS = (
    forms.TextInput(),
    forms.TextInput(attrs={"dir": "ltr", "autofocus": True, "placeholder": False, "maxlength": 255}),
    forms.EmailInput(attrs={"data-say": "\"<'&>"}),
    forms.PasswordInput(render_value=True),
    forms.NumberInput(attrs={"min": 0}),
    forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    forms.HiddenInput(),
    forms.CheckboxInput(),
    forms.Textarea(),
)


@pytest.mark.parametrize("value", [None, "", 0, 12, "Ana \"<b>'&"])
@pytest.mark.parametrize("widget", WIDGETS)
def test_a_control_looks_as_django_draws_it(widget: forms.Widget, value: Any) -> None:
    ours, theirs = (widget.render("na<me", value, {"id": "id_name"}, each) for each in (Renderer(), DjangoTemplates()))
    assert ours == theirs


def test_the_inputs_are_inputs_and_nothing_else() -> None:
    template = '{% include "django/forms/widgets/input.html" %}'
    for name in INPUTS:
        assert DjangoTemplates().get_template(name).template.source.strip() == template
