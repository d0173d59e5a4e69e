"""Languages by name."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

register = template.Library()

OTHERS = {"fil": _("Filipino"), "tl": _("Tagalog"), "am": _("Amharic"), "so": _("Somali"), "yue": _("Cantonese")}
"""Languages of the district's families that Django has no name for."""


@register.filter
def language_name(code: str) -> str:
    """A BCP 47 code's language in the reader's words; the code itself where nobody knows its name."""
    primary = code.split("-")[0].lower()
    if primary in OTHERS:
        return str(OTHERS[primary])
    try:
        return str(get_language_info(code.lower())["name_translated"])
    except KeyError:
        return code
