"""What an employee typed into a search, and whom it found, kept in their own sealed session: the list has an address of its own,
with a random key in it, and the browser's Back comes to it again without searching."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms

from openhouse.pages import doors

SEARCHES = "searches"
KEPT = 5
"""How many searches are kept: as many lists as somebody has open."""


def keep(request: doors.Visit, form: forms.Form, **found: Sequence[int]) -> uuid.UUID:
    """The key under which a form's search is kept from now on, with the ids of what it found by any names that the form has not."""
    key = uuid.uuid4()
    kept = list(request.session.get(SEARCHES, {}).items())[1 - KEPT :]
    words = {name: form.data.get(name, "") for name in form.fields}
    request.session[SEARCHES] = dict(kept) | {str(key): words | found}
    return key


def kept(request: doors.Visit, key: uuid.UUID) -> dict[str, Any]:
    """What was typed, and the ids; nothing where the session does not know the key, so that the form is as good as empty."""
    found: dict[str, Any] = request.session.get(SEARCHES, {}).get(str(key), {})
    return found
