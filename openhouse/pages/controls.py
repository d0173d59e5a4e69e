"""Draws form controls. Plain inputs, which most are, without Django's three templates for each: in a tenth of the time."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.safestring import SafeString

INPUTS = frozenset(
    f"django/forms/widgets/{kind}.html" for kind in ("date", "email", "hidden", "number", "password", "text")
)
"""Templates of Django's that are an input and nothing else."""


class Renderer(DjangoTemplates):
    """Django's own, but for those."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """What the template would say."""
        if template_name in INPUTS:
            return drawn(context["widget"])
        return super().render(template_name, context, request)


def drawn(widget: Mapping[str, Any]) -> SafeString:
    """An input, as Django's `input.html` draws it."""
    value = {} if widget["value"] is None else {"value": str(widget["value"])}
    named = {"type": widget["type"], "name": widget["name"]} | value
    pairs = [*named.items(), *widget["attrs"].items()]
    return SafeString(f"<input{''.join(_attribute(name, said) for name, said in pairs if said is not False)}>")


def _attribute(name: str, said: Any) -> str:
    return f" {escape(name)}" if said is True else f' {escape(name)}="{escape(str(said))}"'
