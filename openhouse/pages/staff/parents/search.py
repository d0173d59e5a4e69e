"""**Parent Search**: by exact email, or by first and last name. The search is a POST: nobody's name stands in an address."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, QuerySet, UUIDField, Value
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from openhouse.access import parents
from openhouse.access.parents import WithAccount
from openhouse.accounts.models import Account
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.district.models import Guardian
from openhouse.folding import LETTERS, bounds
from openhouse.pages import doors
from openhouse.pages.staff import typed
from openhouse.pages.staff.parents import reach
from openhouse.questions import Among, Question
from openhouse.roles.roles import Permission
from openhouse.sql import Text
from openhouse.transactions import ONE_PLAN, begun

MOST = 200
"""How many rows a search shows; over that it asks for more of the name."""
SEVERAL = 4
"""At most so many rows of one person come from `named`, as a rule: their account, and the guardians whom it is tied to."""
NAMES = ("family_name", "given_name")
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


@cache
def named(ways: int) -> Question[tuple[Any, ...]]:
    """Guardians and accounts called in one of so many ways. A guardian's row has the names, the guardian's id, that of the account
    that is tied to them or None, and None; an account's has its names, None, its id and its key."""

    def put(here: Text | None) -> QuerySet[Any, tuple[Any, ...]]:
        arms: list[QuerySet[Any, Any]] = []
        nobody, no_key = Value(None, BigIntegerField()), Value(None, UUIDField())
        for way in range(ways):
            guardians = parents.with_account(reach.guardians_at(here).filter(parents.called(way))).order_by()
            accounts = reach.accounts_at(here).filter(parents.called(way))
            arms.append(guardians.values_list(*NAMES, "pk", "account_id", no_key))
            arms.append(accounts.values_list(*NAMES, nobody, "pk", "key"))
        return arms[0].union(*arms[1:], all=True).order_by(*NAMES)[: SEVERAL * (MOST + 1)]

    return Question(put)


THOSE_GUARDIANS: Question[WithAccount] = Question(
    lambda here: parents.with_account(reach.guardians_at(here).filter(Among("pk", "found")))
)
THOSE_ACCOUNTS: Question[Account] = Question(
    lambda here: parents.listed(reach.accounts_at(here).filter(Among("pk", "found")))
)
"""Of those whom a search found, whoever is still within reach."""


class SearchForm(forms.Form):
    """An email, or both names."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={**PLAIN, "dir": "ltr"}),
    )
    first_name = forms.CharField(
        label=_("First Name"), max_length=128, required=False, widget=forms.TextInput(attrs=PLAIN)
    )
    last_name = forms.CharField(
        label=_("Last Name"), max_length=128, required=False, widget=forms.TextInput(attrs=PLAIN)
    )

    def clean(self) -> dict[str, object]:
        """Both names, of 2 characters at least, where there is no email."""
        given = self.cleaned_data
        if given.get("email") or "email" in self.errors:
            return given
        if not given.get("first_name") and not given.get("last_name"):
            raise ValidationError(_("Enter an email, or a first name and a last name."))
        names = ("first_name", "last_name")  # the words name both fields: once is enough
        if missing := [name for name in names if not given.get(name)]:
            self.add_error(missing[0], _("First Name and Last Name are both required."))
        elif short := [name for name in names if min(len(given[name]), len(bounds(given[name])[0])) < LETTERS]:
            self.add_error(short[0], _("Minimum 2 characters are required for First Name and Last Name."))
        return given


@dataclass(frozen=True)
class Row:
    """An account, or a guardian who has none."""

    account: Account | None
    guardian: Guardian | None = None


class Known(NamedTuple):
    """As much of an account as leads on to it, and names it on the trail."""

    key: uuid.UUID
    name: str


class Found(NamedTuple):
    """How many a search found; the account, where it is just one; by name the ids of all, by kind, and by email their rows."""

    many: int
    account: Known | None
    ids: Mapping[str, Sequence[int]]
    rows: Sequence[Row] = ()


@doors.employee(Permission.SEARCH_PARENTS)
def page(request: doors.Visit) -> HttpResponse:
    """One account found: on to its row. Several, or guardians without one: on to the list. Each has an address of its own."""
    form = SearchForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, [], searched=False)
    found = _found(request, form)
    key = typed.keep(request, form, **found.ids) if found.many and not found.account else None
    _note(request, form, found.many, found.account)
    if found.account:
        return redirect("staff:parent_found", found.account.key)
    return redirect("staff:parents_found", key) if key else _show(request, form, [], searched=True)


@doors.employee(Permission.SEARCH_PARENTS)
def listing(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """The list that a search found: where the browser's Back returns to. Where one of them registered meanwhile, lost a tie or is
    out of reach now, it searches again; and by email always, for that reaches beyond an employee's schools."""
    kept = typed.kept(request, key)
    form = SearchForm(kept.words)
    if not form.is_valid():
        return redirect("staff:parents")
    rows = _those(request, kept.found)
    if not kept.is_whole(rows):
        found = _found(request, form)
        rows = found.rows or _those(request, found.ids)
        _note(request, form, len(rows), None)
    return _show(request, form, rows, searched=True)


def _those(request: doors.Visit, found: Mapping[str, Sequence[int]]) -> Sequence[Row]:
    here = reach.here(request)
    with begun(ONE_PLAN):
        accounts = THOSE_ACCOUNTS.ask(here, found=found["accounts"]) if found.get("accounts") else ()
        guardians = THOSE_GUARDIANS.ask(here, found=found["guardians"]) if found.get("guardians") else ()
    return _rows(accounts, guardians)


def _note(request: doors.Visit, form: SearchForm, many: int, account: Known | None) -> None:
    """Put a search on the trail: whom it found if it is one account, else how many."""
    about = Subject(account=str(account.key), names={str(account.key): account.name}) if account else trail.NOBODY
    trail.look(
        event=Event.PARENT_SEARCHED,
        by=request.actor,
        at=request.now,
        about=about,
        detail={"found": many, "by": "email" if form.cleaned_data["email"] else "name"},
        along=request.session.keep,
    )


@doors.employee(Permission.SEARCH_PARENTS)
def result(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """One account's row: where the browser's Back and every action return to."""
    account = reach.account(request, key)
    return _show(request, SearchForm(), [Row(account)], searched=True)


def _show(request: doors.Visit, form: SearchForm, rows: Sequence[Row], *, searched: bool) -> HttpResponse:
    """The next step has the focus: the first row that has an account, for nothing can be done on the others, or else the form."""
    first = next((row for row in rows[:MOST] if row.account), None)
    form.fields["email"].widget.attrs["autofocus"] = first is None
    content = {
        "form": form,
        "searched": searched,
        "rows": rows[:MOST],
        "first": first,
        "more": len(rows) > MOST,
        "most": MOST,
    }
    return render(request, "staff/parents/search.html", content)


def _found(request: doors.Visit, form: SearchForm) -> Found:
    return _by_email(request, form) if form.cleaned_data["email"] else _by_name(request, form)


def _by_email(request: doors.Visit, form: SearchForm) -> Found:
    """Accounts, or else guardians; one more than are shown at most."""
    email = form.cleaned_data["email"].lower()
    accounts = reach.by_email(request, email)
    known = parents.with_account(parents.with_email(reach.guardians(request), email))
    rows = _rows(accounts, () if accounts else known[: MOST + 1])
    return Found(len(rows), _only(rows), {}, rows)


def _by_name(request: doors.Visit, form: SearchForm) -> Found:
    """Accounts, and guardians who have none; one more than are shown at most."""
    ways, values = parents.names(form.cleaned_data["first_name"], form.cleaned_data["last_name"])
    with begun(ONE_PLAN):
        rows = named(ways).ask(reach.here(request), **values)
    people: dict[tuple[str, int], Known | None] = {}
    for family_name, given_name, guardian, account, key in rows:
        who = ("accounts", account) if account else ("guardians", guardian)
        if key or who not in people:
            people[who] = Known(key, f"{given_name} {family_name}".strip()) if key else None
    some = list(people)[: MOST + 1]
    ids = {kind: [pk for each, pk in some if each == kind] for kind in ("accounts", "guardians")}
    account = people[some[0]] if len(some) == 1 else None
    if len(some) == len(ids["accounts"]) == 1 and account is None:  # called otherwise than the guardian whose it is
        account = _only(_those(request, ids))
    return Found(len(some), account, ids)


def _only(rows: Sequence[Row]) -> Known | None:
    """The account, where it is all there is."""
    account = rows[0].account if len(rows) == 1 else None
    return Known(account.key, account.name) if account else None


def _rows(accounts: Iterable[Account], guardians: Iterable[WithAccount]) -> list[Row]:
    """Accounts, and guardians without one, by name."""
    people: list[Account | Guardian] = [*accounts, *(each for each in guardians if each.account_id is None)]
    people.sort(key=lambda each: (each.family_name.casefold(), each.given_name.casefold()))
    return [Row(each) if isinstance(each, Account) else Row(None, each) for each in people[: MOST + 1]]
