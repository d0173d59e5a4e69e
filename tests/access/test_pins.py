"""PINs: made only when they are given, the same code again, destroyed at their end."""

from tests import cast as make


def test_a_pin_is_printed(cast):
    assert make.give(cast.ana_of_alma).isdecimal()
