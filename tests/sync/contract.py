"""One small made-up district as plain data, which every kind of source renders in its own form (tests/sync/sources/).

All sources must bring in the same district: `test_contract.py` holds them to it. A new source adds a file there with its
`RENDERINGS`; nothing else has to be told.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openhouse.sync.sources import Source

WRITTEN = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)
"""When the district was written."""
PASSWORD = "correct-horse-battery"
SOCIAL_SECURITY_NUMBER = "078-05-1120"
SECRETS = (PASSWORD, SOCIAL_SECURITY_NUMBER)
"""Every rendering plants both wherever its form has a place for them, or could have one."""
NO_DAY = "2014-02-30"
"""A birth date that does not exist: what a bad record holds."""


@dataclass(frozen=True)
class School:
    key: str
    code: str
    name: str
    telephone: str = ""


@dataclass(frozen=True)
class Student:
    key: str
    given_name: str
    family_name: str
    number: str
    birth_date: str
    home_language: str = ""


@dataclass(frozen=True)
class Guardian:
    key: str
    given_name: str
    family_name: str
    email: str = ""
    phone: str = ""
    mobile: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    home_language: str = ""


@dataclass(frozen=True)
class Employee:
    key: str
    given_name: str
    family_name: str
    number: str
    email: str
    school: str


@dataclass(frozen=True)
class Enrolment:
    student: str
    school: str
    grade: str
    begin_date: str


@dataclass(frozen=True)
class Guardianship:
    student: str
    guardian: str
    relation: str
    legal: bool | None = None
    lives_with: bool | None = None
    emergency_contact: bool | None = None
    priority: int | None = None
    restriction: str = ""


@dataclass(frozen=True)
class District:
    """Everything there is. `ana` is a guardian and an employee; `maya` and `theo` are siblings by her."""

    schools: tuple[School, ...] = (
        School("oak", "1001", "Oak School", "818-555-0142"),
        School("elm", "1002", "Elm School"),
    )
    students: tuple[Student, ...] = (
        Student("maya", "Maya", "Lopez", "S1", "2014-05-01", "es"),
        Student("theo", "Theo", "Lopez", "S2", "2012-02-29", "es"),
        Student("iris", "Iris", "Chen", "S3", "2010-12-31"),
    )
    guardians: tuple[Guardian, ...] = (
        Guardian(
            "ana", "Ana", "Lopez", "ana@mail.example", "818-555-0111", "818-555-0112",
            "1 Palm Street", "Rio Claro", "CA", "90001", "es",
        ),
        Guardian("leo", "Leo", "Lopez", "leo@mail.example"),
        Guardian("kim", "Kim", "Chen", mobile="818-555-0117"),
    )  # fmt: skip
    employees: tuple[Employee, ...] = (
        Employee("vera", "Vera", "Stone", "E1", "vera@district.example", "oak"),
        Employee("ana", "Ana", "Lopez", "E2", "ana@mail.example", "elm"),
    )
    enrolments: tuple[Enrolment, ...] = (
        Enrolment("maya", "oak", "05", "2026-08-13"),
        Enrolment("theo", "elm", "KG", "2026-08-13"),
        Enrolment("iris", "elm", "12", "2025-08-14"),
    )
    guardianships: tuple[Guardianship, ...] = (
        Guardianship("maya", "ana", "mother", True, True, True, 1),
        Guardianship("maya", "leo", "father", False, False, False, 2, "no contact"),
        Guardianship("theo", "ana", "mother", True, True, None, 1),
        Guardianship("iris", "kim", "parent"),
    )

    def changed(self, many: str, key: str, **facts: Any) -> District:
        """The district with other facts of one thing, such as `changed("guardians", "ana", phone="")`."""
        return replace(
            self, **{many: tuple(replace(it, **facts) if it.key == key else it for it in getattr(self, many))}
        )

    def without(self, many: str, key: str) -> District:
        """The district without one thing."""
        return replace(self, **{many: tuple(it for it in getattr(self, many) if it.key != key)})

    def with_employees(self, count: int) -> District:
        """A district of so many more employees."""
        more = tuple(
            Employee(f"e{n}", "Sam", f"Field{n}", f"E{n + 10}", f"e{n}@district.example", "oak") for n in range(count)
        )
        return replace(self, employees=self.employees + more)

    def guardian_of(self, key: str) -> Guardian | None:
        """The guardian with this key, for a form in which one person stands once."""
        return next((guardian for guardian in self.guardians if guardian.key == key), None)


@dataclass(frozen=True)
class Rendering:
    """A source's form of the district.

    `rendered(district, folder)` gives the opened source; `ruined(folder)` opens, or reads to the end, what cannot be read as a
    whole. `lacks` are the facts that the form cannot carry, as `entity.fact`, with what then stands in the mirror. `id` is
    what the source makes of a plain key.
    """

    name: str
    module: str
    """The module under openhouse/sync/sources."""
    page: str
    """The page of docs/ that describes it, and its heading there."""
    heading: str
    rendered: Callable[[District, Path], AbstractContextManager[Source]]
    ruined: Callable[[Path], object]
    lacks: Mapping[str, Any] = field(default_factory=dict)
    id: Callable[[str, str], str] = lambda kind, key: key

    def __str__(self) -> str:
        return self.name


def renderings() -> list[Rendering]:
    """Of every file in tests/sync/sources/, its `RENDERINGS`."""
    from tests.sync import sources

    found = (module.name for module in pkgutil.iter_modules(sources.__path__))
    names = sorted(name for name in found if not name.startswith("test_"))
    modules = [importlib.import_module(f"tests.sync.sources.{name}") for name in names]
    return [rendering for module in modules for rendering in getattr(module, "RENDERINGS", ())]


ENTITIES = {
    "school": ("schools", School), "student": ("students", Student), "guardian": ("guardians", Guardian),
    "employee": ("employees", Employee), "enrolment": ("enrolments", Enrolment),
    "guardianship": ("guardianships", Guardianship),
}  # fmt: skip
KEYS = ("key", "student", "guardian", "school")
"""Facts that say who: an employee's school is no fact of the mirror."""


def expected(district: District, rendering: Rendering) -> dict[tuple[str, ...], dict[str, Any]]:
    """What the mirror is to hold: facts by (entity, id …), with what the form lacks."""
    found = {}
    for entity, (many, kind) in ENTITIES.items():
        names = [name.name for name in fields(kind) if name.name not in KEYS]
        for thing in getattr(district, many):
            ids = _ids(entity, thing, rendering)
            facts = {name: rendering.lacks.get(f"{entity}.{name}", getattr(thing, name)) for name in names}
            found[entity, *ids] = {name: fact(thing) if callable(fact) else fact for name, fact in facts.items()}
    return found


def _ids(entity: str, thing: Any, rendering: Rendering) -> tuple[str, ...]:
    if entity == "enrolment":
        return rendering.id("student", thing.student), rendering.id("school", thing.school)
    if entity == "guardianship":
        return rendering.id("student", thing.student), rendering.id("guardian", thing.guardian)
    return (rendering.id(entity, thing.key),)


def mirrored() -> dict[tuple[str, ...], dict[str, Any]]:
    """What the mirror holds, in the same shape."""
    from openhouse.district import models

    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for entity, (_, kind) in ENTITIES.items():
        names = [name.name for name in fields(kind) if name.name not in KEYS]
        for row in getattr(models, entity.capitalize()).objects.filter(valid_until=None):
            if entity == "enrolment":
                ids: tuple[str, ...] = (row.student.sourced_id, row.school.sourced_id)
            elif entity == "guardianship":
                ids = (row.student.sourced_id, row.guardian.sourced_id)
            else:
                ids = (row.sourced_id,)
            values = {name: getattr(row, name) for name in names}
            found[entity, *ids] = {n: v.isoformat() if n.endswith("_date") and v else v for n, v in values.items()}
    return found
