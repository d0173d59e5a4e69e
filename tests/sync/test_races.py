"""A sync lands while families enter PINs and schools make them: nobody waits in a circle, and nobody is turned away."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openhouse.access import pins, ties
from openhouse.audit import trail
from openhouse.district import mirror
from openhouse.district.models import Guardianship
from openhouse.sync import runs
from tests import cast as make
from tests.access.test_races import at_once, kinds
from tests.sync.export import BY, Export, land, night, pair, person, role, student

pytestmark = pytest.mark.django_db(transaction=True)
FAMILIES = 12
LONG_ENOUGH = 1.0
"""Seconds that a page is held up where it would meet the sync, if the two could meet."""


def district() -> Export:
    """Twelve families of one student and one guardian."""
    export = Export()
    for number in range(FAMILIES):
        child, parent = f"child-{number}", f"parent-{number}"
        export.add("users.csv", student(child, "Child", f"C-{number}", parent))
        export.add("users.csv", person(parent, "Parent", agentSourcedIds=child))
        export.add("roles.csv", role(child, "student", "oak")).add("roles.csv", role(parent, "parent", "district"))
        export.add("demographics.csv", {"sourcedId": child, "birthDate": "2015-01-01"})
        export.add("guardianships.csv", pair(child, parent, relation="mother"))
    return export


def everything_changes(export: Export) -> Export:
    """Of every family, student, guardian and guardianship have changed, and there is a second child."""
    for number in range(FAMILIES):
        export.set("users.csv", f"parent-{number}", phone="213-555-0199")
        export.set("users.csv", f"child-{number}", middleName="Q.")
        export.set("guardianships.csv", f"child-{number} parent-{number}", relation="aunt")
    return second_children_come(export)


def second_children_come(export: Export) -> Export:
    """Every guardian has a second child; nothing else has changed."""
    for number in range(FAMILIES):
        export.add("guardianships.csv", pair("iris", f"parent-{number}"))
    return export


def held_up(doing: Callable[..., Any], until: threading.Event) -> Callable[..., Any]:
    """The same doing, once that has happened or cannot happen any more."""

    def do(*arguments: Any, **named: Any) -> Any:
        until.wait(LONG_ENOUGH)
        return doing(*arguments, **named)

    return do


def telling(doing: Callable[..., Any], event: threading.Event, when: Callable[..., bool]) -> Callable[..., Any]:
    """The same doing, which tells when it has been done."""

    def do(*arguments: Any, **named: Any) -> Any:
        found = doing(*arguments, **named)
        if when(*arguments):
            event.set()
        return found

    return do


class Night:
    """The next night's export, and families with a PIN in their hands."""

    def __init__(self, folder: Path, bend: Callable[[Export], Export]) -> None:
        export = district()
        land(export.zip(folder / "night-1.zip"), 1)
        self.path = bend(export).zip(folder / "night-2.zip")
        pairs = Guardianship.objects.filter(guardian__sourced_id__startswith="parent-").select_related("student")
        self.pairs = list(pairs.order_by("pk"))
        self.at = night(2)

    def land(self) -> runs.Report:
        """The sync."""
        return land(self.path, 2)

    def redeems(self, families: slice) -> list[Callable[[], object]]:
        """Families that enter their PINs."""
        given = [(each, make.give(each, at=self.at)) for each in self.pairs[families]]
        accounts = [make.account(f"{number}@home.example") for number in range(len(given))]
        return [
            lambda a=account, s=each.student, c=code: make.redeem(a, s, c, at=self.at)
            for account, (each, code) in zip(accounts, given, strict=True)
        ]

    def renews(self, families: slice) -> list[Callable[[], object]]:
        """Schools that make new PINs."""
        return [lambda g=each: pins.renew(guardianship=g, by=BY, at=self.at) for each in self.pairs[families]]


@pytest.fixture
def tonight(transactional_db: None, tmp_path: Path) -> Night:
    """A night on which everything changes."""
    return Night(tmp_path, everything_changes)


def test_a_sync_lands_among_pins_that_are_entered_and_made(tonight: Night) -> None:
    doings = [*tonight.redeems(slice(6)), *tonight.renews(slice(6, FAMILIES))]
    landing = [tonight.land]
    found = at_once(itertools.chain(doings[:6], landing, doings[6:]))
    assert kinds(found) == {"Association": 6, "Pin": 6, "Report": 1}
    assert set(Guardianship.objects.filter(pk__in=[each.pk for each in tonight.pairs]).values_list("relation")) == {
        ("aunt",)
    }
    assert trail.verify().broken_at is None


def test_a_sync_that_has_a_guardian_does_not_wait_for_a_page_that_wants_the_guardian(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    guardians_in = threading.Event()
    monkeypatch.setattr(
        mirror, "apply", telling(mirror.apply, guardians_in, lambda _connection, entity: entity is mirror.GUARDIAN)
    )
    monkeypatch.setattr(ties, "tie", held_up(ties.tie, guardians_in))
    found = at_once([*tonight.redeems(slice(1)), tonight.land])
    assert kinds(found) == {"Association": 1, "Report": 1}


def test_a_sync_that_writes_to_the_trail_does_not_wait_for_a_page_that_wants_to(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tonight, written = Night(tmp_path, second_children_come), threading.Event()
    monkeypatch.setattr(runs, "record", telling(runs.record, written, lambda: True))
    monkeypatch.setattr(ties, "record", held_up(ties.record, written))
    found = at_once([*tonight.redeems(slice(1)), tonight.land])
    assert kinds(found) == {"Association": 1, "Report": 1}
