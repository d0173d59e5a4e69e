"""An unreadable restriction restricts; no row that was set aside lifts one."""

from __future__ import annotations

import pytest

from openhouse.district.models import Guardianship
from tests.sync.export import Export, Sync, pair


def leo() -> Guardianship:
    return Guardianship.objects.get(student__sourced_id="maya", guardian__sourced_id="leo")


@pytest.mark.parametrize(
    ("cells", "restriction"),
    [
        ({"priority": "first", "restriction": "no contact"}, "no contact"),
        ({"priority": "first", "restriction": "see file"}, "see file"),
        ({"priority": "first", "restriction": ""}, ""),
        ({"priority": "first", "restriction": "None"}, ""),
        ({"restriction": "x" * 256}, "unreadable"),
    ],
)
def test_a_row_set_aside_restricts_by_its_text(
    export: Export, sync: Sync, cells: dict[str, str], restriction: str
) -> None:
    sync(export)
    report = sync(export.set("guardianships.csv", "maya leo", legal="true", **cells))
    assert report.set_aside == 1
    assert (leo().restriction, leo().legal, leo().relation) == (restriction, False, "father")


@pytest.mark.parametrize(
    ("old", "new"),
    [(b",,,", b",\xff\xfe,,"), (b",,1", b",1"), (b"father", b'"father'), (b"father", b"fat,her")],
    ids=["broken UTF-8", "too few fields", "an open quotation mark", "too many fields"],
)
def test_a_restriction_that_cannot_be_read_restricts(export: Export, sync: Sync, old: bytes, new: bytes) -> None:
    sync(export)
    sync(export.spoil("guardianships.csv", "maya leo", old, new))
    assert leo().restriction == "unreadable"
    assert leo().relation == "father"


def test_a_neighbour_that_an_open_quotation_mark_swallows_is_not_restricted(export: Export, sync: Sync) -> None:
    sync(export)
    report = sync(export.spoil("guardianships.csv", "maya leo", b"father", b'"father'))
    assert report.set_aside == 3
    assert Guardianship.objects.exclude(restriction="").get() == leo()


def test_it_restricts_on_the_first_night_too(export: Export, sync: Sync) -> None:
    sync(export.set("guardianships.csv", "maya leo", priority="first", restriction="no contact"))
    assert (leo().restriction, leo().legal) == ("no contact", None)


def test_it_goes_on_restricting_until_the_row_is_mended(export: Export, sync: Sync, trusting: None) -> None:
    sync(export)
    sync(export.set("guardianships.csv", "maya leo", priority="first", restriction="no contact"))
    report = sync(export)
    assert report.nothing_changed
    sync(export.set("guardianships.csv", "maya leo", priority="1", restriction=""))
    assert leo().restriction == ""


def test_a_row_set_aside_does_not_lift_what_stands(export: Export, sync: Sync) -> None:
    sync(export.set("guardianships.csv", "maya leo", restriction="no contact"))
    sync(export.set("guardianships.csv", "maya leo", priority="first", restriction="none"))
    assert leo().restriction == "no contact"


def test_of_contradicting_rows_the_restriction_counts(export: Export, sync: Sync) -> None:
    sync(export)
    report = sync(export.add("guardianships.csv", pair("maya", "leo", relation="father", restriction="no contact")))
    assert report.set_aside == 2
    assert (leo().restriction, leo().relation) == ("no contact", "father")


def test_contradicting_restrictions_hold(export: Export, sync: Sync) -> None:
    export.set("guardianships.csv", "maya leo", restriction="restricted")
    sync(export.add("guardianships.csv", pair("maya", "leo", restriction="no contact")))
    assert leo().restriction == "unreadable"


def test_restrictions_stay_while_their_file_is_missing(export: Export, sync: Sync) -> None:
    sync(export.set("guardianships.csv", "maya leo", restriction="no contact"))
    del export.rows["guardianships.csv"]
    report = sync(export, without=["guardianships.csv"])
    assert leo().restriction == "no contact"
    assert any("earlier guardianships.csv" in note.what for note in report.notes)
    assert sync(export).nothing_changed
