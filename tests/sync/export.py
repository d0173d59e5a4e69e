"""A small OneRoster 1.2 export that tests bend: three students at two schools, and the people around them."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from openhouse.audit.trail import Actor
from openhouse.demo.oneroster import HEADERS
from openhouse.policy.values import Policy
from openhouse.sync import runs
from openhouse.sync.batches import Row
from openhouse.sync.memory import Memory
from openhouse.sync.report import Report
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv import open_package
from openhouse.sync.sources.oneroster_csv.layouts import KEYS
from openhouse.sync.sources.oneroster_csv.manifest import DATA_FILES

type Sync = Callable[..., Report]
NIGHT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)
"""When the export was written; a zip has no time zone."""
BY = Actor.system("sync")
STAMPS = {"status": "active", "dateLastModified": "2026-11-19T20:00:00.000Z"}
"""What a delta's rows have."""
USERS_1_1 = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password"
)


def night(number: int) -> datetime:
    """The instant of the n-th night's sync, from 1."""
    return NIGHT + timedelta(days=number - 1)


class Export:
    """Rows by file, each a mapping from column to text. `raw` replaces a row's line (from 2) by bytes."""

    def __init__(self) -> None:
        self.headers = {name: header.split(",") for name, header in HEADERS.items()}
        self.rows: dict[str, list[dict[str, str]]] = {
            "orgs.csv": [
                {"sourcedId": "district", "name": "The district", "type": "district", "identifier": "1"},
                {"sourcedId": "oak", "name": "Oak School", "type": "school", "identifier": "1001"},
                {"sourcedId": "elm", "name": "Elm School", "type": "school", "identifier": "1002"},
            ],
            "users.csv": [
                student("maya", "Maya", "S-1", "ana,leo"),
                student("theo", "Theo", "S-2", "ana"),
                student("iris", "Iris", "S-3", "kim"),
                person("ana", "Ana", agentSourcedIds="maya,theo", email="ana@mail.example"),
                person("leo", "Leo", agentSourcedIds="maya"),
                person("kim", "Kim", agentSourcedIds="iris"),
                person("vera", "Vera", identifier="E-1", email="vera@district.example"),
            ],
            "roles.csv": [
                role("maya", "student", "oak"),
                role("theo", "student", "elm"),
                role("iris", "student", "elm"),
                role("ana", "parent", "district"),
                role("leo", "guardian", "district"),
                role("kim", "parent", "district"),
                role("vera", "teacher", "oak"),
            ],
            "demographics.csv": [
                {"sourcedId": "maya", "birthDate": "2014-05-01"},
                {"sourcedId": "theo", "birthDate": "2012-02-29"},
                {"sourcedId": "iris", "birthDate": "2010-12-31"},
            ],
            "guardianships.csv": [
                pair("maya", "ana", relation="mother"),
                pair("maya", "leo", relation="father", legal="false"),
                pair("theo", "ana", relation="mother"),
                pair("iris", "kim", relation="", legal=""),
            ],
        }
        self.raw: dict[tuple[str, int], bytes] = {}
        self.manifest: dict[str, str] = {}
        self.extra: dict[str, bytes] = {}
        self.version = "1.2"

    def row(self, name: str, key: str) -> dict[str, str]:
        """The first row of a file that has this text in its key's first columns: `sourcedId`, or `student guardian` for a pair."""
        first = KEYS[name][: len(key.split())]
        return next(row for row in self.rows[name] if [row.get(column, "") for column in first] == key.split())

    def set(self, name: str, key: str, **cells: str) -> Export:
        """Change cells of a row."""
        self.row(name, key).update(cells)
        return self

    def drop(self, name: str, key: str) -> Export:
        """Leave a row out."""
        self.rows[name].remove(self.row(name, key))
        return self

    def add(self, name: str, row: dict[str, str]) -> Export:
        """Add a row at the end."""
        self.rows[name].append(row)
        return self

    def line(self, name: str, key: str) -> int:
        """The line number of a row."""
        return self.rows[name].index(self.row(name, key)) + 2

    def spoil(self, name: str, key: str, old: bytes, new: bytes) -> Export:
        """Replace bytes in a row's line."""
        number = self.line(name, key)
        line = self.raw.get((name, number)) or self.text(name, self.row(name, key)).encode()
        assert old in line
        self.raw[name, number] = line.replace(old, new, 1)
        return self

    def delta(self, *names: str) -> Export:
        """Let these files be deltas: every row active, and changed on the evening before."""
        for name in names:
            self.manifest[f"file.{name.removesuffix('.csv')}"] = "delta"
            if "status" not in self.headers[name]:
                self.headers[name] = [*STAMPS, *self.headers[name]]
            for row in self.rows[name]:
                row.update(STAMPS)
        return self

    def text(self, name: str, row: dict[str, str]) -> str:
        """A row as CSV writes it."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerow([row.get(column, "") for column in self.headers[name]])
        return out.getvalue()

    def content(self, name: str) -> bytes:
        """A file's bytes."""
        lines = [(",".join(self.headers[name]) + "\r\n").encode()]
        for number, row in enumerate(self.rows[name], start=2):
            lines.append(self.raw.get((name, number)) or self.text(name, row).encode())
        return b"".join(lines)

    def files(self) -> dict[str, bytes]:
        """All files."""
        modes = {name: "bulk" if f"{name}.csv" in self.rows else "absent" for name in DATA_FILES[self.version]}
        properties = {"manifest.version": "1.0", "oneroster.version": self.version}
        properties |= {f"file.{name}": mode for name, mode in modes.items()} | self.manifest
        manifest = "propertyName,value\r\n" + "".join(f"{name},{value}\r\n" for name, value in properties.items())
        return {"manifest.csv": manifest.encode()} | {name: self.content(name) for name in self.rows} | self.extra

    def zip(self, path: Path) -> Path:
        """Write it as a zip."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files().items():
                archive.writestr(zipfile.ZipInfo(name, WRITTEN.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
        return path

    def folder(self, path: Path) -> Path:
        """Write it as a folder."""
        path.mkdir()
        for name, content in self.files().items():
            (path / name).write_bytes(content)
            os.utime(path / name, (WRITTEN.timestamp(), WRITTEN.timestamp()))
        return path


def person(sourced_id: str, given: str, **cells: str) -> dict[str, str]:
    """A row of users.csv."""
    return {
        "sourcedId": sourced_id, "enabledUser": "true", "username": sourced_id, "givenName": given, "familyName": "Lopez",
        "metadata.addressStreet": "1 Palm Street", "metadata.addressCity": "Rio Claro", "metadata.homeLanguage": "es",
    } | cells  # fmt: skip


def student(sourced_id: str, given: str, number: str, agents: str) -> dict[str, str]:
    """A student's row of users.csv."""
    return person(sourced_id, given, identifier=number, agentSourcedIds=agents, grades="05")


def role(sourced_id: str, word: str, org: str, **cells: str) -> dict[str, str]:
    """A row of roles.csv."""
    return {
        "sourcedId": f"role-{sourced_id}", "userSourcedId": sourced_id, "roleType": "primary", "role": word,
        "orgSourcedId": org,
    } | cells  # fmt: skip


def pair(student: str, guardian: str, **cells: str) -> dict[str, str]:
    """A row of guardianships.csv."""
    return {
        "studentSourcedId": student, "guardianSourcedId": guardian, "legal": "true", "livesWith": "true", "priority": "1",
    } | cells  # fmt: skip


def land(path: Path, number: int = 1, *, on: date | None = None, **options: Any) -> Report:
    """Sync what lies at a path on the n-th night."""
    written_at = timezone.make_aware(datetime.combine(on, time())) if on else None
    return runs.land(open_package(path, written_at=written_at), at=night(number), by=BY, **options)


def to_1_1(export: Export) -> Export:
    """The same people as OneRoster 1.1 says it: roles stand in users.csv."""
    roles = {row["userSourcedId"]: (row["role"], row["orgSourcedId"]) for row in export.rows.pop("roles.csv")}
    for row in export.rows["users.csv"]:
        row["role"], row["orgSourcedIds"] = roles[row["sourcedId"]]
    extensions = [column for column in export.headers["users.csv"] if column.startswith("metadata.")]
    export.headers["users.csv"] = USERS_1_1.split(",") + extensions
    export.version = "1.1"
    return export


def read(path: Path, *, strict: bool = False, memory: Memory | None = None) -> tuple[list[Row], Notices]:
    """All rows that a package yields, whatever their type, and what it says of itself."""
    notices = Notices()
    source = open_package(path, strict=strict)
    batches = source.batches(Policy(), notices, memory or Memory())
    return [row for _done, batch in batches for row in batch], notices


def mirror() -> dict[str, list[dict[str, Any]]]:
    """Every row of every mirrored table, past ones too."""
    from openhouse.district import mirror as district

    models = [model for entity in district.ENTITIES for model in (entity.model, entity.past)]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}  # type: ignore[attr-defined]
