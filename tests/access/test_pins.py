"""PINs: made only when they are given, the same code again, replaced in every state, destroyed at their end."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from openhouse import access
from openhouse.access import pins, redemption, refusals
from openhouse.access.models import Given, Pin, PinEnd, Way
from openhouse.access.pins import State
from openhouse.access.standing import Standing
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM


def renew(guardianship, at=NOW):
    return pins.renew(guardianship=guardianship, by=SYSTEM, at=at)


def state(guardianship, at=NOW):
    return pins.state(pins.newest(guardianship), at)


def lock(cast, guardianship, at=NOW):
    """Five wrong tries."""
    code = make.give(guardianship, at=at)
    for _ in range(pins.WRONG_TRIES):
        with pytest.raises(refusals.PinRefused):
            make.redeem(cast.ana_account, guardianship.student, make.wrong(code), at=at)


def test_nothing_is_there_to_steal_before_a_pin_is_given(cast):
    assert state(cast.ana_of_alma) is State.NOT_GIVEN
    assert not Pin.objects.exists()


def test_printing_makes_a_pin_of_six_digits_and_again_gives_the_same(cast):
    code = make.give(cast.ana_of_alma, by=cast.olga)
    assert len(code) == 6 and code.isascii() and code.isdecimal()
    assert make.give(cast.ana_of_alma, by=cast.olga, at=NOW + DAY) == code
    assert Pin.objects.count() == 1


def test_showing_says_how_the_pin_was_given(cast):
    pin, _code = pins.give(guardianship=cast.ana_of_alma, given=Given.SHOWN, by=SYSTEM, at=NOW)
    assert (pin.given, pin.given_at) == (Given.SHOWN, NOW)
    assert Entry.objects.get(event=Event.PIN_SHOWN).guardian == str(cast.ana.key)


@pytest.mark.parametrize("length", ["4", "12"])
def test_policy_decides_how_many_digits_a_pin_has(cast, length):
    values.choose(name="pin_length", text=length, by=SYSTEM, at=NOW)
    assert len(make.give(cast.ana_of_alma)) == int(length)


def test_the_live_codes_of_one_student_differ(monkeypatch, cast):
    drawn = iter([7, 7, 8])
    monkeypatch.setattr(pins.secrets, "randbelow", lambda _limit: next(drawn))
    assert make.give(cast.ana_of_alma) == "000007"
    assert make.give(cast.arturo_of_alma) == "000008"


def test_a_pin_lives_as_many_days_as_policy_says(cast):
    """To the end of the day that its slip names."""
    make.give(cast.ana_of_alma)
    midnight = (NOW + 22 * DAY).replace(hour=0)
    assert state(cast.ana_of_alma, midnight - timedelta(seconds=1)) is State.LIVE
    assert state(cast.ana_of_alma, midnight) is State.EXPIRED
    [pin] = Pin.objects.all()
    assert timezone.localdate(pin.expires_at) == (NOW + 21 * DAY).date()


def test_printing_a_pin_that_was_made_before_a_restriction_asks_a_second_person(cast):
    renew(cast.ana_of_alma)
    make.link(cast.alma, cast.boris, restriction="no contact", valid_from=NOW + DAY)
    with pytest.raises(refusals.SecondPersonNeeded):
        make.give(cast.ana_of_alma, by=cast.olga, at=NOW + 2 * DAY)


def test_one_that_was_given_before_is_printed_again(cast):
    code = make.give(cast.ana_of_alma)
    make.link(cast.alma, cast.boris, restriction="no contact", valid_from=NOW + DAY)
    assert make.give(cast.ana_of_alma, by=cast.olga, at=NOW + 2 * DAY) == code


def test_printing_an_expired_pin_asks_for_a_new_one(cast):
    make.give(cast.ana_of_alma)
    with pytest.raises(refusals.PinNotLive):
        make.give(cast.ana_of_alma, at=NOW + 22 * DAY)


def test_printing_again_does_not_prolong_a_pin(cast):
    make.give(cast.ana_of_alma)
    before = Pin.objects.get().expires_at
    make.give(cast.ana_of_alma, at=NOW + 10 * DAY)
    assert Pin.objects.get().expires_at == before


def test_an_ended_pin_cannot_keep_its_code(cast):
    make.give(cast.ana_of_alma)
    with pytest.raises(IntegrityError, match="an_ended_pin_holds_no_code"), transaction.atomic():
        Pin.objects.update(ended_at=NOW, end=PinEnd.USED)


def test_an_open_pin_has_a_code_and_a_guardianship_has_one_open_pin(cast):
    renew(cast.ana_of_alma)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pin.objects.update(sealed=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pin.objects.create(guardianship=cast.ana_of_alma, sealed=b"x", made_at=NOW, expires_at=NOW + DAY)


def test_using_a_pin_destroys_its_code(cast):
    make.redeem(cast.ana_account, cast.alma, make.give(cast.ana_of_alma))
    pin = Pin.objects.get()
    assert (pin.end, pin.sealed, pin.ended_at) == (PinEnd.USED, None, NOW)


def test_a_new_pin_before_any_was_given_is_live(cast):
    renew(cast.ana_of_alma)
    assert state(cast.ana_of_alma) is State.LIVE


def test_a_new_pin_kills_a_live_one(cast):
    code = make.give(cast.ana_of_alma)
    renew(cast.ana_of_alma)
    assert Pin.objects.order_by("pk")[0].end == PinEnd.REPLACED
    assert make.give(cast.ana_of_alma) != code
    with pytest.raises(refusals.PinRefused):
        make.redeem(cast.ana_account, cast.alma, code)


def test_a_new_pin_after_use_blanks_date_used_and_asks_to_revalidate(cast):
    make.redeem(cast.ana_account, cast.alma, make.give(cast.ana_of_alma))
    renew(cast.ana_of_alma)
    assert state(cast.ana_of_alma) is State.LIVE
    assert access.decide(account=cast.ana_account, student=cast.alma, at=NOW).standing is Standing.REVALIDATE


def test_entering_the_new_pin_revalidates(cast):
    make.redeem(cast.ana_account, cast.alma, make.give(cast.ana_of_alma))
    renew(cast.ana_of_alma)
    make.redeem(cast.ana_account, cast.alma, make.give(cast.ana_of_alma), at=NOW + DAY)
    assert access.decide(account=cast.ana_account, student=cast.alma, at=NOW + DAY).allowed


def test_a_new_pin_of_one_guardian_leaves_the_other_ones_access_alone(cast):
    make.join(cast.ana_account, cast.ana, cast.alma, cast.abel)
    make.join(cast.arturo_account, cast.arturo, cast.alma)
    renew(cast.arturo_of_alma)
    assert access.decide(account=cast.ana_account, student=cast.alma, at=NOW).allowed
    assert access.decide(account=cast.ana_account, student=cast.abel, at=NOW).allowed
    assert not access.decide(account=cast.arturo_account, student=cast.alma, at=NOW).allowed


def test_a_new_pin_after_expiry_says_that_the_old_one_expired(cast):
    make.give(cast.ana_of_alma)
    renew(cast.ana_of_alma, at=NOW + 30 * DAY)
    assert [pin.end for pin in Pin.objects.order_by("pk")] == [PinEnd.EXPIRED, ""]


def test_a_new_pin_after_locking(cast):
    lock(cast, cast.ana_of_alma)
    assert state(cast.ana_of_alma) is State.LOCKED
    renew(cast.ana_of_alma)
    assert state(cast.ana_of_alma) is State.LIVE


def test_an_imported_guardian_with_access_revalidates_after_a_new_pin(cast):
    make.join(cast.ana_account, cast.ana, cast.alma, way=Way.IMPORTED, at=NOW)
    renew(cast.ana_of_alma)
    assert access.decide(account=cast.ana_account, student=cast.alma, at=NOW).standing is Standing.REVALIDATE


def test_from_the_third_locked_pin_in_a_school_year_a_new_one_needs_an_identity_check(cast):
    for _ in range(3):
        lock(cast, cast.ana_of_alma)
        if Pin.objects.filter(end=PinEnd.LOCKED).count() < 3:
            renew(cast.ana_of_alma)
    with pytest.raises(refusals.IdentityCheckNeeded):
        renew(cast.ana_of_alma)
    renew(cast.ana_of_abel)


def test_locked_pins_of_last_school_year_no_longer_count(cast):
    for guardianship in (cast.ana_of_alma, cast.arturo_of_alma):
        lock(cast, guardianship)
    Pin.objects.create(guardianship=cast.ana_of_alma, made_at=NOW, expires_at=NOW + DAY, ended_at=NOW, end="locked")
    with pytest.raises(refusals.IdentityCheckNeeded):
        renew(cast.ana_of_alma, at=NOW + 200 * DAY)
    renew(cast.ana_of_alma, at=NOW.replace(year=2027, month=7, day=1))


def test_rotating_seals_every_open_pin_under_the_newest_key(settings, cast):
    from cryptography.fernet import Fernet

    code = make.give(cast.ana_of_alma)
    settings.PIN_KEYS = [Fernet.generate_key().decode(), *settings.PIN_KEYS]
    assert pins.rotate(by=SYSTEM, at=NOW) == pins.Rotation(sealed=1, ended=0)
    settings.PIN_KEYS = settings.PIN_KEYS[:1]
    assert make.give(cast.ana_of_alma) == code


def test_a_pin_whose_key_is_lost_is_refused_and_new_pin_makes_another(settings, cast):
    from cryptography.fernet import Fernet

    code = make.give(cast.ana_of_alma)
    settings.PIN_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(refusals.PinNotLive):
        make.give(cast.ana_of_alma)
    with pytest.raises(refusals.PinRefused):
        make.redeem(cast.ana_account, cast.alma, code)
    renew(cast.ana_of_alma)
    assert make.redeem(cast.ana_account, cast.alma, make.give(cast.ana_of_alma))


def test_plain_digits_are_read_in_every_script():
    assert redemption.plain_digits("١٢٣٤٥٦") == redemption.plain_digits("１２３ ４５６") == "123456"
    assert redemption.plain_digits(" 12-34 56\t") == redemption.plain_digits("۱۲۳۴۵۶") == "123456"
