"""The guides say of the console what is on its pages; the staff's covers what staff are trained on, and shows small pictures."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs/staff-guide.md").read_text()
IN_ONE_LINE = " ".join(GUIDE.split())
DISTRICT = " ".join((ROOT / "docs/district-guide.md").read_text().split())
PICTURES = ROOT / "docs/images/staff"
ROOMS = ("pages", "access", "roles", "reports")
PLACES = {r"{{ sis }}|%\(sis\)s": "MiSiS", r"{{ limit }}": "4"}
TRAINED_ON = (
    "Login / Register", "Employee Login", "Find a Student", "Student ID", "Search", "First Name", "Last Name", "Back Main Page",
    "Pin Details", "Student Name", "Parent Name", "Pin", "Date Used", "Action", "Print", "MiSiS Lookup", "Parent in Parent Portal",
    "Add To Parent Portal", "Close", "New Pin", "Create New Pin", "Continue", "Reporting", "Registered Parents Report",
    "Parent Portal Campus View", "Parent Search", "Email", "Clear", "Parent Email", "Active Flag", "Activate/Deactivate Account",
    "Activate Account", "Deactivate Account", "Last Login Date", "View Students Associated", "View students associated",
    "Allow More Than 4 Students", "Add Exception", "Enrollment Status",
)  # fmt: skip
"""What the training guide names on the screen, step by step."""


def files(kind: str) -> list[Path]:
    return [path for room in ROOMS for path in (ROOT / "openhouse" / room).rglob(kind)]


def said_by_template(text: str) -> list[str]:
    whole = re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate", text, re.DOTALL)
    return whole + re.findall(r'{% translate "([^"]+)"', text)


def said_by_module(text: str) -> list[str]:
    """Every string that is passed on or kept, which docstrings are not."""
    nodes = list(ast.walk(ast.parse(text)))
    alone = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    found = [node for node in nodes if isinstance(node, ast.Constant) and id(node) not in alone]
    return [node.value for node in found if isinstance(node.value, str)]


def on_the_screen() -> str:
    """All that pages may say, one saying a line."""
    said = [line for path in files("*.html") for line in said_by_template(path.read_text())]
    said += [line for path in files("*.py") for line in said_by_module(path.read_text())]
    text = "\n".join(said)
    for pattern, word in PLACES.items():
        text = re.sub(pattern, word, text)
    return text


@pytest.mark.parametrize("guide", [IN_ONE_LINE, DISTRICT], ids=["staff", "district"])
def test_every_word_in_bold_is_on_the_screen(guide: str) -> None:
    screen = on_the_screen()
    assert [words for words in re.findall(r"\*\*([^*]+)\*\*", guide) if words not in screen] == []


def test_every_refusal_is_quoted_as_it_reads() -> None:
    screen = on_the_screen()
    quoted = re.findall(r"^\| \*([^*]+)\* \|", GUIDE, re.MULTILINE)
    assert len(quoted) > 10
    assert [words for words in quoted if words not in screen] == []


@pytest.mark.parametrize("name", TRAINED_ON)
def test_what_staff_are_trained_on_is_in_the_guide_by_its_name(name: str) -> None:
    assert f"**{name}**" in IN_ONE_LINE


def test_the_pictures_are_those_that_the_guide_shows_and_small() -> None:
    shown = set(re.findall(r"\]\(images/staff/([^)]+)\)", GUIDE))
    sizes = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert shown == set(sizes)
    assert [name for name, size in sizes.items() if size >= 120_000] == []


def test_every_picture_says_what_it_shows() -> None:
    assert re.findall(r"!\[\]", GUIDE) == []
