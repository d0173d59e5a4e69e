"""A row of guardianships.csv that does not say whose it is lifts no restriction, and one that restricts is heard."""

from __future__ import annotations

import pytest

from openhouse.district.models import Guardianship
from tests.sync.export import Export, Sync, mirror, pair

KEY = b"maya,leo"
LEO = pair("maya", "leo", relation="father", legal="false")
NO_ID_LEFT = {
    "both blank": b",",
    "both of broken UTF-8": b"\xff,\xfe",
    "the first cell lost": b"leo",
    "a cell too many before them": b"x,maya,leo",
    "a piece of one left": b"may",
}


def restrictions() -> dict[str, str]:
    """What restricts each pair."""
    rows = Guardianship.objects.filter(valid_until=None)
    return {f"{row.student.sourced_id} {row.guardian.sourced_id}": row.restriction for row in rows}


@pytest.fixture
def restricted(export: Export, sync: Sync) -> Export:
    """Last night Maya's father was restricted."""
    sync(export.set("guardianships.csv", "maya leo", restriction="no contact"))
    return export


@pytest.mark.parametrize("key", [b"maya,", b"maya, ", b"maya,\xff", b"maya,\0", b",leo", b"\xff,leo"])
def test_an_id_that_cannot_be_read_lifts_no_restriction(restricted: Export, sync: Sync, key: bytes) -> None:
    before = mirror()
    report = sync(restricted.spoil("guardianships.csv", "maya leo", KEY, key))
    assert (report.set_aside, mirror() == before) == (1, True)


@pytest.mark.parametrize("key", NO_ID_LEFT.values(), ids=NO_ID_LEFT)
def test_where_no_id_is_left_every_pair_keeps_yesterdays_facts(restricted: Export, sync: Sync, key: bytes) -> None:
    before = mirror()
    sync(restricted.spoil("guardianships.csv", "maya leo", KEY, key))
    assert mirror() == before


@pytest.mark.parametrize(
    ("key", "restriction"), [(b"maya,", "no contact"), (b",leo", "no contact"), (b"maya,l", "no contact"), (b",", "")]
)
def test_a_new_restriction_restricts_whom_the_row_can_mean(
    export: Export, sync: Sync, key: bytes, restriction: str
) -> None:
    sync(export)
    export.set("guardianships.csv", "maya leo", restriction="no contact", priority="first")
    sync(export.spoil("guardianships.csv", "maya leo", KEY, key))
    assert restrictions() == {"maya ana": "", "maya leo": restriction, "theo ana": "", "iris kim": ""}


def test_a_row_cut_off_after_the_student_restricts_whom_it_can_mean(export: Export, sync: Sync) -> None:
    sync(export)
    sync(export.spoil("guardianships.csv", "maya leo", export.text("guardianships.csv", LEO).encode(), b"maya\r\n"))
    assert restrictions() == {"maya ana": "", "maya leo": "unreadable", "theo ana": "", "iris kim": ""}


def test_it_restricts_a_new_pair_too(export: Export, sync: Sync) -> None:
    export.set("guardianships.csv", "maya leo", restriction="no contact")
    sync(export.spoil("guardianships.csv", "maya leo", KEY, b"maya,"))
    assert restrictions()["maya leo"] == "no contact"


def test_a_pair_without_a_link_stays_while_its_row_names_one_of_the_two(export: Export, sync: Sync) -> None:
    export.set("users.csv", "maya", agentSourcedIds="ana").set("users.csv", "leo", agentSourcedIds="")
    sync(export)
    before = mirror()
    sync(export.spoil("guardianships.csv", "maya leo", KEY, b"maya,"))
    assert mirror() == before


@pytest.mark.parametrize("key", ["maya leon", "maja leo", "maya vera"])
def test_a_misspelt_id_lifts_no_restriction(restricted: Export, sync: Sync, key: str) -> None:
    before = mirror()
    student, guardian = key.split()
    restricted.set("guardianships.csv", "maya leo", studentSourcedId=student, guardianSourcedId=guardian)
    assert sync(restricted).set_aside == 1
    assert mirror() == before


def test_a_row_of_somebody_whom_the_export_leaves_out_restricts_nobody_else(export: Export, sync: Sync) -> None:
    export.drop("guardianships.csv", "maya leo")
    sync(export)
    sync(export.add("guardianships.csv", pair("maya", "nobody", restriction="no contact")))
    assert set(restrictions().values()) == {""}


def test_a_row_of_somebody_whom_the_export_leaves_out_stops_no_ending(export: Export, sync: Sync) -> None:
    sync(export.add("guardianships.csv", pair("maya", "nobody")))
    export.set("users.csv", "maya", agentSourcedIds="ana").set("users.csv", "leo", agentSourcedIds="")
    sync(export.drop("guardianships.csv", "maya leo"))
    assert "maya leo" not in restrictions()


def test_a_row_of_somebody_who_is_gone_means_nobody_else(restricted: Export, sync: Sync, trusting: None) -> None:
    for name, key in (("users.csv", "kim"), ("roles.csv", "role-kim"), ("guardianships.csv", "maya leo")):
        restricted.drop(name, key)
    sync(restricted.set("guardianships.csv", "iris kim", studentSourcedId="maya"))
    assert restrictions()["maya leo"] == ""


@pytest.mark.parametrize("key", [b"", b"\xff"])
def test_a_birth_date_without_a_name_takes_nobody_s_away(export: Export, sync: Sync, key: bytes) -> None:
    sync(export)
    before = mirror()
    report = sync(export.spoil("demographics.csv", "maya", b"maya", key))
    assert (report.set_aside, mirror() == before) == (1, True)


@pytest.mark.parametrize("torn", [b"maya,ana,mothe", b'maya,ana,"mother\r\n'])
def test_a_row_that_ran_into_another_lifts_no_restriction(restricted: Export, sync: Sync, torn: bytes) -> None:
    before = restrictions()
    row = restricted.text("guardianships.csv", restricted.row("guardianships.csv", "maya leo")).encode()
    merged = torn + (row if b'"' not in torn else row.replace(b",father,", b'father",', 1))
    restricted.spoil(
        "guardianships.csv",
        "maya ana",
        restricted.text("guardianships.csv", restricted.row("guardianships.csv", "maya ana")).encode(),
        merged,
    )
    sync(restricted.drop("guardianships.csv", "maya leo"))
    assert restrictions()["maya leo"] == before["maya leo"]
