"""A row that breaks a rule is set aside with file, line, column and reason; the rest goes in, and no value gets out."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from openhouse.audit.models import Entry
from openhouse.district.models import Guardian, Guardianship, Student
from openhouse.sync.models import SetAsideRow, SyncRun
from openhouse.sync.summary import text
from tests.sync.export import Export, Sync, mirror, pair, person, role, student

LONG = "x" * 256
type Bend = Callable[[Export], object]

ONE_ROW: dict[str, tuple[Bend, str, str, str, str]] = {
    "too few fields": (
        lambda e: e.spoil("users.csv", "maya", b",Maya,Lopez", b",Maya"),
        "users.csv", "maya", "", "too few fields",
    ),
    "too many fields": (
        lambda e: e.spoil("users.csv", "maya", b",Maya,", b",Ma,ya,"),
        "users.csv", "maya", "", "too many fields",
    ),
    "broken UTF-8": (
        lambda e: e.spoil("users.csv", "maya", b"Maya", b"Ma\xff\xfeya"),
        "users.csv", "maya", "givenName", "is not UTF-8",
    ),
    "a NUL": (
        lambda e: e.spoil("users.csv", "maya", b"Maya", b"Ma\0ya"),
        "users.csv", "maya", "givenName", "holds a control character or a line break",
    ),
    "a line break in a field": (
        lambda e: e.spoil("users.csv", "maya", b"Maya", b'"Ma\r\nya"'),
        "users.csv", "maya", "", "a field holds a line break",
    ),
    "a value that is too long": (
        lambda e: e.set("users.csv", "maya", givenName=LONG),
        "users.csv", "maya", "givenName", "is longer than 255 characters",
    ),
    "a language that is too long": (
        lambda e: e.set("users.csv", "maya", **{"metadata.homeLanguage": "x" * 36}),
        "users.csv", "maya", "metadata.homeLanguage", "is longer than 35 characters",
    ),
    "a blank family name": (
        lambda e: e.set("users.csv", "maya", familyName=" "), "users.csv", "maya", "familyName", "is blank",
    ),
    "a boolean that is none": (
        lambda e: e.set("users.csv", "maya", enabledUser="perhaps"),
        "users.csv", "maya", "enabledUser", "is neither true nor false",
    ),
    "an unknown status": (
        lambda e: e.set("users.csv", "maya", status="perhaps"),
        "users.csv", "maya", "status", "is neither blank, active nor tobedeleted",
    ),
    "an unknown ground at 18": (
        lambda e: e.set("users.csv", "maya", **{"metadata.eligibleGround": "perhaps"}),
        "users.csv", "maya", "metadata.eligibleGround", "is neither blank, dependent nor consent",
    ),
    "a blank Student ID": (
        lambda e: e.set("users.csv", "maya", identifier=""),
        "users.csv", "maya", "identifier",
        "a student without a Student ID (the setting student_number_column names another column)",
    ),
    "a link to nobody": (
        lambda e: e.set("users.csv", "maya", agentSourcedIds="ana,leo,perhaps"),
        "users.csv", "maya", "agentSourcedIds", "refers to nobody in users.csv",
    ),
    "a link to an employee": (
        lambda e: e.set("users.csv", "maya", agentSourcedIds="ana,leo,vera"),
        "users.csv", "maya", "agentSourcedIds", "joins two people who are not a student and a guardian by their roles",
    ),
    "an impossible day": (
        lambda e: e.set("demographics.csv", "maya", birthDate="2015-02-29"),
        "demographics.csv", "maya", "birthDate", "is not a day that exists, as YYYY-MM-DD",
    ),
    "a day in another shape": (
        lambda e: e.set("demographics.csv", "maya", birthDate="20150228"),
        "demographics.csv", "maya", "birthDate", "is not a day that exists, as YYYY-MM-DD",
    ),
    "a birth in the future": (
        lambda e: e.set("demographics.csv", "maya", birthDate="2026-12-24"),
        "demographics.csv", "maya", "birthDate", "lies in the future",
    ),
    "a role of nobody": (
        lambda e: e.add("roles.csv", role("perhaps", "student", "oak")),
        "roles.csv", "role-perhaps", "userSourcedId", "refers to nobody in users.csv",
    ),
    "a birth of nobody": (
        lambda e: e.add("demographics.csv", {"sourcedId": "perhaps"}),
        "demographics.csv", "perhaps", "sourcedId", "refers to nobody in users.csv",
    ),
    "an unknown role": (
        lambda e: e.set("roles.csv", "role-maya", role="perhaps"),
        "roles.csv", "role-maya", "role", "is no role that the standard knows",
    ),
    "an unknown kind of role": (
        lambda e: e.set("roles.csv", "role-maya", roleType="perhaps"),
        "roles.csv", "role-maya", "roleType", "is neither primary nor secondary",
    ),
    "a role nowhere": (
        lambda e: e.set("roles.csv", "role-maya", orgSourcedId="perhaps"),
        "roles.csv", "role-maya", "orgSourcedId", "refers to no org in orgs.csv",
    ),
    "an end before the beginning": (
        lambda e: e.set("roles.csv", "role-maya", beginDate="2026-08-13", endDate="2026-08-12"),
        "roles.csv", "role-maya", "endDate", "lies before beginDate",
    ),
    "an unknown type of org": (
        lambda e: e.set("orgs.csv", "district", type="perhaps"),
        "orgs.csv", "district", "type", "is no type of org that the standard knows",
    ),
    "a pair with an unknown student": (
        lambda e: e.add("guardianships.csv", pair("perhaps", "ana")),
        "guardianships.csv", "perhaps ana", "studentSourcedId", "refers to nobody in users.csv",
    ),
    "a pair with an employee": (
        lambda e: e.add("guardianships.csv", pair("maya", "vera")),
        "guardianships.csv", "maya vera", "guardianSourcedId", "refers to a person who is no guardian by their roles",
    ),
    "a priority in words": (
        lambda e: e.set("guardianships.csv", "maya ana", priority="perhaps"),
        "guardianships.csv", "maya ana", "priority", "is not a whole number",
    ),
    "a legal flag in words": (
        lambda e: e.set("guardianships.csv", "maya ana", legal="perhaps"),
        "guardianships.csv", "maya ana", "legal", "is neither true nor false",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ONE_ROW)
def test_a_bad_row_is_set_aside_alone(case: str, export: Export, sync: Sync) -> None:
    bend, file, key, column, reason = ONE_ROW[case]
    bend(export)
    report = sync(export)
    assert [(group.file, group.lines, group.column, group.reason) for group in report.groups] == [
        (file, [export.line(file, key)], column, reason)
    ]
    kept = SetAsideRow.objects.get()
    assert (kept.file, kept.line, kept.column, kept.reason) == (file, export.line(file, key), column, reason)


@pytest.mark.parametrize("case", ONE_ROW)
def test_yesterdays_facts_stay_for_the_key_of_a_bad_row(case: str, export: Export, sync: Sync) -> None:
    sync(export)
    before = mirror()
    ONE_ROW[case][0](export)
    report = sync(export)
    assert (report.set_aside, report.nothing_changed) == (1, True)
    assert mirror() == before


def test_who_has_no_legible_role_and_no_row_set_aside_is_ended(export: Export, sync: Sync) -> None:
    sync(export)
    report = sync(export.set("roles.csv", "role-maya", userSourcedId="nobody"))
    assert Student.objects.get(sourced_id="maya").valid_until is not None
    assert {group.file for group in report.groups} == {"roles.csv", "users.csv", "guardianships.csv"}


@pytest.mark.parametrize("case", ONE_ROW)
def test_no_value_gets_out(case: str, export: Export, sync: Sync) -> None:
    ONE_ROW[case][0](export)
    report = sync(export)
    said = (
        text(report)
        + json.dumps(report.plain())
        + str(list(Entry.objects.values()))
        + str(list(SyncRun.objects.values()))
    )
    for secret in ("perhaps", LONG, "Maya", "Lopez", "maya", "2015-02-29", "20150228", "S-1", "mail.example"):
        assert secret not in said


def test_of_contradicting_duplicates_none_is_believed(export: Export, sync: Sync) -> None:
    sync(export)
    before = mirror()
    report = sync(
        export.add("users.csv", person("ana", "Ana", email="thief@mail.example", agentSourcedIds="maya,theo"))
    )
    assert [(group.lines, group.count) for group in report.groups] == [([5, 9], 2)]
    assert mirror() == before


def test_a_duplicate_that_differs_in_its_links_alone_is_not_believed(export: Export, sync: Sync) -> None:
    report = sync(export.add("users.csv", person("kim", "Kim", agentSourcedIds="iris,maya")))
    assert report.set_aside == 2
    assert not Guardian.objects.filter(sourced_id="kim").exists()


def test_the_same_row_twice_counts_once(export: Export, sync: Sync) -> None:
    for name, key in (
        ("users.csv", "ana"),
        ("guardianships.csv", "maya ana"),
        ("roles.csv", "role-ana"),
        ("orgs.csv", "oak"),
    ):
        export.add(name, dict(export.row(name, key)))
    report = sync(export)
    assert report.set_aside == 0
    assert {text for text, _count in report.warnings} == {
        f"{name}: the same row twice; taken once"
        for name in ("users.csv", "guardianships.csv", "roles.csv", "orgs.csv")
    }
    assert Guardianship.objects.count() == 4


def test_a_shared_student_id_sets_all_its_holders_aside(export: Export, sync: Sync) -> None:
    sync(export)
    before = mirror()
    report = sync(export.set("users.csv", "theo", identifier="s-1"))
    assert [(group.column, group.lines) for group in report.groups] == [("identifier", [2, 3])]
    assert "student_number_column" in report.groups[0].reason
    assert mirror() == before


def test_a_newcomer_cannot_take_the_student_id_of_one_who_is_set_aside(export: Export, sync: Sync) -> None:
    sync(export)
    export.set("users.csv", "maya", familyName="")
    export.add("users.csv", student("noah", "Noah", "S-1", "")).add("roles.csv", role("noah", "student", "oak"))
    sync(export)
    assert list(Student.objects.filter(number="S-1").values_list("sourced_id", flat=True)) == ["maya"]


def test_a_quotation_mark_that_is_not_closed_costs_only_what_it_swallows(export: Export, sync: Sync) -> None:
    sync(export)
    before = mirror()
    export.spoil("users.csv", "maya", b",Maya,", b',"Maya,')
    report = sync(export)
    assert report.set_aside >= 1
    assert mirror() == before


def test_a_line_break_in_a_field_cannot_forge_a_row(export: Export, sync: Sync) -> None:
    forged = export.text("guardianships.csv", pair("maya", "kim")).encode()
    export.spoil("guardianships.csv", "theo ana", b"mother", b'"mother\r\n' + forged.rstrip() + b'"')
    sync(export)
    assert not Guardianship.objects.filter(student__sourced_id="maya", guardian__sourced_id="kim").exists()


def test_people_of_a_row_set_aside_wait_until_it_is_mended(export: Export, sync: Sync) -> None:
    report = sync(export.set("users.csv", "ana", familyName=""))
    assert not Guardianship.objects.filter(guardian__sourced_id="ana").exists()
    assert report.set_aside == 1
    assert sum(count for text, count in report.warnings if "waits" in text) == 4
    sync(Export())
    assert Guardianship.objects.filter(guardian__sourced_id="ana").count() == 2


def test_a_readable_change_goes_in_though_the_student_is_set_aside(export: Export, sync: Sync) -> None:
    sync(export)
    export.set("users.csv", "maya", familyName="")
    sync(export.set("guardianships.csv", "maya leo", restriction="no contact"))
    assert Guardianship.objects.get(guardian__sourced_id="leo").restriction == "no contact"
    assert Student.objects.get(sourced_id="maya").valid_until is None
