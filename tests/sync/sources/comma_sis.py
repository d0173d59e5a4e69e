"""The contract's district for the source that docs/sources/adding-a-source.md shows, taken from that page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from openhouse.sync.sources import Source
from tests.sync.contract import PASSWORD, SOCIAL_SECURITY_NUMBER, WRITTEN, District, Rendering
from tests.sync.sources.sheets import content

PAGE = "docs/sources/adding-a-source.md"


def shown() -> str:
    """The page's Python block."""
    text = (Path(__file__).parents[3] / PAGE).read_text()
    (code,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return code


def module() -> ModuleType:
    """The page's source, as if it stood in a file of its own."""
    made = ModuleType("comma_sis")
    exec(compile(shown(), PAGE, "exec"), made.__dict__)
    return made


COMMA_SIS = module()


def people(district: District) -> Iterator[dict[str, str]]:
    secrets = {"password": PASSWORD, "social security number": SOCIAL_SECURITY_NUMBER}
    yield {"id": "district", "kind": "district", "family": "The district"}
    for school in district.schools:
        yield {
            "id": school.key, "kind": "school", "family": school.name, "number": school.code, "phone": school.telephone,
        }  # fmt: skip
    enrolled = {it.student: it for it in district.enrolments}
    for it in district.students:
        at = enrolled[it.key]
        yield {
            "id": it.key, "kind": "student", "given": it.given_name, "family": it.family_name, "number": it.number,
            "born": it.birth_date, "unit": at.school, "grade": at.grade, "since": at.begin_date,
        } | secrets  # fmt: skip
    for adult in district.guardians:
        yield {
            "id": adult.key, "kind": "guardian", "given": adult.given_name, "family": adult.family_name,
            "unit": "district", "email": adult.email, "phone": adult.phone,
        } | secrets  # fmt: skip
    for one in district.employees:
        yield {
            "id": ids("employee", one.key), "kind": "employee", "given": one.given_name, "family": one.family_name,
            "number": one.number, "unit": one.school, "email": one.email,
        } | secrets  # fmt: skip


def families(district: District) -> Iterator[dict[str, str]]:
    words = {True: "yes", False: "no", None: ""}
    for it in district.guardianships:
        yield {
            "student": it.student, "guardian": it.guardian, "relation": it.relation, "legal": words[it.legal],
            "restriction": it.restriction,
        }  # fmt: skip


def ids(kind: str, key: str) -> str:
    """Comma SIS has another id for a guardian in their other part."""
    return f"{key}-staff" if kind == "employee" else key


def write(district: District, folder: Path) -> Path:
    """Write both files into a folder."""
    for name, rows in (("people.csv", people(district)), ("families.csv", families(district))):
        secrets = ["password", "social security number"] if name == "people.csv" else []
        (folder / name).write_bytes(content([*sorted(COMMA_SIS.READERS[name].columns), *secrets], rows))
        os.utime(folder / name, (WRITTEN.timestamp(), WRITTEN.timestamp()))
    return folder


@contextmanager
def rendered(district: District, folder: Path) -> Iterator[Source]:
    """The district, opened."""
    yield COMMA_SIS.open_comma_sis(write(district, folder))


def ruined(folder: Path) -> object:
    """A file that lost its header."""
    path = write(District(), folder) / "people.csv"
    path.write_bytes(path.read_bytes().partition(b"\r\n")[2])
    return COMMA_SIS.open_comma_sis(folder)


BLANK = ("mobile", "street", "city", "state", "postal_code", "home_language")
LACKS = {
    "student.home_language": "",
    **{f"guardian.{name}": "" for name in BLANK},
    **dict.fromkeys(("guardianship.lives_with", "guardianship.emergency_contact", "guardianship.priority")),
}
RENDERINGS = (Rendering("Comma SIS", "comma_sis", PAGE, "A whole source", rendered, ruined, LACKS, ids),)
