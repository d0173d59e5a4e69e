"""What a guardian says of themselves when registering, beside email and password."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openhouse.accounts.models import Account


class NameForm(forms.Form):
    """The guardian's name, as they write it. One name is enough."""

    given_name = forms.CharField(
        label=_("First name"),
        max_length=128,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    family_name = forms.CharField(
        label=_("Last name"), max_length=128, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    field_order = ("given_name", "family_name", "email", "password1")

    def signup(self, request: HttpRequest, account: Account) -> None:
        """Allauth's hook: put the name on the new account."""
        account.given_name = self.cleaned_data["given_name"]
        account.family_name = self.cleaned_data["family_name"]
        account.save(update_fields=["given_name", "family_name"])
