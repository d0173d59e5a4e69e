"""School Data Sync's own words: who counts as a guardian, which way a relationship runs, and what tells its packages."""

from __future__ import annotations

import pytest

from openhouse.district.models import Employee, Guardian, Guardianship, Student
from openhouse.policy.values import Policy
from openhouse.sync import runs
from openhouse.sync.batches import Held, Pair, Role, SetAside
from openhouse.sync.memory import Memory
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv.package import unpack
from openhouse.sync.sources.sds_csv import is_sds, open_sds
from tests.sync.contract import District
from tests.sync.export import BY, Export, night
from tests.sync.sources.sds_csv import write


@pytest.fixture
def folder(tmp_path):
    return write(District(), tmp_path)


def spoil(folder, name, old, new):
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def rows(folder, policy=None, notices=None):
    return [
        row
        for _, batch in open_sds(folder).batches(policy or Policy(), notices or Notices(), Memory())
        for row in batch
    ]


@pytest.mark.parametrize("word", ["aide", "doctor", "other", "child", "administrator"])
def test_who_treats_or_helps_a_student_is_no_guardian(folder, word):
    notices = Notices()
    spoil(folder, "relationships.csv", "maya,leo,parent", f"maya,leo,{word}")
    assert not [row for row in rows(folder, notices=notices) if isinstance(row, Role | Pair) and "leo" in row]
    assert any("makes nobody a guardian" in warning for warning in notices.warnings)


@pytest.mark.parametrize("word", ["parent", "guardian", "relative", "Parent"])
def test_a_relationship_sets_the_relation_and_no_legal_flag(folder, word):
    spoil(folder, "relationships.csv", "maya,leo,parent", f"maya,leo,{word}")
    (pair,) = [row for row in rows(folder) if isinstance(row, Pair) and row.guardian == "leo"]
    assert (pair.student, pair.relation, pair.legal) == ("maya", word.lower(), None)


def test_a_word_that_nobody_knows_is_set_aside_and_holds_the_pair_and_the_guardian(folder):
    spoil(folder, "relationships.csv", "maya,leo,parent", "maya,leo,pirate")
    found = rows(folder)
    (aside,) = [row for row in found if isinstance(row, SetAside)]
    assert (aside.file, aside.column_name, aside.value) == ("relationships.csv", "relationshipRole", "pirate")
    assert Held("pair", "maya", "leo") in found
    assert Held("person", "leo") in found


@pytest.mark.django_db
def test_a_row_set_aside_takes_no_guardian_away(folder):
    runs.land(open_sds(folder), at=night(1), by=BY)
    spoil(folder, "relationships.csv", "maya,leo,parent", "maya,leo,pirate")
    runs.land(open_sds(folder), at=night(2), by=BY)
    assert Guardianship.objects.get(guardian__sourced_id="leo").valid_until is None


@pytest.mark.django_db
def test_a_relationship_the_other_way_round_makes_no_guardianship(folder):
    spoil(folder, "relationships.csv", "maya,leo,parent", "leo,maya,parent")
    runs.land(open_sds(folder), at=night(1), by=BY)
    assert not Guardianship.objects.filter(student__sourced_id="leo").exists()
    assert not Guardian.objects.filter(sourced_id="leo").exists()
    assert not Student.objects.filter(sourced_id="leo").exists()


@pytest.mark.django_db
def test_a_role_that_says_nothing_makes_nobody_an_employee(folder):
    spoil(folder, "roles.csv", "vera,oak,teacher", "vera,oak,alumni")
    runs.land(open_sds(folder), at=night(1), by=BY)
    assert not Employee.objects.filter(sourced_id="vera").exists()


def test_the_student_id_stands_in_the_column_that_policy_names(folder):
    found = rows(folder, Policy(student_number_column="username"))
    assert "maya@district.example" in {row.number for row in found if hasattr(row, "number")}


@pytest.mark.parametrize("column", ["metadata.localId", "password"])
def test_a_student_id_in_a_column_that_is_not_read_is_refused(folder, column):
    with pytest.raises(SourceRefused, match="student_number_column"):
        rows(folder, Policy(student_number_column=column))


def test_without_relationships_it_is_refused(folder):
    (folder / "relationships.csv").unlink()
    with pytest.raises(SourceRefused, match=r"relationships\.csv is missing"):
        open_sds(folder)


def test_a_oneroster_export_is_not_taken_for_one(tmp_path):
    package = unpack(Export().zip(tmp_path / "export.zip"))
    assert not is_sds(package)
    with pytest.raises(SourceRefused, match="no School Data Sync"):
        open_sds(tmp_path / "export.zip")


def test_a_oneroster_export_that_lost_its_manifest_is_not_taken_for_one(tmp_path):
    (Export().folder(tmp_path / "export") / "manifest.csv").unlink()
    assert not is_sds(unpack(tmp_path / "export"))
