"""Which passwords are refused."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError


@pytest.mark.parametrize(
    "password", ["passwordpassword", "abcabcabcabcabc", "aaaaaaaaaaaaaaaaaa", "iloveyou1iloveyou1", "too short"]
)
def test_a_long_password_that_is_a_short_one_again_and_again_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize("password", ["seven quiet lanterns", "corre perro corre perro rojo", "ñandú ñandú ñandú!"])
def test_several_words_in_a_row_are_welcome(password):
    validate_password(password)
