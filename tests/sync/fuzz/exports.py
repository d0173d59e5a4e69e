"""Small good exports, each made from a seed: 1.1 or 1.2, bulk, delta or mixed.

Every value that a person types holds a token such as `Q1f9c04`, unlike any other, so that whatever leaks can be found.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from openhouse.demo.oneroster import HEADERS
from openhouse.sync.sources.oneroster_csv.manifest import DATA_FILES
from tests.sync.export import STAMPS, USERS_1_1, WRITTEN

type Row = dict[str, str]
TOKEN = re.compile("Q[0-9a-f]{6}")
OURS = [column for column in HEADERS["users.csv"].split(",") if column.startswith("metadata.")]
FILES = {"1.1": ("orgs.csv", "users.csv", "demographics.csv", "guardianships.csv"), "1.2": ()}
FILES["1.2"] = ("orgs.csv", "users.csv", "roles.csv", "demographics.csv", "guardianships.csv")
STREETS = ("{} Palm Street", "Apt. 4, {} Oak Road", 'The "{}"', "{} Çağlar Sokağı", "{} 東京")


@dataclass
class Made:
    """An export: its rows, and the bytes of its files line by line (the first is the header)."""

    version: str
    modes: dict[str, str]
    headers: dict[str, list[str]]
    rows: dict[str, list[Row]]
    lines: dict[str, list[bytes]] = field(default_factory=dict)

    def render(self) -> Made:
        """Write the rows as lines."""
        for name, rows in self.rows.items():
            cells = [self.headers[name], *([row.get(column, "") for column in self.headers[name]] for row in rows)]
            self.lines[name] = [line_of(each) for each in cells]
        properties = {"manifest.version": "1.0", "oneroster.version": self.version}
        for name in DATA_FILES[self.version]:
            properties[f"file.{name}"] = self.modes.get(f"{name}.csv", "absent")
        if self.modes.get("guardianships.csv") == "delta":
            properties["file.guardianships"] = "delta"
        self.lines["manifest.csv"] = [line_of(each) for each in (("propertyName", "value"), *properties.items())]
        return self

    def files(self) -> dict[str, bytes]:
        """The bytes of each file."""
        return {name: b"".join(lines) for name, lines in self.lines.items()}


def line_of(cells: list[str] | tuple[str, ...]) -> bytes:
    """A row as CSV writes it."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode(errors="surrogatepass")


def pack(files: dict[str, bytes], path: Path) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, WRITTEN.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return path


class _Maker:
    def __init__(self, random: Random, version: str) -> None:
        self.random = random
        self.version = version
        self.rows: dict[str, list[Row]] = {name: [] for name in FILES[version]}

    def token(self) -> str:
        return f"Q{self.random.randrange(1 << 24):06x}"

    def org(self, kind: str) -> str:
        key = f"o-{self.token()}"
        self.rows["orgs.csv"].append(
            {"sourcedId": key, "name": f"School {self.token()}", "type": kind, "identifier": self.token()}
        )
        return key

    def person(self, word: str, org: str, **cells: str) -> str:
        key = f"{word[0]}-{self.token()}"
        row = {
            "sourcedId": key, "enabledUser": "true", "username": key, "givenName": f"Zoë {self.token()}",
            "familyName": f"López {self.token()}", "email": f"{self.token()}@mail.example", "password": "hunter2",
            "metadata.addressStreet": self.random.choice(STREETS).format(self.token()), "metadata.homeLanguage": "es",
        } | cells  # fmt: skip
        self.rows["users.csv"].append(row)
        if self.version == "1.1":
            row |= {"role": word, "orgSourcedIds": org}
        else:
            role = {"sourcedId": f"r-{self.token()}", "userSourcedId": key, "roleType": "primary", "role": word}
            self.rows["roles.csv"].append(role | {"orgSourcedId": org})
        return key

    def family(self, school: str, district: str) -> None:
        random, pairs = self.random, self.rows["guardianships.csv"]
        guardians = [self.person(random.choice(["parent", "guardian"]), district) for _ in range(random.randint(1, 2))]
        for _ in range(random.randint(1, 2)):
            agents = ",".join(guardians)
            student = self.person("student", school, identifier=f"S{self.token()}", agentSourcedIds=agents, grades="05")
            day = date(2008, 1, 1) + timedelta(random.randrange(3600))
            self.rows["demographics.csv"].append({"sourcedId": student, "birthDate": day.isoformat()})
            for guardian in guardians:
                facts = {
                    "relation": f"aunt {self.token()}",
                    "legal": random.choice(["true", "false", ""]),
                    "priority": "1",
                }
                facts["restriction"] = random.choice(["", "", "no contact", f"see {self.token()}"])
                pairs.append({"studentSourcedId": student, "guardianSourcedId": guardian} | facts)


def make(random: Random, *, bulk: bool = False) -> Made:
    """An export of one to four families; `bulk` for one without deltas."""
    version = random.choice(["1.1", "1.2"])
    maker = _Maker(random, version)
    district, school = maker.org("district"), maker.org("school")
    for _ in range(random.randint(1, 4) if random.random() < 0.95 else 20):
        maker.family(school, district)
    maker.person("teacher", school, identifier=f"E{maker.token()}")
    headers = {name: HEADERS[name].split(",") for name in FILES[version]}
    if version == "1.1":
        headers["users.csv"] = [*USERS_1_1.split(","), *OURS]
    kind = "bulk" if bulk else random.choice(["bulk", "bulk", "delta", "mixed"])
    modes = {name: random.choice(["bulk", "delta"]) if kind == "mixed" else kind for name in FILES[version]}
    for name in [name for name, mode in modes.items() if mode == "delta"]:
        if "status" not in headers[name]:
            headers[name] = [*STAMPS, *headers[name]]
        for row in maker.rows[name]:
            row |= STAMPS | {"status": random.choice(["active"] * 9 + ["tobedeleted"])}
    return Made(version, modes, headers, maker.rows).render()
