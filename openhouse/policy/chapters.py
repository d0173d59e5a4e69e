"""The policy values in chapters, as pages and files show them: each value's title, when a change takes effect, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Words = str | Promise


class When(models.TextChoices):
    """When a change takes effect."""

    REQUEST = "request", _("at the next request")
    SYNC = "sync", _("with the next sync")
    PIN = "pin", _("with the next PIN that is made")
    CHECK = "check", _("with the next identity check")
    LETTER = "letter", _("with the next letter")
    NIGHT = "night", _("from the next night on")
    SIGN_IN = "sign in", _("at the next sign-in")
    PRUNE = "prune", _("when openhouse prune runs next")


@dataclass(frozen=True)
class Line:
    """One value in its chapter. `whom` says whom a change concerns."""

    name: str
    title: Words
    when: When
    whom: Words


@dataclass(frozen=True)
class Chapter:
    """A chapter: its title and its values."""

    title: Words
    lines: tuple[Line, ...]


CHECKED = _("Guardians whose identity is checked.")
BLANK = _("Guardians whose legal flag the SIS leaves blank.")
RESTRICTED = _("Guardians with a restriction text in the SIS.")
LEAVERS = _("Families whose student's enrolment ends in the summer break.")
IMPORTED = _("Accounts that came from the earlier portal.")
NOBODYS = _("Nobody's access changes.")
FAMILIES = _("Everybody with a parent account.")
EMPLOYEES = _("Employees who sign in with their district account.")
SYNCS = _("Nobody's access changes by itself: it decides when a sync waits for a person.")

CHAPTERS = (
    Chapter(
        _("The district"),
        (
            Line("district_name", _("Name of the district"), When.REQUEST, NOBODYS),
            Line("sis_name", _("Name of the SIS"), When.REQUEST, NOBODYS),
            Line("help_phone", _("Help line for families"), When.REQUEST, NOBODYS),
            Line("help_desk_phone", _("Help desk for staff"), When.REQUEST, NOBODYS),
            Line(
                "link_tiles", _("Link tiles"), When.REQUEST, _("Families of the schools and grades that a tile names.")
            ),
            Line("reports_address", _("The district's own dashboards"), When.REQUEST, NOBODYS),
            Line(
                "letter_languages",
                _("Languages of letters"),
                When.LETTER,
                _("Families who are given a letter from then on."),
            ),
        ),
    ),
    Chapter(
        _("PINs"),
        (
            Line(
                "pin_length",
                _("Digits of a PIN"),
                When.PIN,
                _("Guardians who are given a new PIN. Live PINs stay as they are."),
            ),
            Line(
                "pin_days",
                _("Days that a PIN lives"),
                When.PIN,
                _("Guardians who are given a new PIN. Live PINs keep their day."),
            ),
            Line(
                "missing_birth_date",
                _("Students without a birth date"),
                When.REQUEST,
                _("Guardians of students for whom the SIS has no birth date."),
            ),
        ),
    ),
    Chapter(
        _("Identity checks"),
        (
            Line("identity_questions", _("What is asked"), When.CHECK, CHECKED),
            Line("identity_documents", _("Kinds of ID accepted"), When.CHECK, CHECKED),
            Line("identity_checks_a_day", _("Checks of one guardian in a day"), When.CHECK, CHECKED),
        ),
    ),
    Chapter(
        _("Who is a guardian, and who is restricted"),
        (
            Line("blank_legal_flag", _("A blank legal flag"), When.REQUEST, BLANK),
            Line("legal_relations", _("Relations that count as legal"), When.REQUEST, BLANK),
            Line("restriction_words", _("Words that restrict"), When.REQUEST, RESTRICTED),
            Line("no_restriction_words", _("Words for no restriction"), When.REQUEST, RESTRICTED),
            Line(
                "rights_pass_at_18", _("Rights pass at 18"), When.REQUEST, _("Guardians of students of 18 and older.")
            ),
        ),
    ),
    Chapter(
        _("Parent accounts"),
        (
            Line(
                "one_pin_per_family",
                _("One PIN for a family"),
                When.REQUEST,
                _("Guardians who used a PIN and have more students."),
            ),
            Line(
                "student_limit",
                _("Students of one account"),
                When.REQUEST,
                _("Parents who add a student. Nobody loses one."),
            ),
            Line(
                "inactivity_days",
                _("Days of rest before new PINs are needed"),
                When.REQUEST,
                _("Accounts that are activated again."),
            ),
            Line("grace_from", _("First day of grace"), When.REQUEST, IMPORTED),
            Line("grace_days", _("Days of grace"), When.REQUEST, IMPORTED),
            Line(
                "district_email_domains",
                _("The district's email domains"),
                When.REQUEST,
                _("Parents who register or change their email. Accounts that there are stay."),
            ),
        ),
    ),
    Chapter(
        _("The school year"),
        (
            Line(
                "school_year_start",
                _("First day of the school year"),
                When.REQUEST,
                _(
                    "Locked PINs are counted anew from this day, and roles given from now on end the day before it. "
                    "Nobody's access changes today."
                ),
            ),
            Line("summer_from", _("First day of the summer break"), When.REQUEST, LEAVERS),
            Line("summer_until", _("Last day of the summer break"), When.REQUEST, LEAVERS),
        ),
    ),
    Chapter(
        _("Employees"),
        (
            Line(
                "sign_in_again_minutes",
                _("Minutes before signing in again"),
                When.REQUEST,
                _("Employees who change roles or policy or take an export."),
            ),
        ),
    ),
    Chapter(
        _("How families sign in"),
        (
            Line("guardian_second_factor", _("A second step at sign-in"), When.REQUEST, FAMILIES),
            Line("guardian_idle_minutes", _("Minutes without a click"), When.REQUEST, FAMILIES),
            Line("guardian_session_hours", _("Hours in all"), When.REQUEST, FAMILIES),
        ),
    ),
    Chapter(
        _("How employees sign in"),
        (
            Line("employee_idle_minutes", _("Minutes without a click"), When.REQUEST, EMPLOYEES),
            Line("employee_session_hours", _("Hours in all"), When.REQUEST, EMPLOYEES),
            Line("second_factor_required", _("A second factor at the identity provider"), When.SIGN_IN, EMPLOYEES),
            Line("second_factor_words", _("What counts as a second factor"), When.SIGN_IN, EMPLOYEES),
            Line("group_roles", _("Roles that groups carry"), When.SIGN_IN, EMPLOYEES),
        ),
    ),
    Chapter(
        _("The sync"),
        (
            Line(
                "student_number_column",
                _("Column of the Student ID"),
                When.SYNC,
                _("Every student: the next sync reads Student IDs from this column."),
            ),
            Line(
                "school_code_column",
                _("Column of the school code"),
                When.SYNC,
                _("Every school: roles name schools by their codes."),
            ),
            Line("sync_time", _("Time of the nightly sync"), When.NIGHT, NOBODYS),
            Line("sync_tries", _("Tries of a night"), When.NIGHT, NOBODYS),
            Line("sync_retry_minutes", _("Minutes before the second try"), When.NIGHT, NOBODYS),
            Line("oldest_data_hours", _("Hours after which data is old"), When.REQUEST, NOBODYS),
            Line("alarm_emails", _("Who is told of alarms"), When.REQUEST, _("Those named. Nobody's access changes.")),
        ),
    ),
    Chapter(
        _("When a sync waits for a person"),
        (
            Line("brake_set_aside", _("Rows set aside, in percent"), When.SYNC, SYNCS),
            Line("brake_students", _("Students who would end, in percent"), When.SYNC, SYNCS),
            Line("brake_guardianships", _("Guardianships that would end, in percent"), When.SYNC, SYNCS),
            Line("brake_enrolments", _("Students who would be enrolled nowhere, in percent"), When.SYNC, SYNCS),
            Line("brake_gains", _("Guardians who would gain access, in percent"), When.SYNC, SYNCS),
            Line("brake_floor", _("Rows up to which shares do not count"), When.SYNC, SYNCS),
            Line("brake_restricted", _("Gains beside a restriction"), When.SYNC, SYNCS),
        ),
    ),
    Chapter(
        _("What is kept"),
        (
            Line(
                "history_years",
                _("Years that the SIS's history is kept"),
                When.PRUNE,
                _("Nobody's access changes. Older versions are deleted for good."),
            ),
            Line("sync_run_days", _("Days that reports of syncs are kept"), When.PRUNE, NOBODYS),
            Line("try_days", _("Days that tries and used slips are kept"), When.PRUNE, NOBODYS),
            Line("trail_name_years", _("Years that names are kept in the audit trail"), When.PRUNE, NOBODYS),
        ),
    ),
)
LINES = {line.name: line for chapter in CHAPTERS for line in chapter.lines}

WORDS: dict[str, Words] = {
    "offered": _("offered to all"),
    "required": _("required of all"),
    "not_legal": _("no legal guardian"),
    "legal_for_relations": _("a legal guardian, for some relations"),
    "no_pin": _("they get no PIN"),
    "last_name": _("the guardian gives the student's last name instead"),
    "birth_date": _("date of birth"),
    "name": _("first and last name"),
    "grade": _("grade"),
    "address": _("address"),
    "phone": _("phone"),
    "emergency_phone": _("emergency contact phone"),
}
"""What the words that a value may be stand for."""
