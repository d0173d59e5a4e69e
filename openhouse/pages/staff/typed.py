"""What an employee typed into a search, and whom it found, kept in their own sealed session: the list has an address of its own,
with a random key in it, and the browser's Back comes to it again without asking."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django import forms

from openhouse.pages import doors

SEARCHES = "searches"
KEPT = 5
"""How many searches are kept: as many lists as somebody has open."""


class Kept(NamedTuple):
    """The words of a search, by the form's fields, and the ids of whom it found, by kind."""

    words: Mapping[str, str]
    found: Mapping[str, Sequence[int]]

    def is_whole(self, rows: Sequence[object]) -> bool:
        """Whether these are all whom it found. Where somebody is missing, something happened: the list is to be searched anew."""
        return 0 < sum(map(len, self.found.values())) == len(rows)


def keep(request: doors.Visit, form: forms.Form, **found: Sequence[int]) -> uuid.UUID:
    """The key under which a form's search, and whom it found, is kept from now on."""
    key = uuid.uuid4()
    before = list(request.session.get(SEARCHES, {}).items())[1 - KEPT :]
    words = {name: form.data.get(name, "") for name in form.fields}
    request.session[SEARCHES] = dict(before) | {str(key): {"words": words, "found": found}}
    return key


def kept(request: doors.Visit, key: uuid.UUID) -> Kept:
    """The search under this key; nothing where the session does not know it, so that the form is as good as empty."""
    known = request.session.get(SEARCHES, {}).get(str(key), {})
    return Kept(known.get("words", {}), known.get("found", {}))


def search_anew(request: doors.Visit) -> None:
    """Forget whom the searches found: whoever goes to work at other schools finds others."""
    searches = request.session.get(SEARCHES, {})
    request.session[SEARCHES] = {key: each | {"found": {}} for key, each in searches.items()}
