"""What documents say of links, flags, variables and policy values is there."""

from __future__ import annotations

import re
from dataclasses import Field, fields
from itertools import groupby
from pathlib import Path

import pytest

from openhouse.access.guessing import risk
from openhouse.environment import MEANINGS, SIS_FILES, SIS_SERVERS
from openhouse.policy import document
from openhouse.policy.chapters import LINES
from openhouse.policy.values import FIELDS
from openhouse.sync.command import FLAGS
from openhouse.sync.sources.edfi_api.reading import Choices

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
OPERATING = (ROOT / "docs/operating-the-sync.md").read_text()
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")


def anchors(document: Path) -> set[str]:
    """The headings' anchors, as a web page of the document has them."""
    headings = re.findall(r"^#+ +(.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    for place, anchor in LINK.findall(CODE.sub("", document.read_text())):
        if not place.startswith("http"):
            found = (document.parent / place) if place else document
            assert found.exists(), place
            assert not anchor or anchor in anchors(found), f"{place}#{anchor}"


def test_every_decision_is_numbered_once() -> None:
    names = sorted(path.name for path in (ROOT / "docs/decisions").iterdir())
    assert [len(list(same)) for _number, same in groupby(names, lambda name: name[:4])] == [1] * len(names)


@pytest.mark.parametrize("flag", [*FLAGS, "--without", "--on"])
def test_every_flag_of_the_sync_is_described(flag: str) -> None:
    assert re.search(rf"^\| `{flag}\b", OPERATING, re.MULTILINE)


@pytest.mark.parametrize("kind", [*SIS_FILES, *SIS_SERVERS])
def test_every_kind_of_sis_is_described(kind: str) -> None:
    assert f"| `{kind}` |" in OPERATING


@pytest.mark.parametrize("option", fields(Choices), ids=lambda field: field.name)
def test_every_option_of_ed_fi_is_described_with_its_default(option: Field[object]) -> None:
    assert f"`{option.name}={str(option.default).lower()}`" in OPERATING


@pytest.mark.parametrize("name", [name for name in MEANINGS if name.startswith("OPENHOUSE_SIS")])
def test_every_variable_of_the_sis_is_described(name: str) -> None:
    assert f"| `{name}` |" in OPERATING


@pytest.mark.parametrize("name", [name for name in FIELDS if name.startswith(("brake_", "sync_"))])
def test_every_policy_value_of_the_sync_is_described_with_its_default(name: str) -> None:
    line = next(line for line in OPERATING.splitlines() if f"`{name}`" in line)
    assert str(FIELDS[name].default) in line or f"({FIELDS[name].default})" in line


POLICY = (ROOT / "docs/policy.md").read_text()


@pytest.mark.parametrize("name", FIELDS)
def test_every_policy_value_is_described_with_its_default_meaning_and_effect(name: str) -> None:
    line, default = LINES[name], document.toml(FIELDS[name].default)
    effect = f"Takes effect {line.when.label}. {line.whom}"
    assert f"| `{name}` | `{default}` | {FIELDS[name].metadata['meaning']} | {effect} |" in POLICY


@pytest.mark.parametrize("guardians", [1, 2, 4])
@pytest.mark.parametrize("digits", [4, 5, 6, 7, 8])
def test_the_guess_risk_is_described_as_it_is_computed(digits: int, guardians: int) -> None:
    found = risk(digits=digits, guardians=guardians)
    goal = "missed" if found.misses else "met"
    assert f"| {digits} | {guardians} | {found.guesses} | {found.one_in:,} | {goal} |" in POLICY
