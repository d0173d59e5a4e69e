"""A delta does not repeat what was set aside, so a small night after it must look at all of whoever is mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from openhouse.district.models import Guardianship
from openhouse.sync import neighbourhood
from tests.sync.export import Export, land, pair, role, student


@pytest.fixture(autouse=True)
def always_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the district: only the people around a change are looked at."""
    monkeypatch.setattr(neighbourhood, "FEW", 100.0)


def joined(org: str) -> Export:
    """The district with one more student, whose role is at that org."""
    export = Export().add("users.csv", student("zoe", "Zoe", "S-9", "ana")).add("guardianships.csv", pair("zoe", "ana"))
    return export.add("roles.csv", role("zoe", "student", org))


@pytest.mark.parametrize("by", ["delta", "bulk"])
def test_whoever_waited_comes_in_with_their_guardians(db: None, tmp_path: Path, by: str) -> None:
    land(Export().zip(tmp_path / "1.zip"), 1)
    files = ("users.csv", "roles.csv", "guardianships.csv")
    land(joined("nowhere").delta(*files).zip(tmp_path / "2.zip"), 2)
    assert not Guardianship.objects.filter(student__sourced_id="zoe").exists()
    mended = joined("oak")
    land((mended.delta("roles.csv") if by == "delta" else mended).zip(tmp_path / "3.zip"), 3)
    assert Guardianship.objects.filter(student__sourced_id="zoe", valid_until=None).exists()
