"""Family scenarios: what each person sees under the default policy, and which of them a change flips."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from openhouse import cli
from openhouse.access import scenarios
from openhouse.access.scenarios import ScenariosRefused
from openhouse.audit.models import Entry
from openhouse.policy.models import Choice
from openhouse.policy.values import Policy
from tests.cast import NOW

ON = date(2026, 11, 20)
OWN = """
[[scenario]]
name = "Our summer school"
day = "07-15"
age = 9
enrolments = [{ end = "06-15" }]
[[scenario.person]]
who = "the mother"
guardianships = [{ relation = "mother", legal = true }]
sees = "active"
"""


def flipped(**chosen: object) -> list[tuple[str, str, str, str]]:
    candidate = replace(Policy(), **chosen)
    found = scenarios.flips(scenarios.shipped(), present=Policy(), candidate=candidate, on=ON)
    return [(each.scenario, each.who, each.before, each.after) for each in found]


@pytest.mark.parametrize(
    "on", [date(2027, 1, 1) + timedelta(days=days) for days in range(0, 366, 5)] + [date(2028, 2, 29)]
)
def test_the_shipped_scenarios_hold_under_the_default_policy_on_any_day(on: date):
    wrong = [each for each in scenarios.answers(scenarios.shipped(), Policy(), on=on) if each.found != each.expected]
    assert wrong == []


def test_every_standing_has_its_scenario():
    from openhouse.access.standing import Standing

    found = {each.found for each in scenarios.answers(scenarios.shipped(), Policy(), on=ON)}
    assert set(Standing.values) <= found


@pytest.mark.parametrize(
    ("chosen", "flip"),
    [
        ({"rights_pass_at_18": False}, ("Eighteen today", "the father", "eligible student", "active")),
        ({"student_limit": 5}, ("Five children", "the mother", "no", "yes")),
        ({"student_limit": 3}, ("Five children", "the father, who added three", "yes", "no")),
        ({"missing_birth_date": "last_name"}, ("No birth date", "the mother", "no", "yes")),
        ({"restriction_words": ()}, ("Restricted", "the father", "restricted", "held")),
        (
            {"no_restriction_words": ("none", "see file in office")},
            ("A restriction that nobody can read", "the father", "held", "active"),
        ),
        ({"blank_legal_flag": "legal_for_relations"}, ("Legal flags left blank", "the mother", "ended", "active")),
        ({"grace_days": 10}, ("From the earlier portal, a month ago", "the mother", "grace", "disabled")),
        (
            {"summer_from": date(2027, 6, 10), "summer_until": date(2027, 8, 14)},
            ("Leaves in June, looked at in July", "the mother", "ended", "active"),
        ),
    ],
)
def test_a_change_flips_the_families_that_it_concerns(chosen: dict[str, object], flip: tuple[str, str, str, str]):
    assert flip in flipped(**chosen)


def test_a_change_that_concerns_no_family_flips_nothing():
    assert flipped(pin_length=8, district_name="Rio Claro", brake_gains=1) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('age = 9', 'aeg = 9'), "scenario 1 .Our summer school.: unknown: aeg"),
        (('sees = "active"', 'sees = "aktive"'), "the mother: sees: one of account inactive"),
        (('"06-15"', '"06-31"'), "a date, a number or an age cannot be read"),
        (('who = "the mother"', ''), "who, and one of sees, pin and adds"),
        (('legal = true', 'legal = yes'), "own.toml: .*line 9"),
    ],
)  # fmt: skip
def test_a_bad_scenario_is_named(change: tuple[str, str], problem: str):
    with pytest.raises(ScenariosRefused, match=problem):
        scenarios.load(OWN.replace(*change), name="own.toml")


def check(tmp_path, text: str, *more: str) -> int:
    file = tmp_path / "policy.toml"
    file.write_text(text)
    return cli.main(["policy", "check", str(file), *more])


def test_check_says_what_would_flip_and_changes_nothing(db, clock, tmp_path, capsys):
    assert check(tmp_path, "rights_pass_at_18 = false") == 1
    said = capsys.readouterr().out
    assert "rights_pass_at_18: true -> false" in said
    assert "would flip: Eighteen today: the father: The student is 18, " in said
    assert "-> The guardian sees the student." in said
    assert not Choice.objects.exists() and not Entry.objects.exists()


def test_check_passes_a_change_that_flips_nothing(db, clock, tmp_path, capsys):
    assert check(tmp_path, "pin_length = 8") == 0
    assert "at most 1 in 1,190,476" in capsys.readouterr().out
    assert check(tmp_path, "pin_length = 6") == 0
    assert "changes nothing" in capsys.readouterr().out


def test_check_refuses_a_bad_file(db, tmp_path, capsys):
    assert check(tmp_path, "pin_length = 2") == 1
    assert "line 1: pin_length" in capsys.readouterr().err


def test_a_district_s_own_scenarios_must_hold(db, clock, tmp_path, capsys):
    own = tmp_path / "own.toml"
    own.write_text(OWN)
    assert check(tmp_path, "pin_days = 20", "--scenarios", str(own)) == 1
    assert "does not hold: Our summer school: the mother" in capsys.readouterr().out
    summer = f"summer_from = {NOW.year + 1}-06-10\nsummer_until = {NOW.year + 1}-08-14"
    check(tmp_path, summer, "--scenarios", str(own))
    assert "does not hold" not in capsys.readouterr().out
