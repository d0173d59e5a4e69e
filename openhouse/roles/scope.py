"""Scope: the students, guardianships and PINs that an employee's roles reach. Rows are reached only through these queries."""
# ruff: noqa: S608 (the SQL is put together from our own names; values are parameters)

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigAutoField, CharField, DateTimeField, F, Q, QuerySet, TextField
from django.utils import timezone

from openhouse.accounts.models import Account
from openhouse.district import enrolling, kin
from openhouse.district.models import Guardianship, School, Student
from openhouse.district.restrictions import Reading, reading
from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.questions import Given, Question
from openhouse.roles import employed
from openhouse.roles.models import Grant
from openhouse.roles.roles import HELD, MAY, Permission, Reach, Role
from openhouse.sql import Holds, Text
from openhouse.sync import freshness


class Held(NamedTuple):
    """One role that is held now, and where: a school code, a region, or (both blank) the whole district."""

    role: Role
    school_code: str = ""
    region: str = ""


class Only(NamedTuple):
    """The one school that an employee of several chose to work at for now."""

    school_code: str
    name: str


@dataclass(frozen=True)
class Scope:
    """What an employee may do now, and where each thing: at school codes, in regions, or in the whole district.

    `ids` are those of the current schools whose codes the roles name, by code: mostly one, but nothing keeps a SIS from giving two
    schools the same. `as_of` is when the newest landed sync began to read what they see; None before the first. `barred` are the
    ids of the students of whom they are a contact whom the SIS restricts: a role opens none of these. `only` narrows every reach to
    one school, and is asked of the database besides what the roles reach, so that it never widens anything.
    """

    at: datetime
    policy: Policy
    grants: frozenset[Held]
    ids: Mapping[str, Sequence[int]]
    as_of: datetime | None = None
    barred: frozenset[int] = frozenset()
    only: Only | None = None

    def allows(self, permission: Permission) -> bool:
        """Whether any of the roles carries the permission."""
        return any(permission in MAY[held.role] for held in self.grants)

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that any of the roles carries."""
        return frozenset().union(*(MAY[held.role] for held in self.grants))

    def is_district_wide(self, permission: Permission) -> bool:
        """Whether the permission holds at every school of the district."""
        return self.only is None and self._is_everywhere(permission)

    def reaches(self, permission: Permission, school: School) -> bool:
        """Whether the permission holds at a school in hand."""
        if self.only and self.only.school_code != school.code:
            return False
        return self._is_everywhere(permission) or any(
            school.code == held.school_code if held.school_code else school.local_district == held.region != ""
            for held in self._held(permission)
        )

    def has_several(self, permission: Permission = Permission.PICK_SCHOOL) -> bool:
        """Whether the permission may hold at more than one school, before anything is narrowed: nobody is asked."""
        held = self._held(permission)
        return any(not each.school_code for each in held) or len({each.school_code for each in held}) > 1

    def at_schools(self, permission: Permission) -> Q:
        """The schools where the permission holds, in a query."""
        here = Q()
        if not self._is_everywhere(permission):
            codes, regions = self._places(permission)
            here = Q(code__in=codes) | (Q(local_district__in=regions) if regions else Q())
        return here & Q(code=self.only.school_code) if self.only else here

    def written(self, permission: Permission) -> Text:
        """The same as SQL, of a `school`."""
        here = Text("TRUE")
        if not self._is_everywhere(permission):
            codes, regions = self._places(permission)
            here = Text(
                f"(school.code IN ({_marks(codes)}) OR school.local_district IN ({_marks(regions)}))",
                (*codes, *regions),
            )
        return Text(f"{here.sql} AND school.code = {{}}", (*here.values, self.only.school_code)) if self.only else here

    def school_ids(self, permission: Permission) -> list[int] | None:
        """The ids of the schools where the permission holds; None where the roles name other places than schools."""
        codes, regions = self._places(permission)
        if regions or self._is_everywhere(permission):
            return None
        return sorted({pk for code in codes if not self.only or self.only.school_code == code for pk in self.ids[code]})

    @property
    def whole(self) -> Scope:
        """The same scope, not narrowed."""
        return replace(self, only=None)

    def _places(self, permission: Permission) -> tuple[list[str], list[str]]:
        """The school codes, and the regions, where the permission holds."""
        held = self._held(permission)
        return sorted({each.school_code for each in held} - {""}), sorted({each.region for each in held} - {""})

    def _held(self, permission: Permission) -> list[Held]:
        return [held for held in self.grants if permission in MAY[held.role]]

    def _is_everywhere(self, permission: Permission) -> bool:
        return any(
            Reach.DISTRICT in HELD[held.role] and not (held.school_code or held.region)
            for held in self._held(permission)
        )


def _grants() -> QuerySet[Grant, Any]:
    employee, account, at = (
        Given("employee", CharField()),
        Given("account", BigAutoField()),
        Given("at", DateTimeField()),
    )
    current = Grant.objects.filter(employed.now(employee), account=account).current(at)
    found = current.annotate(
        ids=Holds(_ids(), TextField()), as_of=freshness.NEWEST, restrictions=Holds(_restrictions(employee), TextField())
    )
    return found.values_list("role", "school_code", "region", "ids", "as_of", "restrictions")


def _ids() -> Text:
    """SQL: of a grant, a JSON list of the ids of the current schools whose code it names; or NULL."""
    found = "FROM district_school school WHERE school.valid_until IS NULL AND school.code = {}"
    return Text(f"SELECT {_listed('school.id')} {found}", (F("school_code"),))


def _listed(each: str) -> str:
    """SQL: a JSON list of what each row gives."""
    return f"json_agg({each})::text" if connection.vendor == "postgresql" else f"json_group_array({each})"


def _restrictions(employee: Given) -> Text:
    """SQL: of an employee by the SIS's id, a JSON list of the students of whom they are a contact with a restriction text (see
    `district.kin`), each with the text; or NULL."""
    pair = "json_build_array" if connection.vendor == "postgresql" else "json_array"
    own, listed = kin.records(employee), _listed(f"{pair}(link.student_id, link.restriction)")
    sql = f"SELECT {listed} FROM district_guardianship link WHERE link.valid_until IS NULL AND link.restriction <> ''"
    return Text(f"{sql} AND link.guardian_id IN ({own.sql})", own.values)


GRANTS = Question(_grants)


def of(account: Account, at: datetime, only: Only | None = None, *, policy: Policy | None = None) -> Scope:
    """The employee's scope at that moment. A guardian's account has none, nor has an employee whom the SIS names no more."""
    policy = policy or values.at(at)
    rows = GRANTS.ask(employee=account.employee_key, account=account.pk, at=at)
    held = frozenset(Held(Role(role), code, region) for role, code, region, *_rest in rows)
    ids = {code: json.loads(listed or "[]") for _role, code, _region, listed, *_rest in rows if code}
    as_of, texts = next(((as_of, texts) for *_held, as_of, texts in rows), (None, None))
    known = json.loads(texts or "[]")
    barred = frozenset(student for student, text in known if reading(text, policy) is not Reading.NONE)
    return Scope(at, policy, held, ids, as_of, barred, only)


def schools(scope: Scope, permission: Permission) -> QuerySet[School]:
    """The schools where the employee holds the permission."""
    return School.objects.filter(scope.at_schools(permission), valid_until=None)


def school_codes(scope: Scope, permission: Permission) -> list[str] | None:
    """The codes of those schools; None for every school of the district."""
    if scope.is_district_wide(permission):
        return None
    return sorted(schools(scope, permission).values_list("code", flat=True))


def students(scope: Scope, permission: Permission) -> QuerySet[Student]:
    """Actively enrolled students of the schools where the employee holds the permission."""
    return students_at(here(scope, permission))


def students_at(schools: Text) -> QuerySet[Student]:
    """The same, of what `here` says."""
    return Student.objects.filter(_enrolled(schools, "pk"), valid_until=None)


def holds(scope: Scope, permission: Permission, student: Student, *, reached: Permission = Permission.SEE_PINS) -> bool:
    """Whether a student who was reached through one permission is within reach of another: what a button needs to know.

    Nothing is asked of the database where each role that carries the one carries the other.
    """
    if not scope.allows(permission):
        return False
    ways = {held.role for held in scope.grants if reached in MAY[held.role]}
    return all(permission in MAY[role] for role in ways) or students(scope, permission).filter(pk=student.pk).exists()


def remembered(scope: Scope) -> QuerySet[Student]:
    """Students whose history the employee may read: those of their schools now; for the whole district, those who left too."""
    if scope.is_district_wide(Permission.SEE_HISTORY):
        return Student.objects.exclude(pk__in=scope.barred)
    return students(scope, Permission.SEE_HISTORY)


def guardianships(scope: Scope, permission: Permission) -> QuerySet[Guardianship]:
    """Current guardianships of those students."""
    return guardianships_at(here(scope, permission))


def guardianships_at(schools: Text) -> QuerySet[Guardianship]:
    """The same, of what `here` says."""
    rows = Guardianship.objects.filter(_enrolled(schools, "student"), valid_until=None, student__valid_until=None)
    return rows.select_related("student", "guardian")


def linked_at(schools: Text, links: Text) -> Holds:
    """Whether one of the students whom `links` selects is enrolled there (`here` says where). SQLite, which has no statistics,
    would walk through the school first: its CROSS JOIN keeps the order."""
    sql = (
        f"EXISTS (SELECT 1 FROM ({links.sql}) link CROSS JOIN district_enrolment enrolment"
        f" WHERE enrolment.student_id = link.student_id AND {schools.sql} AND (SELECT student.valid_until IS NULL"
        " FROM district_student student WHERE student.id = enrolment.student_id))"
    )
    return Holds(Text(sql, links.values + schools.values))


def _enrolled(schools: Text, student: str) -> Holds:
    """Whether the student that a column names is enrolled at one of the schools. Asked row by row, never as a list."""
    sql = f"EXISTS (SELECT 1 FROM district_enrolment enrolment WHERE enrolment.student_id = {{}} AND {schools.sql})"
    return Holds(Text(sql, (F(student), *schools.values)))


def here(scope: Scope, permission: Permission) -> Text:
    """SQL: whether an `enrolment` counts, is at one of the schools, and is no barred student's."""
    counting, at = enrolling.written(scope.policy, timezone.localdate(scope.at)), _among(scope, permission)
    sql, barred = f"{counting.sql} AND enrolment.school_id {at.sql}", sorted(scope.barred)
    if barred:
        sql += f" AND enrolment.student_id NOT IN ({_marks(barred)})"
    return Text(sql, (*counting.values, *at.values, *barred))


def _among(scope: Scope, permission: Permission) -> Text:
    """SQL: whether an id is one of the schools'. Mostly that is one, which an index finds together with the student; regions and
    districts are looked up, once."""
    ids = scope.school_ids(permission)
    if ids is not None:
        return Text(f"IN ({_marks(ids)})", tuple(ids))
    at = scope.written(permission)
    found = f"SELECT school.id FROM district_school school WHERE school.valid_until IS NULL AND {at.sql}"
    return Text(f"= ANY(ARRAY({found}))" if connection.vendor == "postgresql" else f"IN ({found})", at.values)


def _marks(values: Sequence[str | int]) -> str:
    """Places for values in SQL's IN, which knows no empty list."""
    return ", ".join(["{}"] * len(values)) or "NULL"
