"""The **Registered Parents Report**: of one school's students, whose guardians are registered, and how far their PINs came.

What counts:
- a *student*: one whom the SIS names and who is enrolled at the school on that day (`enrolling.counting`);
- a *legal guardian*: a current guardianship that the SIS, or policy where the flag is blank, calls legal, within the SIS's own
  dates: the rows of Pin Details. Somebody with two such students counts twice; somebody who is restricted counts too;
- *registered*: a legal guardian to whom a parent account is tied whose association with the student is current. Whether the
  account may see the student today (its standing) is another question. *New this week*: since less than seven days;
- a *student with a registered guardian*: at least one of theirs is;
- a *PIN*: the newest of each of those guardianships, by `pins.state`. *Given* is every state but not given yet.

Every figure is the length of its list: a test holds them equal.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Case, CharField, Count, F, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openhouse.access import guardianships
from openhouse.access.pins import State
from openhouse.district import enrolling
from openhouse.district.models import Enrolment, Guardianship, School
from openhouse.policy.values import Policy
from openhouse.reports import grades

type Words = str | Promise

NEW = timedelta(days=7)
PINS = {str(state): {str(state)} for state in State} | {"given": {str(state) for state in State} - {State.NOT_GIVEN}}
"""What the filter by PIN can be, and the states that each means."""
REGISTERED = {"yes": {"new", "before"}, "no": {"no"}, "new": {"new"}}
"""What the filter by registration can be, and what each means."""


@dataclass(frozen=True)
class Filters:
    """Which rows of a list: those of one grade (blank is one too), PIN state and registration, or of all."""

    grade: str | None = None
    pin: str = ""
    registered: str = ""

    @property
    def fit(self) -> Q:
        """What is true of the rows of a list that fit."""
        found = Q() if self.grade is None else Q(grade=self.grade)
        if self.pin:
            found &= Q(pin_state__in=PINS[self.pin])
        return found & Q(registration__in=REGISTERED[self.registered]) if self.registered else found


ALL = Filters()


@dataclass(frozen=True)
class Figure:
    """A number on the dashboard: the rows of one list, `students` or `guardians`, that fit."""

    name: Words
    rows: str
    pin: str = ""
    registered: str = ""

    def filters(self, grade: str | None) -> Filters:
        """What the list behind it is narrowed to, in one grade or in all (None)."""
        return Filters(grade, self.pin, self.registered)


PARTS: tuple[tuple[Words, tuple[Figure, ...]], ...] = (
    (
        _("Students and their legal guardians"),
        (
            Figure(_("Students"), "students"),
            Figure(_("With a registered guardian"), "students", registered="yes"),
            Figure(_("Without one"), "students", registered="no"),
            Figure(_("Legal guardians"), "guardians"),
            Figure(_("Registered"), "guardians", registered="yes"),
            Figure(_("Not registered"), "guardians", registered="no"),
            Figure(_("New this week"), "guardians", registered="new"),
        ),
    ),
    (
        _("PINs of the legal guardians"),
        (
            Figure(State.NOT_GIVEN.label, "guardians", State.NOT_GIVEN),
            Figure(_("Given"), "guardians", "given"),
            Figure(State.LIVE.label, "guardians", State.LIVE),
            Figure(State.USED.label, "guardians", State.USED),
            Figure(State.EXPIRED.label, "guardians", State.EXPIRED),
            Figure(State.LOCKED.label, "guardians", State.LOCKED),
        ),
    ),
)
"""The dashboard's figures, part by part."""


@dataclass(frozen=True)
class Counts:
    """Rows of one kind, counted by grade, PIN state ("" for students) and registration."""

    cells: Counter[tuple[str, str, str]]

    @property
    def grades(self) -> list[str]:
        """The grades that have rows, in order."""
        return sorted({grade for grade, _pin, _registration in self.cells}, key=grades.order)

    def of(self, filters: Filters) -> int:
        """How many rows fit: as many as the list with these filters has."""
        return sum(
            count
            for (grade, pin, registration), count in self.cells.items()
            if filters.grade in (None, grade)
            and (not filters.pin or pin in PINS[filters.pin])
            and (not filters.registered or registration in REGISTERED[filters.registered])
        )


class RegisteredParents:
    """The report of one school at one moment."""

    def __init__(self, *, school: School, policy: Policy, at: datetime) -> None:
        self.school, self.policy, self.at, self.on = school, policy, at, timezone.localdate(at)

    @property
    def new_since(self) -> datetime:
        """Who registered after this instant is new this week."""
        return self.at - NEW

    def grades(self) -> list[str]:
        """The grades of the school's students, in order."""
        return sorted(self._enrolments.order_by().values_list("grade", flat=True).distinct(), key=grades.order)

    def students(self, filters: Filters = ALL) -> QuerySet[Any]:
        """One row for each student, by name, with `legal_guardians`, `registered_at` (the first of them) and `registration`."""
        known = Guardianship.objects.filter(self._legal, student=OuterRef("student"), valid_until=None)
        theirs = self._registered(known).values("student")
        rows: QuerySet[Any] = self._enrolments.annotate(
            legal_guardians=Coalesce(Subquery(theirs.annotate(number=Count("pk")).values("number")), 0),
            registered_at=Subquery(theirs.annotate(first=Min("registered_at")).values("first")),
            registration=Coalesce(Subquery(theirs.annotate(first=Min("registration")).values("first")), Value("no")),
        )
        by_name = ("student__family_name", "student__given_name", "student")
        return rows.select_related("student").order_by(*by_name).filter(filters.fit)

    def guardians(self, filters: Filters = ALL) -> QuerySet[Any]:
        """One row for each legal guardian of a student, by the student's name, with `grade`, `pin_state`, `pin_used_at`,
        `registered_at` and `registration`."""
        rows: QuerySet[Any] = self._guardianships.filter(self._legal)
        rows = rows.annotate(grade=F("student__enrolments__grade"))
        rows = guardianships.with_pin(rows, at=self.at)
        rows = self._registered(rows).select_related("student", "guardian")
        by_name = ("student__family_name", "student__given_name", "student", "guardian__family_name", "pk")
        return rows.order_by(*by_name).filter(filters.fit)

    def counts(self) -> dict[str, Counts]:
        """The rows of `students` and `guardians`, counted: one statement each, and a guardian's row is looked at once."""
        students = list(self._enrolments.values_list("student", "grade"))
        guardians = list(self.guardians().order_by().values_list("student", "grade", "pin_state", "registration"))
        earliest: dict[int, str] = {}
        for student, _grade, _pin, registration in guardians:
            earliest[student] = min(earliest.get(student, "no"), registration)
        return {
            "students": Counts(Counter((grade, "", earliest.get(student, "no")) for student, grade in students)),
            "guardians": Counts(Counter((grade, pin, word) for _student, grade, pin, word in guardians)),
        }

    @property
    def _enrolments(self) -> QuerySet[Enrolment]:
        counting = enrolling.counting(self.policy, self.on)
        return Enrolment.objects.filter(counting, school=self.school, student__valid_until=None)

    @property
    def _guardianships(self) -> QuerySet[Guardianship]:
        """All current ones of the school's students, joined with the enrolment there."""
        counting = enrolling.counting(self.policy, self.on, under="student__enrolments__")
        here = Q(student__enrolments__school=self.school)
        return Guardianship.objects.filter(counting & here, student__valid_until=None, valid_until=None)

    @cached_property
    def _legal(self) -> Q:
        return guardianships.legal(self.on, guardianships.legal_relations(self._guardianships, self.policy))

    def _registered(self, rows: QuerySet[Guardianship]) -> QuerySet[Any]:
        """The rows with `registered_at` and `registration`: `before`, `new` or `no`, of which the alphabet's first is the
        earliest."""
        since = guardianships.registrations()
        word = Case(
            When(first__gt=self.new_since, then=Value("new")), default=Value("before"), output_field=CharField()
        )
        registration = Coalesce(Subquery(since.annotate(word=word).values("word")), Value("no"))
        return rows.annotate(registered_at=Subquery(since.values("first")), registration=registration)
