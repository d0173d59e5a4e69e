"""Staff's word that they verified somebody's identity before a tie is made or ended, or accounts are merged."""

from __future__ import annotations

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from openhouse.policy.values import Policy


class IdentityForm(forms.Form):
    """Which kind of ID was seen, of those that policy accepts. Never its number."""

    document = forms.ChoiceField(
        label=_("Kind of ID that you saw"),
        error_messages={"required": _("Choose the kind of ID that you saw.")},
    )
    verified = forms.BooleanField(
        label=_("I verified this person's identity. I saw them and their ID."),
        error_messages={"required": _("Verify the person's identity first, and say so.")},
    )

    def __init__(self, *args: object, policy: Policy, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        named = [(each, capfirst(each)) for each in policy.identity_documents]
        self.fields["document"].choices = [("", _("- Select -")), *named]  # type: ignore[attr-defined]
