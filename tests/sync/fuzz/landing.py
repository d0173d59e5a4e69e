"""A case that lands in a real database: what is sound stands in the mirror, and no damage lifts a restriction."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

from django.db import transaction

from openhouse.district.models import Guardian, Guardianship, Student
from openhouse.sync import runs
from openhouse.sync.models import SyncRun
from openhouse.sync.refusals import SyncRefused
from openhouse.sync.sources.oneroster_csv import open_package
from tests.sync.export import BY, night
from tests.sync.fuzz import cases, oracle
from tests.sync.fuzz.exports import TOKEN, Made, Row


def run(seed: int, number: int, folder: Path, figures: Counter[str]) -> None:
    """Check case `number` as every case, then land it, and leave the database as it was."""
    good, spoilt, read, good_path, path = cases.run(seed, number, folder, figures, bulk=True)
    with transaction.atomic():
        after_good = Random(number).random() < 0.7
        if after_good:
            runs.land(open_package(good_path), at=night(1), by=BY)
        restricted = Guardianship.objects.exclude(restriction="").values_list(
            "student__sourced_id", "guardian__sourced_id"
        )
        before = list(restricted)
        try:
            report = runs.land(open_package(path), at=night(2), by=BY, older=True)
            said = str(report.plain())
        except SyncRefused as refusal:
            said = str(refusal)
        assert not TOKEN.search(said), said
        landed = SyncRun.objects.filter(started_at=night(2), state="landed").exists()
        assert not (landed and read.refused)
        if landed and spoilt is not None:
            figures["landed"] += 1
            check(good, spoilt, figures, before)
        transaction.set_rollback(True)


def check(good: Made, spoilt: Made, figures: Counter[str], restricted: list[tuple[str, str]]) -> None:
    """The mirror has every person and pair that no damage touches, with their facts; no restriction was lifted by any."""
    files = {name: b"".join(lines) for name, lines in spoilt.lines.items()}
    compared = {
        name: oracle.compare(good, name, files[name]) for name in good.lines if name != "manifest.csv" and name in files
    }
    if (
        None in compared.values()
        or set(compared) != set(good.rows)
        or spoilt.lines["manifest.csv"] != good.lines["manifest.csv"]
    ):
        return
    touched = _touched(good, compared, files)
    clean = [row for row in good.rows["users.csv"] if not _tokens(row) & touched]
    sure = {row["sourcedId"] for row in clean if not _org_tokens(good, row) & touched}
    for row in (row for row in clean if row["sourcedId"] in sure):
        _check_person(good, row, figures)
    for row in good.rows["guardianships.csv"]:
        ends = (row["studentSourcedId"], row["guardianSourcedId"])
        found = Guardianship.objects.filter(student__sourced_id=ends[0], guardian__sourced_id=ends[1], valid_until=None)
        if sure.issuperset(ends) and not _tokens(row) & touched:
            figures["pairs in the mirror"] += 1
            assert found.get().restriction == row.get("restriction", "")
        elif ends in restricted and not _says_otherwise(files["guardianships.csv"], ends):
            figures["restrictions that held"] += found.exists()
            assert all(pair.restriction for pair in found), ends


def _touched(good: Made, compared: dict[str, oracle.Lines | None], files: dict[str, bytes]) -> set[str]:
    """The tokens in every line that is not sound, and in every line of the good export that is gone or stands twice."""
    touched: set[str] = set()
    for name, lines in compared.items():
        assert lines
        physical = files[name].split(b"\n")
        for record in lines.others:
            text = b"\n".join(physical[record.first - 1 : record.last]).decode(errors="replace")
            touched |= set(TOKEN.findall(text)) | set(TOKEN.findall(text.replace("F", "Q")))
        count = Counter(map(id, lines.sound.values()))
        for row in good.rows[name]:
            if not count[id(row)]:
                touched |= set(TOKEN.findall(str(row)))
    return touched


def _tokens(row: Row) -> set[str]:
    return set(TOKEN.findall(str(row)))


def _org_tokens(good: Made, row: Row) -> set[str]:
    """The tokens of a person's roles and of the orgs that these name."""
    roles = [role for role in good.rows.get("roles.csv", []) if role["userSourcedId"] == row["sourcedId"]] or [row]
    return set().union(*(_tokens(role) for role in roles))


def _check_person(good: Made, row: Row, figures: Counter[str]) -> None:
    birth = next((each for each in good.rows["demographics.csv"] if each["sourcedId"] == row["sourcedId"]), None)
    model = Student if birth else Guardian
    if row.get("role") == "teacher" or row.get("identifier", "").startswith("E"):
        return
    figures["people in the mirror"] += 1
    found = model.objects.get(sourced_id=row["sourcedId"], valid_until=None)
    assert (found.given_name, found.family_name) == (row["givenName"], row["familyName"])
    if isinstance(found, Student):
        assert found.number == row["identifier"]


def _says_otherwise(content: bytes, ends: tuple[str, str]) -> bool:
    """Whether a line that can be read says of these two that there is no restriction, or the file does not name them."""
    named = [
        record
        for record in oracle.records(content)
        if record.cells and set(ends) <= {_text(cell) for cell in record.cells}
    ]
    return not named or any(len(record.cells or []) == 10 and not (record.cells or [])[7].strip() for record in named)


def _text(cell: bytes) -> str:
    return cell.decode(errors="replace")
