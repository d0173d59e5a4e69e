"""Entering a PIN: all three must match, once, and every mismatch reads alike."""

import logging
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhouse.access import pins, refusals, ties
from openhouse.access.models import Association, LimitException, Pin, PinEnd, Tie, Try, Way
from openhouse.accounts import activity
from openhouse.audit.events import Event
from openhouse.audit.models import Entry, Name
from openhouse.policy import values
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM


@pytest.fixture
def code(cast):
    """The code of Ana's PIN for Alma."""
    return make.give(cast.ana_of_alma)


def refused(cast, code, student=None, at=NOW, account=None, refusal=refusals.PinRefused, **typed):
    with pytest.raises(refusal) as caught:
        make.redeem(account or cast.ana_account, student or cast.alma, code, at=at, **typed)
    return caught.value


def test_a_right_pin_makes_tie_association_and_entry(cast, code):
    association = make.redeem(cast.ana_account, cast.alma, code, address="203.0.113.5")
    assert (association.student, association.way, association.valid_from) == (cast.alma, Way.PIN, NOW)
    assert Tie.objects.get().guardian == cast.ana
    entry = Entry.objects.get(event=Event.PIN_USED)
    assert (entry.account, entry.student, entry.guardian) == tuple(
        str(each.key) for each in (cast.ana_account, cast.alma, cast.ana)
    )
    assert (entry.address, entry.at) == ("203.0.113.5", NOW)


def test_a_used_pin_is_refused(cast, code):
    make.redeem(cast.ana_account, cast.alma, code)
    refused(cast, code)
    refused(cast, code, account=cast.arturo_account)


@pytest.mark.parametrize(
    "typed",
    [
        {"student_number": "S99999"},
        {"student_number": ""},
        {"birth_date": date(2016, 3, 29)},
        {"birth_date": None},
        {"birth_date": None, "last_name": "Reyes"},
        {"code": ""},
        {"code": "wrong"},
        {"code": "\u00bd\u00b2\ud7ff"},
        {"code": "1" * 500},
    ],
)
def test_every_mismatch_has_the_same_answer(cast, code, typed):
    refusal = refused(cast, **{"code": code, **typed})
    assert (type(refusal), refusal.args, vars(refusal)) == (refusals.PinRefused, (), {})


@pytest.mark.parametrize("number", ["{}", " {} ", "{}\t"])
def test_case_and_surrounding_space_of_the_student_id_do_not_matter(cast, code, number):
    assert make.redeem(cast.ana_account, cast.alma, code, student_number=number.format(cast.alma.number.lower()))


def test_student_id_and_pin_may_be_typed_in_arabic_digits(cast, code):
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    number, typed = cast.alma.number.translate(arabic), code.translate(arabic)
    assert make.redeem(cast.ana_account, cast.alma, typed, student_number=number)


def test_a_pin_of_another_student_does_not_match(cast, code):
    refused(cast, code, student=cast.abel)


def test_each_guardian_of_a_child_uses_their_own_pin(cast, code):
    other = make.give(cast.arturo_of_alma)
    assert make.redeem(cast.arturo_account, cast.alma, other)
    assert make.redeem(cast.ana_account, cast.alma, code)
    assert set(Tie.objects.values_list("guardian", flat=True)) == {cast.ana.pk, cast.arturo.pk}


def test_an_expired_pin_is_refused(cast, code):
    refused(cast, code, at=NOW + 22 * DAY)
    assert make.redeem(cast.ana_account, cast.alma, code, at=NOW + 20 * DAY)


def test_a_pin_whose_guardianship_ended_is_refused(cast, code):
    make.end(cast.ana_of_alma, at=NOW)
    refused(cast, code)


@pytest.mark.parametrize("restriction", ["no contact", "see file"])
def test_a_pin_whose_guardian_was_restricted_is_refused(cast, code, restriction):
    make.change(cast.ana_of_alma, at=NOW, restriction=restriction)
    refused(cast, code)


def test_a_pin_of_a_student_who_left_or_came_of_age_is_refused(cast, code):
    make.change(cast.alma, at=NOW, birth_date=date(2008, 1, 1))
    refused(cast, code)
    make.end(cast.alma.enrolments.get(), at=NOW)
    refused(cast, code, birth_date=date(2016, 3, 28))


def test_two_students_with_one_number_are_told_apart_by_birth_date(cast, code):
    twin = make.student(
        "Aldo", "Reyes", cast.maple, number=cast.alma.number, sourced_id="x", birth_date=date(2015, 1, 1)
    )
    twins_code = make.give(make.link(twin, cast.ana))
    assert make.redeem(cast.ana_account, cast.alma, code).student == cast.alma
    assert make.redeem(cast.ana_account, twin, twins_code).student == twin


def test_the_last_name_stands_in_for_a_missing_birth_date_only_where_policy_says_so(cast):
    values.choose(name="missing_birth_date", text="last_name", by=SYSTEM, at=NOW)
    code = make.give(cast.nora_of_nico)
    nora = make.account("nora@home.example")
    refused(cast, code, student=cast.nico, account=nora)
    refused(cast, code, student=cast.nico, account=nora, last_name="Silver")
    assert make.redeem(nora, cast.nico, code, last_name=" SILVA ")


def test_the_last_name_never_replaces_a_birth_date_that_is_there(cast, code):
    values.choose(name="missing_birth_date", text="last_name", by=SYSTEM, at=NOW)
    refused(cast, code, birth_date=None, last_name="Reyes")


def test_a_second_account_for_one_guardian_is_refused_and_the_pin_stays_good(cast, code):
    make.tie(cast.arturo_account, cast.ana)
    refused(cast, code, refusal=refusals.GuardianTaken)
    assert (Pin.objects.get().ended_at, Pin.objects.get().wrong_tries) == (None, 0)
    ties.end(tie=Tie.objects.get(), by=SYSTEM, at=NOW)
    assert make.redeem(cast.ana_account, cast.alma, code)


def test_an_account_of_somebody_else_is_refused_and_the_pin_stays_good(cast, code):
    make.tie(cast.arturo_account, cast.arturo)
    refused(cast, code, account=cast.arturo_account, refusal=refusals.AccountTaken)
    assert not Try.objects.exclude(counted=Try.Counted.NOBODY).exists()
    assert make.redeem(cast.ana_account, cast.alma, code)


def test_the_limit_does_not_spend_the_pin(cast):
    make.join(cast.carla_account, cast.carla, *cast.carlas_children[:4])
    fifth = cast.carlas_children[4]
    code = make.give(cast.carla_of[fifth])
    assert refused(cast, code, fifth, account=cast.carla_account, refusal=refusals.LimitReached).limit == 4
    LimitException.objects.create(account=cast.carla_account, valid_from=NOW)
    assert make.redeem(cast.carla_account, fifth, code)


def test_refusals_after_a_match_are_on_record(cast, code):
    make.tie(cast.arturo_account, cast.arturo)
    refused(cast, code, account=cast.arturo_account, refusal=refusals.AccountTaken)
    assert Entry.objects.get(event=Event.TIE_REFUSED).detail == {"why": "AccountTaken"}


def test_revalidating_counts_as_the_same_student(cast):
    make.join(cast.carla_account, cast.carla, *cast.carlas_children[:4])
    child = cast.carlas_children[0]
    pins.renew(guardianship=cast.carla_of[child], by=SYSTEM, at=NOW)
    make.redeem(cast.carla_account, child, make.give(cast.carla_of[child]))
    assert Association.objects.filter(account=cast.carla_account, valid_until=None).count() == 4


def test_an_association_of_before_is_ended_not_overwritten(cast):
    make.join(cast.ana_account, cast.ana, cast.alma, way=Way.IMPORTED)
    make.redeem(cast.ana_account, cast.alma, make.give(cast.ana_of_alma))
    assert list(Association.objects.order_by("pk").values_list("way", "valid_until")) == [
        ("imported", NOW),
        ("pin", None),
    ]


def test_the_code_stands_nowhere_but_sealed(cast, caplog, code):
    caplog.set_level(logging.DEBUG)
    refusal = refused(cast, make.wrong(code))
    make.redeem(cast.ana_account, cast.alma, code)
    entries = repr(list(Entry.objects.values())) + repr(list(Name.objects.values())) + repr(list(Try.objects.values()))
    said = entries + caplog.text + repr(refusal) + repr(refusal.__context__)
    assert not re.search(rf"\b({code}|{make.wrong(code)})\b", said)


def test_the_code_is_sealed_differently_each_time_and_no_column_can_be_searched_for_it(cast, code, monkeypatch):
    monkeypatch.setattr(pins, "draw", lambda length, taken=(): code)
    make.give(cast.ana_of_abel)
    first, second = (bytes(pin.sealed) for pin in Pin.objects.order_by("pk"))
    assert first != second
    columns = {key: value for key, value in Pin.objects.values()[0].items() if key != "sealed"}
    assert code not in repr(columns)


def _statements(cast, code, **typed):
    """The kinds and tables of the statements of one refused try."""
    with CaptureQueriesContext(connection) as queries:
        refused(cast, code, **typed)
    kinds = [re.match(r"(\w+)(?:.*?(?:FROM|INTO|UPDATE) \"(\w+)\")?", each["sql"], re.DOTALL) for each in queries]
    return [kind.groups() for kind in kinds if kind]


def test_a_wrong_id_a_wrong_birth_date_and_a_wrong_pin_cost_the_same_statements(cast, code):
    cast.ana_account.refresh_from_db()
    _statements(cast, code, student_number="nobody")  # the first try of all writes down who tried
    wrong_id = _statements(cast, code, student_number="nobody")
    wrong_date = _statements(cast, code, birth_date=date(2000, 1, 1))
    wrong_pin = _statements(cast, make.wrong(code))
    assert wrong_id == wrong_date == wrong_pin


def test_a_wrong_id_costs_an_unsealing_too(cast, code, monkeypatch):
    from openhouse import cipher

    unsealed, unseal = [], cipher.unseal
    monkeypatch.setattr(cipher, "unseal", lambda sealed: unsealed.append(1) or unseal(sealed))
    refused(cast, code, student_number="nobody")
    refused(cast, make.wrong(code))
    assert len(unsealed) == 2


def test_a_locked_pin_ends_as_locked(cast, code):
    for _ in range(pins.WRONG_TRIES):
        refused(cast, make.wrong(code))
    assert (Pin.objects.get().end, Pin.objects.get().sealed) == (PinEnd.LOCKED, None)


@pytest.mark.parametrize("typed", ["Peña", "PEÑA", "pena", "Pen\u0303a"])
def test_a_last_name_is_taken_without_its_accents_and_case(cast, typed):
    assert redeem_by_last_name("Peña", typed, cast)


def test_a_last_name_is_taken_however_its_blanks_stand(cast):
    assert redeem_by_last_name("De La Cruz", " de  la cruz ", cast)


def redeem_by_last_name(name, typed, cast):
    values.choose(name="missing_birth_date", text="last_name", by=SYSTEM, at=NOW - DAY)
    child, mother = make.student("Noé", name, cast.maple, birth_date=None), make.guardian("Nuria", name)
    code = make.give(make.link(child, mother))
    return make.redeem(make.account("nuria@home.example"), child, code, last_name=typed)


def test_an_account_that_was_deactivated_meanwhile_spends_no_pin(cast, code):
    activity.deactivate(account=cast.ana_account, for_cause=True, by=SYSTEM, at=NOW)
    refused(cast, code, refusal=refusals.AccountNotActive)
    [pin] = Pin.objects.all()
    assert (pin.end, pin.wrong_tries) == ("", 0)
    assert not Tie.objects.exists()
