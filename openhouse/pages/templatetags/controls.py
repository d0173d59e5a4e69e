"""Form controls that wear the look's class names."""

from __future__ import annotations

from allauth import app_settings
from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()

CLASSES: dict[type[forms.Widget], str] = {
    forms.CheckboxInput: "usa-checkbox__input",
    forms.Select: "usa-select",
    forms.Textarea: "usa-textarea",
}


@register.filter
def control(field: BoundField, place: str = "") -> SafeString:
    """The field's control with its class; where it is the next step, with the focus, unless errors are to be read first.

    Placeholders are dropped: they repeat the label, then vanish when needed.
    """
    widget = field.field.widget
    attributes: dict[str, str | bool] = {"class": CLASSES.get(type(widget), "usa-input"), "placeholder": False}
    if widget.attrs.get("autocomplete") == "one-time-code" and app_settings.USER_CODE_FORMAT.get("numeric"):
        attributes |= {"inputmode": "numeric", "dir": "ltr"}
    if place == "next step" and not field.form.is_bound:
        attributes["autofocus"] = True
    return field.as_widget(attrs=attributes)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the label follows the control."""
    return isinstance(field.field.widget, forms.CheckboxInput)
