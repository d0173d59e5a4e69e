"""A night that changes little ends as a night on which everything is looked at."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from openhouse.sync import brake, memory, neighbourhood, runs
from openhouse.sync.models import SetAsideRow
from openhouse.sync.sources.oneroster_csv import sheet
from tests.sync.export import Export, land, mirror, pair, person, role, student

FAMILIES = 14
NIGHTS = 17
SEEDS = int(os.environ.get("SEEDS", "8"))


@pytest.fixture(autouse=True)
def always_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the district: only the people around a change are looked at, few rows are read at once and sought ahead, and
    nothing waits for a person."""
    monkeypatch.setattr(sheet, "ROWS_A_BLOCK", 3)
    monkeypatch.setattr(sheet, "KNOWN_ROWS_A_BLOCK", 6)
    monkeypatch.setattr(memory, "AHEAD", 4)
    monkeypatch.setattr(neighbourhood, "FEW", 100.0)
    monkeypatch.setattr(brake, "reasons", lambda *_arguments, **_named: [])


def district() -> Export:
    """Families of one to three children, some with two guardians."""
    export = Export()
    for number in range(FAMILIES):
        children = [f"child-{number}-{place}" for place in range(1 + number % 3)]
        parents = [f"parent-{number}-{place}" for place in range(1 + number % 2)]
        for child in children:
            export.add("users.csv", student(child, "Child", f"N-{child}", ",".join(parents)))
            export.add("roles.csv", role(child, "student", "oak" if number % 2 else "elm"))
            export.add("demographics.csv", {"sourcedId": child, "birthDate": "2014-03-02"})
        for parent in parents:
            export.add("users.csv", person(parent, "Parent", agentSourcedIds=",".join(children)))
            export.add("roles.csv", role(parent, "parent", "district"))
            for child in children:
                export.add("guardianships.csv", pair(child, parent, relation="mother"))
    return export


def disturb(export: Export, dice: random.Random) -> None:
    """One thing that a night may bring: good, bad, or mended."""
    name = dice.choice(["users.csv", "users.csv", "roles.csv", "demographics.csv", "guardianships.csv", "orgs.csv"])
    rows = export.rows[name]
    row = dice.choice(rows)
    column = dice.choice(export.headers[name])
    other = dice.choice(rows)
    match dice.randrange(11):
        case 8:  # whoever was set aside leaves, or comes back
            broken = [each for each in rows if each.get("status") == "nonsense"]
            for each in broken:
                rows.remove(each) if dice.random() < 0.5 else each.pop("status")
        case 9 if "status" in export.headers[name]:
            row["status"] = "nonsense"
        case 10:  # two students share a Student ID
            students = [each for each in export.rows["users.csv"] if each.get("identifier", "").startswith("N-")]
            dice.choice(students)["identifier"] = dice.choice(students)["identifier"].lower()
        case 0 if len(rows) > 3:
            rows.remove(row)
        case 1:
            rows.append(dict(row))
        case 2:
            rows.append(dict(row) | {column: other.get(column, "")})
        case 3:
            row[column] = other.get(column, "")
        case 4:
            row[column] = dice.choice(["", "nonsense", "true", "no contact", "2015-02-29", "student", "relative"])
        case 5:
            dice.shuffle(rows)
        case 6:
            first = export.headers[name][0]
            row[first] = dice.choice(["", "nobody", other[first]])
        case _:
            rows.insert(dice.randrange(len(rows)), dict(row))


def told(report: Any) -> list[tuple[Any, ...]]:
    """The rows that a run set aside."""
    rows = SetAsideRow.objects.filter(run=report.run)
    return sorted(rows.values_list("file", "line", "column", "reason", "value"))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_is_passed_over_has_not_changed(db: None, tmp_path: Path, seed: int) -> None:
    dice, export, number = random.Random(seed), district(), 1
    land(export.zip(tmp_path / "0.zip"), number)
    for night in range(1, NIGHTS):
        for _change in range(dice.randrange(4)):
            disturb(export, dice)
        path = export.zip(tmp_path / f"{night}.zip")
        little, number = land(path, number + 1), number + 1
        if night % 4:
            continue  # several nights in a row look at little alone
        after = mirror()
        whole, number = land(path, number + 1, whole=True), number + 1
        assert whole.nothing_changed, f"seed {seed}, night {night}: {whole.entities}"
        assert mirror() == after
        assert told(little) == told(whole), f"seed {seed}, night {night}"


def test_little_is_read_again(db: None, tmp_path: Path) -> None:
    export = district()
    land(export.zip(tmp_path / "1.zip"), 1)
    export.set("users.csv", "child-0-0", middleName="Ray")
    report = land(export.zip(tmp_path / "2.zip"), 2)
    assert (report.scope, report.entities["student"].changed, report.total("ended")) == ("changes", 1, 0)


def test_a_statement_that_was_lost_is_read_again_whole(db: None, tmp_path: Path) -> None:
    path = district().zip(tmp_path / "1.zip")
    land(path, 1)
    runs.SyncRun.objects.update(statement="another")
    report = land(path, 2)
    assert (report.scope, report.nothing_changed) == ("everything", True)


@pytest.mark.django_db
def test_nobody_ends_with_the_second_row_of_theirs(tmp_path: Path) -> None:
    export = district()
    rows = export.rows["users.csv"]
    place, parent = next((place, row) for place, row in enumerate(rows) if place > 18 and row["givenName"] == "Parent")
    land(export.zip(tmp_path / "1.zip"), 1)
    leaving, rows[6] = rows[6], dict(parent)
    roles = export.rows["roles.csv"]
    roles[:] = [each for each in roles if each["userSourcedId"] != leaving["sourcedId"]]
    land(export.zip(tmp_path / "2.zip"), 2)
    del rows[place]
    land(export.zip(tmp_path / "3.zip"), 3)
    assert [row["valid_until"] for row in mirror()["Guardian"] if row["sourced_id"] == parent["sourcedId"]] == [None]
