"""Entries told in sentences, with the names that are remembered and links to what they are about."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from openhouse.accounts.models import Account
from openhouse.audit import sentences, trail
from openhouse.audit.models import Entry
from openhouse.district.models import Guardian, Student
from openhouse.roles.roles import Permission
from openhouse.roles.scope import Scope


@dataclass(frozen=True)
class Told:
    """An entry with its sentence, as text or with links, and what else it holds."""

    entry: Entry
    sentence: str
    detail: Sequence[tuple[str, str]]


class Names:
    """The names for some entries' keys: those that the trail remembers, else those of today."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        entries = list(entries)
        keys = {key for each in entries for key in (each.actor, each.account, each.student, each.guardian)} - {""}
        keys |= {key for each in entries for key in _keys_in(each.detail)}
        self.known = trail.names(keys)
        missing = [key for key in keys - self.known.keys() if _is_key(key)]
        for people in (Student.objects.all(), Guardian.objects.all(), Account.objects.all()):
            self.known |= _today(people, missing)

    def of(self, key: str) -> str:
        """A person's name, or that it was erased."""
        if key in self.known:
            return self.known[key] or _("a person whose name was erased")
        return _("a person without a name")

    def told(self, text: str) -> str:
        """What stands in a detail; a person's key by the name."""
        return self.of(text) if text in self.known else text


def plain(entry: Entry, names: Names) -> str:
    """The sentence as text."""
    words = {place: _word(entry, place, names) for place in sentences.PLACES}
    return capfirst(sentences.of(entry.event).format(**words))


def linked(entries: Sequence[Entry], *, scope: Scope) -> list[Told]:
    """The sentences with links, those that this employee may follow, and the details."""
    names = Names(entries)
    return [Told(each, _linked(each, names, scope), _detail(each.detail, names)) for each in entries]


def _linked(entry: Entry, names: Names, scope: Scope) -> str:
    words = {}
    template = sentences.of(entry.event)
    for place in sentences.PLACES:
        word, address = _word(entry, place, names), _address(entry, place, scope)
        word = capfirst(word) if template.startswith(f"{{{place}}}") else word
        words[place] = format_html('<a href="{}"><bdi>{}</bdi></a>', address, word) if address else word
    return format_html(template, **words)


def _word(entry: Entry, place: str, names: Names) -> str:
    if place != "who":
        key = getattr(entry, place)
        return (
            names.of(key) if key else {"student": _("a student"), "account": _("a parent")}.get(place, _("a guardian"))
        )
    if entry.actor_kind == "system":
        return _("the portal (%(part)s)") % {"part": entry.actor}
    return names.of(entry.actor) if entry.actor else _("somebody")


def _address(entry: Entry, place: str, scope: Scope) -> str:
    """Where a name leads: a student's history, a parent's account, or else what the trail holds about the person."""
    key = entry.actor if place == "who" else str(getattr(entry, place))
    if not _is_key(key):
        return ""
    if place == "student" and scope.allows(Permission.SEE_HISTORY):
        return reverse("staff:history", args=[key])
    is_parent = place == "account" or (place == "who" and entry.actor_kind == "guardian")
    if is_parent and scope.allows(Permission.SEARCH_PARENTS):
        return reverse("staff:parent", args=[key])
    by = {"student": "student", "who": "employee" if entry.actor_kind == "employee" else "person"}.get(place, "person")
    return f"{reverse('staff:trail')}?{urlencode({by: key})}"


def _detail(detail: Mapping[str, Any], names: Names) -> list[tuple[str, str]]:
    kept = {name: value for name, value in detail.items() if value not in ("", None, [], {})}
    return [(name.replace("_", " "), _value(value, names)) for name, value in kept.items()]


def _value(value: Any, names: Names) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_value(each, names)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_value(each, names) for each in value)
    return names.told(str(value))


def _keys_in(value: Any) -> Iterator[str]:
    """The keys anywhere in a detail: whom a role was given to, which account was merged."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _keys_in(each)
    elif isinstance(value, str) and _is_key(value):
        yield value


def _today(people: QuerySet[Any], keys: Sequence[str]) -> dict[str, str]:
    found: Iterable[Model] = people.filter(key__in=keys) if keys else ()
    return {str(each.key): each.name for each in found if each.name}  # type: ignore[attr-defined]


def _is_key(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
