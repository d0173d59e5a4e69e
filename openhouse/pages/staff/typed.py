"""What an employee typed into a search, kept in their own sealed session: the list has an address of its own, with a random key in
it, and the browser's Back comes to it again without asking."""

from __future__ import annotations

import uuid

from django import forms

from openhouse.pages import doors

SEARCHES = "searches"
KEPT = 5
"""How many searches are kept: as many lists as somebody has open."""


def keep(request: doors.Visit, form: forms.Form) -> uuid.UUID:
    """The key under which a form's search is kept from now on."""
    key = uuid.uuid4()
    kept = list(request.session.get(SEARCHES, {}).items())[1 - KEPT :]
    request.session[SEARCHES] = dict(kept) | {str(key): {name: form.data.get(name, "") for name in form.fields}}
    return key


def kept(request: doors.Visit, key: uuid.UUID) -> dict[str, str]:
    """What was typed; nothing where the session does not know the key, so that the form is as good as empty."""
    found: dict[str, str] = request.session.get(SEARCHES, {}).get(str(key), {})
    return found
