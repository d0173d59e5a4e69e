"""Which passwords are refused."""

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from openhouse.policy import values
from tests import cast as make
from tests.cast import NOW, PASSWORD, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "password", ["passwordpassword", "abcabcabcabcabc", "aaaaaaaaaaaaaaaaaa", "iloveyou1iloveyou1", "too short"]
)
def test_a_long_password_that_is_a_short_one_again_and_again_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize("password", ["seven quiet lanterns", "corre perro corre perro rojo", "ñandú ñandú ñandú!"])
def test_several_words_in_a_row_are_welcome(password):
    validate_password(password)


@pytest.mark.parametrize(
    "password", ["Maple Valley 2026!", "maplevalley-welcome-1", "ParentPortal-2026-2027", "Valley student 1"]
)
def test_a_password_of_the_district_s_own_words_is_refused(password):
    values.choose(name="district_name", text="Maple Valley School District", by=SYSTEM, at=NOW)
    with pytest.raises(ValidationError, match="own words"):
        validate_password(password)


def test_a_word_of_the_district_among_others_is_welcome():
    values.choose(name="district_name", text="Maple Valley School District", by=SYSTEM, at=NOW)
    validate_password("seven quiet maple lanterns")


def test_a_password_is_one_however_its_accents_are_composed():
    assert check_password("n\u0303andu\u0301 tres veces", make_password("\u00f1and\u00fa tres veces"))


@pytest.mark.parametrize(
    "typed", [f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.upper(), PASSWORD[:-1], PASSWORD + "x" * 60]
)
def test_only_the_very_password_opens_an_account(visit, typed):
    make.account("rosa@home.example", password=PASSWORD)
    visit_ = visit()
    visit_.post("/accounts/login/", {"login": "rosa@home.example", "password": typed})
    assert visit_.get("/family/").status_code == 302


def test_a_long_password_counts_to_its_end(visit):
    long = "many words in a row " * 5 + "with an end"
    make.account("rosa@home.example", password=long)
    client = visit()
    client.post("/accounts/login/", {"login": "rosa@home.example", "password": long[:-1]})
    assert client.get("/family/").status_code == 302
    client.post("/accounts/login/", {"login": "rosa@home.example", "password": long})
    assert client.get("/family/").status_code == 200


def test_a_password_is_hashed_as_owasp_asks():
    assert make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("password", ["ñ" * 3 + "a b" * 20 + "z", "seven quiet lanterns " * 3 + "🦉"])
def test_a_password_of_64_characters_and_of_any_signs_is_welcome(password):
    assert len(password) >= 64
    validate_password(password)
