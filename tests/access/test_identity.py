"""What an answer is worth against the SIS: tables of what people say."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhouse.access import identity
from openhouse.access.identity import Answer, Question
from openhouse.district.models import Guardian, Student

YES, NO, NONE = Answer.MATCH, Answer.NO_MATCH, Answer.NOT_ON_FILE
CHILD = Student(given_name="María José", middle_name="Luz", family_name="Núñez-O’Brien", birth_date=date(2016, 3, 8))
HOME = {"street": "4312 N. Saint James Ave, Apt 3B", "city": "North Hollywood", "state": "CA", "postal_code": "91601"}
MOTHER = Guardian(phone="818-555-0147", mobile="(818) 555-0111", **HOME)
AUNT = Guardian(phone="+1 213 555 0199")


def said(question, answer, *, student=CHILD, grades=("04",), guardian=MOTHER, others=(AUNT,)):
    known = identity.on_file(student, grades, guardian, others)
    return identity.answers({question: answer}, known, [question])[question]


@pytest.mark.parametrize(
    "answer",
    ["maria jose nunez o'brien", "María José Luz Núñez O’Brien", "MARIA-JOSE NUNEZ OBRIEN", "Nunez O'Brien Maria Jose"],
)
def test_a_name_is_compared_without_case_accents_and_punctuation(answer):
    assert said(Question.NAME, answer) is YES


@pytest.mark.parametrize(
    "answer", ["", " ", "Maria Nunez", "Nunez-O'Brien", "Maria Jose Nunez", "María José Núñez-O’Brian", None]
)
def test_half_a_name_is_no_match(answer):
    assert said(Question.NAME, answer) is NO


def test_a_person_of_one_name_is_named_by_it():
    assert said(Question.NAME, "sukarno", student=Student(given_name="", family_name="Sukarno")) is YES


@pytest.mark.parametrize(
    ("on_file", "answer"),
    [("Łukasz Ørsted", "lukasz orsted"), ("李 小龙", "李小龙"), ("Straße", "STRASSE")],
)
def test_letters_of_every_script_are_compared(on_file, answer):
    assert identity.name(on_file) == identity.name(answer) != ""


def test_vowel_signs_tell_names_apart():
    assert identity.name("मीना") != identity.name("मोना")


@pytest.mark.parametrize(
    ("answer", "worth"), [(date(2016, 3, 8), YES), (date(2016, 8, 3), NO), (date(2015, 3, 8), NO), (None, NO)]
)
def test_a_birth_date_is_a_day(answer, worth):
    assert said(Question.BIRTH_DATE, answer) is worth


@pytest.mark.parametrize(
    ("on_file", "right", "wrong"),
    [
        (
            "04",
            ("4", "04", "4th", "4th grade", "Fourth", "grade 4", "the fourth grade", "٤"),
            ("", "5", "14", "40", "K"),
        ),
        ("KG", ("K", "k", "Kinder", "kindergarten", "KG", "0"), ("TK", "1", "PK")),
        ("TK", ("tk", "Transitional Kindergarten", "T.K."), ("K", "pre-k")),
        ("PK", ("Pre-K", "prekindergarten", "preschool"), ("K", "TK")),
        ("12", ("12", "twelfth", "12th"), ("1", "2", "11")),
        ("UG", ("ug",), ("12",)),
    ],
)
def test_a_grade_may_be_said_in_many_ways(on_file, right, wrong):
    assert {said(Question.GRADE, each, grades=[on_file]) for each in right} == {YES}
    assert {said(Question.GRADE, each, grades=[on_file]) for each in wrong} == {NO}


def test_either_grade_of_a_student_at_two_schools_is_right():
    assert {said(Question.GRADE, each, grades=["09", "10"]) for each in ("9", "10")} == {YES}


@pytest.mark.parametrize(
    "answer",
    [
        "4312 N. Saint James Ave, Apt 3B, North Hollywood, CA 91601",
        "4312 north st james avenue #3b n hollywood 91601",
        "4312 N St. James Av Unit 3-B, 91601-1234",
        "4312 N ST JAMES AVE APARTMENT 3 B N HOLLYWOOD CALIFORNIA",
        "4312 N Saint James Avenue apt. 3b 91601",
    ],
)
def test_an_address_is_compared_without_abbreviations(answer):
    assert said(Question.ADDRESS, answer) is YES


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "North Hollywood 91601",
        "4312 N Saint James Ave Apt 3B",
        "4312 N Saint James Ave, North Hollywood 91601",
        "4312 N Saint James Ave Apt 3C, 91601",
        "4312 S Saint James Ave Apt 3B, 91601",
        "4312 N Saint James Blvd Apt 3B, 91601",
        "4312 N Saint James Ave Apt 3B, 91602",
        "4312 N Saint James Ave Apt 3B, CA",
    ],
)
def test_another_home_street_or_town_is_no_match(answer):
    assert said(Question.ADDRESS, answer) is NO


def test_where_only_the_street_is_on_file_the_street_is_enough():
    assert said(Question.ADDRESS, "1 Elm Street", guardian=Guardian(street="1 Elm St")) is YES


def test_a_town_without_a_street_is_no_address():
    assert said(Question.ADDRESS, "91601", guardian=Guardian(city="Reseda", postal_code="91601")) is NONE


@pytest.mark.parametrize(
    "answer",
    ["8185550147", "818 555 0147", "+1 (818) 555-0147", "1.818.555.0111", "٨١٨٥٥٥٠١٤٧", "818 555 0147 ext. 12"],
)
def test_a_phone_is_its_last_ten_digits(answer):
    assert said(Question.PHONE, answer) is YES


@pytest.mark.parametrize("answer", ["", "555-0147", "0147", "818-555-0148", "213 555 0199"])
def test_part_of_a_phone_or_another_s_is_no_match(answer):
    assert said(Question.PHONE, answer) is NO


def test_the_emergency_contact_s_phone_is_another_s():
    assert said(Question.EMERGENCY_PHONE, "213 555 0199") is YES
    assert said(Question.EMERGENCY_PHONE, "818 555 0147") is NO


def test_the_guardian_s_own_number_does_not_answer_twice():
    assert said(Question.EMERGENCY_PHONE, "818 555 0147", others=[Guardian(phone="818 555 0147")]) is NONE


def test_what_the_sis_has_not_is_not_on_file_whatever_is_said():
    bare = identity.on_file(Student(family_name=""), [""], Guardian(phone="none"), [])
    for answer in ("", "anything", None):
        found = identity.answers(dict.fromkeys(Question, answer), bare, list(Question))
        assert set(found.values()) == {NONE}


@given(st.text(max_size=40))
def test_whatever_is_said_can_be_compared_and_nothing_blank_matches(text):
    for question in Question:
        worth = said(question, text)
        assert worth is NO or (worth is YES and identity.READ[question](text))


CONSOLE = {Question.BIRTH_DATE: YES, Question.NAME: YES, Question.GRADE: YES}


def outcome(address, phone, emergency, **others):
    found = CONSOLE | {Question(name): answer for name, answer in others.items()}
    return identity.passes(
        found | {Question.ADDRESS: address, Question.PHONE: phone, Question.EMERGENCY_PHONE: emergency}
    )


@pytest.mark.parametrize(
    ("answers", "enough"),
    [
        ((YES, YES, YES), True),
        ((NONE, YES, YES), True),
        ((YES, NONE, YES), True),
        ((YES, YES, NONE), True),
        ((NO, YES, YES), False),
        ((YES, YES, NO), False),
        ((NONE, NONE, YES), False),
        ((NONE, NONE, NONE), False),
        ((NONE, NO, YES), False),
    ],
)
def test_not_on_file_excuses_one_and_no_mismatch_is_excused(answers, enough):
    assert outcome(*answers) is enough


def test_a_mismatch_of_what_stands_on_the_console_counts_too():
    assert not outcome(YES, YES, YES, grade=NO)
    assert outcome(YES, YES, YES, birth_date=NONE)
    assert not outcome(NONE, YES, YES, birth_date=NONE)


def test_what_stands_on_the_console_is_never_enough_alone():
    assert not identity.passes(CONSOLE)
    assert not identity.passes(CONSOLE | {Question.PHONE: NONE})
    assert identity.passes(CONSOLE | {Question.PHONE: YES})
