"""The standing table, row by row: pure rules over facts, no database."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

import pytest

from openhouse.access.standing import Facts, Standing, grace_end, standing
from openhouse.district.restrictions import Reading, reading
from openhouse.policy.values import Policy

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Guardianship:
    relation: str = "mother"
    legal: bool | None = True
    restriction: str = ""
    begin_date: date | None = None
    end_date: date | None = None


@dataclass(frozen=True)
class Enrolment:
    end_date: date | None = None


GOOD = Facts(
    on=TODAY,
    policy=Policy(),
    account_active=True,
    guardianships=(Guardianship(),),
    enrolments=(Enrolment(),),
    birth_date=date(2016, 3, 28),
    eligible_ground="",
    imported_on=None,
    revalidate=False,
)


def beside(restriction: str):
    """The same person's second record in the SIS, with a restriction."""
    return lambda facts: replace(facts, guardianships=(*facts.guardianships, Guardianship(restriction=restriction)))


def but(**facts):
    return lambda good: replace(good, **facts)


TABLE = {
    Standing.ACCOUNT_INACTIVE: but(account_active=False),
    Standing.RESTRICTED: beside("No Contact"),
    Standing.HELD: beside("ask the office"),
    Standing.ENDED: but(enrolments=()),
    Standing.ELIGIBLE_STUDENT: but(birth_date=date(2008, 11, 20)),
    Standing.REVALIDATE: but(revalidate=True),
    Standing.DISABLED: but(imported_on=TODAY - 60 * DAY),
    Standing.GRACE: but(imported_on=TODAY - 59 * DAY),
    Standing.ACTIVE: but(),
}


def of(**facts) -> Standing:
    return standing(replace(GOOD, **facts))


def guardianship(**facts) -> Standing:
    return of(guardianships=(Guardianship(**facts),))


def blank_flags(**choices) -> Policy:
    return Policy(blank_legal_flag="legal_for_relations", **choices)


def summer() -> Policy:
    return Policy(summer_from=date(2026, 6, 12), summer_until=date(2026, 8, 20))


def test_the_table_has_every_standing_in_its_order():
    assert list(TABLE) == list(Standing)


@pytest.mark.parametrize("row", Standing, ids=str)
def test_each_row_of_the_table_fits_its_facts(row):
    assert standing(TABLE[row](GOOD)) is row


@pytest.mark.parametrize(("higher", "lower"), list(combinations(Standing, 2)), ids=str)
def test_of_two_rows_that_fit_the_higher_one_decides(higher, lower):
    assert standing(TABLE[higher](TABLE[lower](GOOD))) is higher


def test_only_active_and_grace_let_in():
    assert [each for each in Standing if each.lets_in] == [Standing.GRACE, Standing.ACTIVE]


@pytest.mark.parametrize("text", ["no contact", "No Contact", "  RESTRICTED\t", "court order\r\n"])
def test_a_known_restriction_restricts_in_any_case_and_with_any_space_around(text):
    assert reading(text, Policy()) is Reading.RESTRICTED


@pytest.mark.parametrize(
    "text", ["ask the office", "no contact!", "no  contact", "see file", "none?", "-", "\u200bnone"]
)
def test_a_text_that_policy_cannot_read_is_held(text):
    assert reading(text, Policy()) is Reading.HELD


@pytest.mark.parametrize("text", ["", " ", "\t\n", "None", " N/A "])
def test_blank_and_the_words_for_none_are_no_restriction(text):
    assert reading(text, Policy()) is Reading.NONE


def test_a_word_that_means_none_cannot_outdo_a_blank_list():
    assert reading("none", Policy(no_restriction_words=())) is Reading.HELD


def test_a_false_flag_is_never_legal_whatever_policy_says_of_blanks():
    assert of(policy=blank_flags(), guardianships=(Guardianship(legal=False),)) is Standing.ENDED


def test_a_blank_flag_is_not_legal_by_default():
    assert guardianship(legal=None) is Standing.ENDED


@pytest.mark.parametrize(("relation", "expected"), [(" Mother ", Standing.ACTIVE), ("aunt", Standing.ENDED)])
def test_a_blank_flag_is_legal_for_the_relations_that_policy_names(relation, expected):
    facts = Guardianship(legal=None, relation=relation)
    assert of(policy=blank_flags(), guardianships=(facts,)) is expected


def test_a_guardianship_ends_on_its_end_date_and_begins_on_its_begin_date():
    assert guardianship(end_date=TODAY) is Standing.ENDED
    assert guardianship(end_date=TODAY + DAY) is Standing.ACTIVE
    assert guardianship(begin_date=TODAY) is Standing.ACTIVE
    assert guardianship(begin_date=TODAY + DAY) is Standing.ENDED


def test_a_restriction_counts_although_its_guardianship_is_over():
    assert guardianship(end_date=TODAY, restriction="restricted") is Standing.RESTRICTED


def test_without_a_tie_nothing_is_left():
    assert of(guardianships=()) is Standing.ENDED


def test_an_enrolment_ends_on_its_end_date():
    assert of(enrolments=(Enrolment(TODAY),)) is Standing.ENDED
    assert of(enrolments=(Enrolment(TODAY + DAY),)) is Standing.ACTIVE


@pytest.mark.parametrize(
    ("ended", "on", "expected"),
    [
        (date(2026, 6, 12), date(2026, 7, 15), Standing.ACTIVE),
        (date(2026, 6, 12), date(2026, 8, 20), Standing.ACTIVE),
        (date(2026, 6, 12), date(2026, 8, 21), Standing.ENDED),
        (date(2026, 6, 11), date(2026, 7, 15), Standing.ENDED),
    ],
)
def test_an_enrolment_that_ends_in_the_summer_counts_until_the_day_policy_names(ended, on, expected):
    assert of(policy=summer(), on=on, enrolments=(Enrolment(ended),)) is expected


@pytest.mark.parametrize(
    ("born", "on", "expected"),
    [
        (date(2008, 11, 21), TODAY, Standing.ACTIVE),
        (date(2008, 11, 20), TODAY, Standing.ELIGIBLE_STUDENT),
        (date(2008, 2, 29), date(2026, 2, 28), Standing.ACTIVE),
        (date(2008, 2, 29), date(2026, 3, 1), Standing.ELIGIBLE_STUDENT),
        (date(2010, 2, 28), date(2028, 2, 29), Standing.ELIGIBLE_STUDENT),
        (date(2010, 3, 1), date(2028, 2, 29), Standing.ACTIVE),
    ],
)
def test_rights_pass_on_the_eighteenth_birthday(born, on, expected):
    assert of(birth_date=born, on=on) is expected


@pytest.mark.parametrize("ground", ["dependent", "consent"])
def test_at_18_a_ground_of_the_sis_lets_the_guardian_go_on(ground):
    assert of(birth_date=date(2008, 1, 1), eligible_ground=ground) is Standing.ACTIVE


def test_at_18_an_unknown_ground_is_none():
    assert of(birth_date=date(2008, 1, 1), eligible_ground="maybe") is Standing.ELIGIBLE_STUDENT


def test_policy_can_switch_the_rule_at_18_off():
    assert of(birth_date=date(2008, 1, 1), policy=Policy(rights_pass_at_18=False)) is Standing.ACTIVE


def test_grace_runs_from_the_day_policy_names_or_else_from_the_import():
    assert grace_end(Policy(), TODAY) == TODAY + 60 * DAY
    assert grace_end(Policy(grace_from=date(2026, 9, 1), grace_days=10), TODAY) == date(2026, 9, 11)
