"""Link tiles: added, edited, ordered and removed with form fields."""

from __future__ import annotations

from typing import Any

import pytest

from openhouse.policy import values
from tests.cast import NOW, SYSTEM, Cast, join

TILES, TILE = "/staff/district/tiles/", "/staff/district/tiles/tile/"
LIBRARY = {"name_en": "Library", "name_es": "Biblioteca", "address": "https://library.example", "icon": "book"}
STORED = {
    "name": {"en": "Library", "es": "Biblioteca"}, "address": "https://library.example", "icon": "book",
    "grades": ["04", "05"], "school_codes": ["1001"],
}  # fmt: skip
SCOPE = {"grades": "04, 05", "school_codes": "1001"}


def seen() -> str:
    return values.seal(values.at(NOW))


def names() -> list[str]:
    return [tile["name"]["en"] for tile in values.at(NOW).link_tiles]


@pytest.fixture
def three(cast: Cast) -> None:
    tiles = [{"name": {"en": name}, "address": f"https://{name}.example"} for name in ("a", "b", "c")]
    values.choose(name="link_tiles", text=tiles, by=SYSTEM, at=NOW)


def test_a_tile_is_looked_at_and_then_saved(cast: Cast, visit: Any):
    dora = visit(cast.dora)
    page = dora.post(TILE, LIBRARY | SCOPE).content.decode()
    assert 'class="tile" href="https://library.example"' in page and names() == []
    assert dora.post(TILE, LIBRARY | SCOPE | {"save": "1", "seen": seen()}).url == TILES
    assert values.at(NOW).link_tiles == (STORED,)


def test_a_saved_tile_stands_on_the_student_s_page(cast: Cast, visit: Any):
    visit(cast.dora).post(TILE, LIBRARY | SCOPE | {"save": "1", "seen": seen()})
    join(cast.ana_account, cast.ana, cast.alma, cast.abel)
    family = visit(cast.ana_account)
    assert b"library.example" not in family.get(f"/family/students/{cast.abel.key}/").content
    values.choose(name="link_tiles", text=[STORED | {"grades": []}], by=SYSTEM, at=NOW)
    assert b"https://library.example" in family.get(f"/family/students/{cast.alma.key}/").content


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"address": "http://library.example"}, "Enter an address such as https://"),
        ({"address": "javascript:alert(1)"}, "Enter an address such as https://"),
        ({"name_en": ""}, "This field is required."),
        ({"school_codes": "1001, 9999"}, "No school has the code 9999."),
        ({"icon": "skull"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_with_a_tile_is_told(cast: Cast, visit: Any, wrong: dict[str, str], told: str):
    page = visit(cast.dora).post(TILE, LIBRARY | wrong | {"save": "1", "seen": seen()}).content.decode()
    assert told in page and names() == []


def test_a_tile_is_edited_in_its_place(three: None, cast: Cast, visit: Any):
    dora = visit(cast.dora)
    assert 'value="https://b.example"' in dora.get(f"{TILE}?place=1").content.decode()
    dora.post(f"{TILE}?place=1", LIBRARY | {"save": "1", "seen": seen()})
    assert names() == ["a", "Library", "c"]


@pytest.mark.parametrize("place", ["3", "-1", "x", "²"])
def test_a_tile_that_is_not_there_is_not_found(three: None, cast: Cast, visit: Any, place: str):
    assert visit(cast.dora).get(f"{TILE}?place={place}").status_code == 404


@pytest.mark.parametrize(
    ("place", "move", "order"),
    [(0, "down", "bac"), (2, "up", "acb"), (0, "up", "abc"), (2, "down", "abc"), (1, "remove", "ac"), (7, "up", "abc")],
)
def test_tiles_are_moved_and_removed(three: None, cast: Cast, visit: Any, place: int, move: str, order: str):
    visit(cast.dora).post(TILES, {"place": place, "move": move, "seen": seen()})
    assert "".join(names()) == order


def test_a_page_that_is_out_of_date_moves_and_saves_nothing(three: None, cast: Cast, visit: Any):
    stale = seen()
    values.choose(name="grace_days", text="90", by=SYSTEM, at=NOW)
    dora = visit(cast.dora)
    assert dora.post(TILES, {"place": 0, "move": "remove", "seen": stale}).status_code == 409
    assert dora.post(TILE, LIBRARY | {"save": "1", "seen": stale}).status_code == 409
    assert "".join(names()) == "abc"
