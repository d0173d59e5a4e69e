"""Staff's word that they verified somebody's identity before a tie is made or ended, or accounts are merged."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

DOCUMENTS = ("California ID", "California driver license", "consulate card", "passport")
"""The kinds of ID that are accepted."""


class IdentityForm(forms.Form):
    """Which kind of ID was seen. Never its number."""

    document = forms.ChoiceField(
        label=_("Kind of ID that you saw"),
        choices=[("", _("- Select -")), *((name, name) for name in DOCUMENTS)],
        error_messages={"required": _("Choose the kind of ID that you saw.")},
    )
    verified = forms.BooleanField(
        label=_("I verified this person's identity. I saw them and their ID."),
        error_messages={"required": _("Verify the person's identity first, and say so.")},
    )
