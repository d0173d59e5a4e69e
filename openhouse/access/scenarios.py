"""Family scenarios as data: what each person of a made-up family may see, and whether a change of policy flips it.

`scenarios.toml` holds those that come with the portal; a district adds its own in a file of the same form.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openhouse.access import cautions, limits
from openhouse.access.standing import Facts, Standing, standing
from openhouse.district import enrolling
from openhouse.policy.values import Policy

SHIPPED = Path(__file__).parent / "scenarios.toml"
KEYS = {"name", "tells", "day", "age", "ground", "enrolments", "person"}
KEYS_OF_PERSON = {"who", "guardianships", "account", "imported", "revalidate", "students", "sees", "pin", "adds"}
KEYS_OF_GUARDIANSHIP = {"relation", "legal", "restriction", "begin", "end"}


class Question(models.TextChoices):
    """What can be asked of a person in a scenario."""

    SEES = "sees", _("What they see")
    PIN = "pin", _("Whether they may be given a PIN")
    ADDS = "adds", _("Whether they can add one more student")


ANSWERS: dict[tuple[str, str], str | Promise] = {
    ("pin", "yes"): _("They may be given a PIN."),
    ("pin", "no"): _("They get no PIN."),
    ("adds", "yes"): _("They can add one more student."),
    ("adds", "no"): _("They can add no more students."),
}


class ScenariosRefused(ValueError):
    """The file is no TOML, or a scenario in it says something that no scenario can. The text names the place."""


@dataclass
class Contact:
    """A guardianship of a scenario, as `standing` wants it."""

    relation: str
    legal: bool | None
    restriction: str
    begin_date: date | None
    end_date: date | None


@dataclass
class Ending:
    """An enrolment of a scenario."""

    end_date: date | None


@dataclass(frozen=True)
class Answer:
    """One answer of one person in one scenario, and what the scenario expects."""

    scenario: str
    tells: str
    who: str
    question: Question
    found: str
    expected: str


@dataclass(frozen=True)
class Flip:
    """A person who would be answered otherwise."""

    scenario: str
    tells: str
    who: str
    question: Question
    before: str
    after: str

    @property
    def before_words(self) -> str:
        """The answer under the policy that there is."""
        return words(self.question, self.before)

    @property
    def after_words(self) -> str:
        """The answer under the policy that is considered."""
        return words(self.question, self.after)


def words(question: Question, answer: str) -> str:
    """An answer as a sentence."""
    return str(Standing(answer).label if question is Question.SEES else ANSWERS[question, answer])


def shipped() -> list[Mapping[str, Any]]:
    """The scenarios that come with the portal."""
    return load(SHIPPED.read_text(encoding="utf-8"), name=SHIPPED.name)


def load(text: str, *, name: str) -> list[Mapping[str, Any]]:
    """The scenarios of a file. Raises ScenariosRefused."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenariosRefused(f"{name}: {error}") from error
    scenarios = found.get("scenario")
    if set(found) != {"scenario"} or not isinstance(scenarios, list):
        raise ScenariosRefused(f"{name}: only [[scenario]] tables are allowed, at least one")
    for place, each in enumerate(scenarios, start=1):
        where = f"{name}: scenario {place} ({each.get('name', 'without a name')})"
        _insist(not set(each) - KEYS, f"{where}: unknown: {', '.join(sorted(set(each) - KEYS))}")
        _insist(each.get("name") and each.get("person"), f"{where}: a name and a person are needed")
        for person in each["person"]:
            _check_person(f"{where}, {person.get('who', 'somebody')}", person)
        try:
            list(answers([each], Policy(), on=date(2027, 2, 1)))
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise ScenariosRefused(f"{where}: a date, a number or an age cannot be read: {error}") from error
    return scenarios


def _check_person(where: str, person: Mapping[str, Any]) -> None:
    held = person.get("guardianships") or []
    unknown = set(person) - KEYS_OF_PERSON | {key for each in held for key in set(each) - KEYS_OF_GUARDIANSHIP}
    _insist(not unknown, f"{where}: unknown: {', '.join(sorted(unknown))}")
    asked = [question for question in Question if question in person]
    _insist(person.get("who") and asked, f"{where}: who, and one of sees, pin and adds, are needed")
    _insist(held or "pin" not in asked, f"{where}: without a guardianship there is no PIN")
    for question in asked:
        allowed = list(Standing.values) if question is Question.SEES else ["yes", "no"]
        _insist(person[question] in allowed, f"{where}: {question}: one of {', '.join(allowed)} is allowed")


def _insist(holds: object, problem: str) -> None:
    if not holds:
        raise ScenariosRefused(problem)


def answers(scenarios: Iterable[Mapping[str, Any]], policy: Policy, *, on: date) -> Iterator[Answer]:
    """Every answer that the scenarios ask for, by the one decision, under a policy."""
    for scenario in scenarios:
        day = _next(scenario["day"], on) if "day" in scenario else on
        for person in scenario["person"]:
            facts = facts_of(scenario, person, policy, day)
            for question in Question:
                if question in person:
                    found = _answer(question, facts, person.get("students", 0))
                    told = (scenario["name"], scenario.get("tells", ""), person["who"])
                    yield Answer(*told, question, found, person[question])


def flips(scenarios: Iterable[Mapping[str, Any]], *, present: Policy, candidate: Policy, on: date) -> list[Flip]:
    """Where the candidate answers otherwise than the present policy."""
    scenarios = list(scenarios)
    pairs = zip(answers(scenarios, present, on=on), answers(scenarios, candidate, on=on), strict=True)
    return [
        Flip(then.scenario, then.tells, then.who, then.question, now.found, then.found)
        for now, then in pairs
        if now.found != then.found
    ]


def facts_of(scenario: Mapping[str, Any], person: Mapping[str, Any], policy: Policy, on: date) -> Facts:
    """A person's facts, as `standing` wants them."""
    born = _years_before(on, scenario["age"]) if "age" in scenario else None
    return Facts(
        on=on,
        policy=policy,
        account_active=person.get("account", "active") == "active",
        guardianships=tuple(_contact(each, on) for each in person.get("guardianships", ())),
        enrolments=tuple(Ending(_day(each.get("end"), on)) for each in scenario.get("enrolments", ({},))),
        birth_date=born,
        eligible_ground=scenario.get("ground", ""),
        imported_on=_day(person.get("imported"), on),
        revalidate=person.get("revalidate", False),
    )


def _contact(stated: Mapping[str, Any], on: date) -> Contact:
    begin, end = (_day(stated.get(name), on) for name in ("begin", "end"))
    return Contact(stated.get("relation", ""), stated.get("legal"), stated.get("restriction", ""), begin, end)


def _answer(question: Question, facts: Facts, students: int) -> str:
    if question is Question.SEES:
        return standing(facts).value
    if question is Question.ADDS:
        return "no" if limits.is_full(students, facts.policy) else "yes"
    enrolled = any(enrolling.counts(each, facts.policy, facts.on) for each in facts.enrolments)
    against = cautions.obstacle(
        facts.guardianships[0],
        birth_date=facts.birth_date,
        ground=facts.eligible_ground,
        enrolled=enrolled,
        policy=facts.policy,
        on=facts.on,
    )
    return "no" if against else "yes"


def _day(stated: int | str | None, on: date) -> date | None:
    """A number counts days from that day; a text is a month and day of its year."""
    if isinstance(stated, int):
        return on + timedelta(days=stated)
    return date.fromisoformat(f"{on.year}-{stated}") if stated else None


def _next(month_day: str, on: date) -> date:
    found = date.fromisoformat(f"{on.year}-{month_day}")
    return found if found >= on else found.replace(year=on.year + 1)


def _years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)
