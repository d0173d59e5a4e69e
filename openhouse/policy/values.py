"""Every policy value: its name, default, meaning and bounds, and what it was at any moment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, Q, QuerySet, TextField
from django.db.models.functions import Cast

from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, record
from openhouse.policy import readings
from openhouse.policy.models import Choice
from openhouse.policy.readings import value
from openhouse.policy.sign_in import SignIn
from openhouse.questions import Given, Question


@dataclass(frozen=True)
class Policy(SignIn):
    """All values at one moment."""

    district_name: str = value("Our School District", "The district's name, on every page.", readings.text)
    sis_name: str = value("the SIS", "What the district calls its student information system.", readings.text)
    help_phone: str = value("", "The family help line, shown on every page and in every notice.", readings.text)
    help_desk_phone: str = value("", "The help desk that school staff call.", readings.text)
    district_email_domains: tuple[str, ...] = value(
        (), "The district's own email domains. A parent account may not use one of them.", readings.domains
    )
    link_tiles: tuple[Mapping[str, Any], ...] = value(
        (),
        "The district's own links on a student's page: each has its names by language, an https address, an icon, grades and "
        "school codes.",
        readings.tiles,
    )
    pin_length: int = value(
        6, "How many digits a PIN has. 6 is the floor of NIST SP 800-63A-4 §3.8.", readings.number(4, 12)
    )
    pin_days: int = value(
        21, "How many days a PIN lives from the day it is given: to the end of the last one.", readings.number(1, 60)
    )
    identity_questions: tuple[str, ...] = value(
        ("birth_date", "name", "grade", "address", "phone", "emergency_phone"),
        "What a person is asked in an identity check, all of which must match; one may be not on file in the SIS.",
        readings.some_of(
            *("birth_date", "name", "grade", "address", "phone", "emergency_phone"),
            one_of_them=("address", "phone", "emergency_phone"),
        ),
    )
    identity_documents: tuple[str, ...] = value(
        ("California ID", "California driver license", "consulate card", "passport"),
        "The kinds of identification that an identity check accepts.",
        readings.names(60),
    )
    identity_checks_a_day: int = value(
        3, "How many identity checks one guardian may have in a day.", readings.number(1, 20)
    )
    student_limit: int = value(
        4, "How many students one account may have without an exception.", readings.number(1, 20)
    )
    blank_legal_flag: str = value(
        "not_legal",
        "What a legal flag means that the SIS leaves blank: not_legal, or legal_for_relations.",
        readings.one_of("not_legal", "legal_for_relations"),
    )
    legal_relations: tuple[str, ...] = value(
        ("mother", "father", "parent", "legal guardian"),
        "The relations that count as legal guardian where the flag is blank and blank_legal_flag says so.",
        readings.words,
    )
    no_restriction_words: tuple[str, ...] = value(
        ("none", "no", "n/a"), "Restriction texts that mean there is none.", readings.words
    )
    restriction_words: tuple[str, ...] = value(
        ("restricted", "no contact", "no access", "no records", "court order", "restraining order"),
        "Restriction texts that shut a guardian out. Any other text holds the guardian until the SIS resolves it.",
        readings.words,
    )
    missing_birth_date: str = value(
        "no_pin",
        "Where the SIS has no birth date: no_pin, or last_name (the guardian gives the student's last name instead).",
        readings.one_of("no_pin", "last_name"),
    )
    grace_from: date | None = value(None, "The day on which imported accounts' grace period begins.", readings.day)
    grace_days: int = value(60, "How many days imported accounts keep access without a PIN.", readings.number(0, 366))
    inactivity_days: int = value(
        180,
        "How many days after the last sign-in an account that is activated again needs new PINs.",
        readings.number(1, 3660),
    )
    summer_from: date | None = value(None, "The first day of the summer break.", readings.day)
    summer_until: date | None = value(
        None, "Enrolments that end in the summer break count until this day.", readings.day
    )
    rights_pass_at_18: bool = value(
        True,
        "Whether access ends on the student's 18th birthday unless the SIS gives a ground to go on.",
        readings.yes_or_no,
    )
    school_year_start: str = value("07-01", "The month and day on which a school year begins.", readings.month_day)
    history_years: int = value(
        0,
        "How many years the portal keeps what the SIS said and says no more; 0 keeps it for good, so that every past look at "
        "a record can be explained.",
        readings.number(0, 100),
    )
    sync_run_days: int = value(
        90,
        "How many days the reports of old syncs are kept, with the rows they set aside and what they would have changed.",
        readings.number(7, 3660),
    )
    student_number_column: str = value(
        "identifier", "The column of users.csv that holds the Student ID.", readings.text
    )
    school_code_column: str = value("identifier", "The column of orgs.csv that holds the school code.", readings.text)
    brake_set_aside: int = value(
        5, "Over this share of rows set aside, in percent, a sync waits for a person.", readings.number(0, 100)
    )
    brake_students: int = value(
        5, "Over this share of students who would end, in percent, a sync waits for a person.", readings.number(0, 100)
    )
    brake_guardianships: int = value(
        5,
        "Over this share of guardianships that would end, in percent, a sync waits for a person.",
        readings.number(0, 100),
    )
    brake_enrolments: int = value(
        5,
        "Over this share of students who would stay and be enrolled nowhere, in percent, a sync waits for a person.",
        readings.number(0, 100),
    )
    brake_gains: int = value(
        5,
        "Over this share of guardianships that would newly count as legal, of students known before, in percent, a sync "
        "waits for a person.",
        readings.number(0, 100),
    )
    brake_floor: int = value(
        20,
        "Up to this many rows the shares do not count, unless more than half of all would vanish.",
        readings.number(0, 1000),
    )
    brake_restricted: int = value(
        0,
        "How many guardians students with a restriction may gain, and restrictions they may lose, before a sync waits.",
        readings.number(0, 1000),
    )
    sync_time: str = value(
        "02:00",
        "When the SIS is read every night, as HH:MM in the district's time zone. Nothing: it is read by hand alone.",
        readings.time_of_day,
    )
    sync_tries: int = value(
        5, "How often a night's sync is tried before somebody is told that it failed.", readings.number(1, 10)
    )
    sync_retry_minutes: int = value(
        10, "How long the second try waits; each one after it waits twice as long.", readings.number(0, 240)
    )
    oldest_data_hours: int = value(
        36, "How many hours old what the SIS said may become before somebody is told.", readings.number(1, 24 * 31)
    )
    reports_address: str = value(
        "", "The https address of the district's own dashboards; the Reporting tab links to it.", readings.https
    )
    alarm_emails: tuple[str, ...] = value(
        (), "Who is told by mail when a sync fails, waits for a person, or the data is old.", readings.emails
    )

    letter_languages: tuple[str, ...] = value(
        ("en", "es", "hy", "zh-hans", "zh-hant", "fa", "ko", "ru", "tl", "vi", "ar"),
        "The languages in which letters and slips are offered, by their tags. English always is.",
        readings.some_of(
            *("en", "es", "hy", "zh-hans", "zh-hant", "fa", "ko", "ru", "tl", "vi", "ar"), one_of_them=("en",)
        ),
    )
    one_pin_per_family: bool = value(
        False,
        "Whether a PIN that was used offers the same guardian's other students without another PIN.",
        readings.yes_or_no,
    )
    try_days: int = value(
        90,
        "How many days tries to add a student and the slips of used PINs are kept; then `openhouse prune` deletes them.",
        readings.number(1, 3650),
    )
    trail_name_years: int = value(
        0,
        "How many years after the last entry about somebody their name is kept in the audit trail; 0 keeps it for good.",
        readings.number(0, 100),
    )


_AT = Given("at", DateTimeField())
_STOOD = Q(valid_until=None, valid_from__lte=_AT) | Q(valid_until__gt=_AT, valid_from__lte=_AT)
CHOSEN = Question(lambda: Choice.objects.filter(_STOOD).values_list("name", Cast("value", TextField())))
FIELDS = {each.name: each for each in fields(Policy)}


def at(moment: datetime) -> Policy:
    """The district's policy as it was at that moment: defaults, and what was chosen by then."""
    return _policy(tuple(CHOSEN.ask(at=moment)))


@lru_cache(maxsize=16)
def _policy(chosen: tuple[tuple[str, str], ...]) -> Policy:
    """The policy of names and values as they are stored. Reading them takes longer than the database does."""
    return Policy(**{name: read(name, json.loads(text)) for name, text in chosen if name in FIELDS})


def since(name: str, moment: datetime) -> datetime | None:
    """Since when a value was what it was at that moment; None for a default that nobody had chosen otherwise."""
    return _chosen(moment).filter(name=name).values_list("valid_from", flat=True).first()


def outgrown(moment: datetime) -> list[str]:
    """What is wrong with values chosen by that moment that are out of today's bounds, as another release may have drawn them. While
    there is one, `at` raises PolicyRefused: no default takes its place, for that could open what the district had closed.
    """
    found = []
    for row in _chosen(moment).order_by("name"):
        try:
            _read([row])
        except PolicyRefused as refusal:
            found.append(str(refusal))
    return found


def seal(policy: Policy) -> str:
    """A short digest of all values, which a preview carries: where it differs at the saving, the preview is out of date."""
    stated = {name: readings.plain(getattr(policy, name)) for name in FIELDS}
    return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()[:32]


class PolicyRefused(ValueError):
    """The name is unknown or the value out of its bounds. The text says what is allowed."""


class PolicyMoved(Exception):
    """Somebody else changed a value since the preview was shown."""


def read(name: str, given: Any) -> Any:
    """A value from its text, or from what a file holds. Raises PolicyRefused."""
    if name not in FIELDS:
        raise PolicyRefused(f"There is no policy value {name!r}. `openhouse policy list` shows them all.")
    try:
        return FIELDS[name].metadata["read"](given)
    except ValueError as error:
        raise PolicyRefused(f"{name}: {error}") from error


def choose(*, name: str, text: Any, by: Actor, at: datetime, seen: str = "") -> Any:
    """Set one value from text, ending the one before. Returns the value read; the same value again changes nothing.

    `seen` is the seal of the policy that whoever chooses was shown. Raises PolicyRefused, and PolicyMoved where it is another.
    """
    found = read(name, text)
    with transaction.atomic():
        _wait_turn()
        _begin(name, readings.plain(found), by=by, at=at, seen=seen)
    return found


def _wait_turn() -> None:
    """One chooses at a time, whichever value: who comes second sees what the first one chose. Nobody who reads waits."""
    if connection.vendor == "postgresql":  # SQLite lets one write at a time anyway
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE policy_choice IN SHARE ROW EXCLUSIVE MODE")


def _begin(name: str, stored: Any, *, by: Actor, at: datetime, seen: str) -> None:
    present = {row.name: row for row in Choice.objects.filter(valid_until=None)}
    if seen and seen != seal(Policy(**_read(present.values()))):
        raise PolicyMoved
    current = present.get(name)
    if current and current.value == stored:
        return
    if current:
        Choice.objects.filter(pk=current.pk).update(valid_until=at)
    Choice.objects.create(name=name, value=stored, valid_from=at, chosen_by=by.key)
    record(event=Event.POLICY_SET, by=by, at=at, detail={"name": name, "value": stored})


def _chosen(moment: datetime) -> QuerySet[Choice]:
    return Choice.objects.filter(valid_from__lte=moment).filter(Q(valid_until=None) | Q(valid_until__gt=moment))


def _read(rows: Iterable[Choice]) -> dict[str, Any]:
    return {row.name: read(row.name, row.value) for row in rows if row.name in FIELDS}
