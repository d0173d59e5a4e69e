"""Identity checks: three a day, their employee's own, an hour long, good for one PIN, and nothing said is kept."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from openhouse.access import checks, pins, refusals
from openhouse.access.identity import Question
from openhouse.access.models import Given, IdentityCheck, Pin, PinEnd, Way
from openhouse.accounts import actor
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
SECRETS = ("5550147", "555-0147", "5550199", "Elm", "91601", "2016-03-28")


@pytest.fixture
def family(cast):
    """Alma's mother has an address and a phone on file; an aunt is the emergency contact."""
    return make.reachable(cast)


def ask(cast, *, by=None, at=NOW, guardianship=None, **wrong):
    right = make.said_of_alma(cast)
    employee = by or cast.olga
    typed = {Question(name): answer for name, answer in (right | wrong).items()}
    guardianship = guardianship or cast.ana_of_alma
    return checks.ask(guardianship=guardianship, typed=typed, employee=employee, by=actor.of(employee), at=at)


def see(check, *, at=NOW, place="video", document="passport"):
    return checks.see(check=check, place=place, document=document, by=actor.of(check.employee), at=at)


def give(check, *, at=NOW, renewing=False, by=None):
    return checks.give(check=check, renewing=renewing, by=actor.of(by or check.employee), at=at)


def lock_three(cast, at=NOW):
    for _ in range(pins.LOCKED_PINS_A_YEAR):
        Pin.objects.create(
            guardianship=cast.ana_of_alma, made_at=at - DAY, expires_at=at + DAY, ended_at=at - HOUR, end=PinEnd.LOCKED
        )


def test_right_answers_lead_to_the_id_and_the_id_to_the_pin(family):
    check = see(ask(family))
    pin, code = give(check)
    assert (pin.given, len(code)) == (Given.VIDEO, 6)
    assert Entry.objects.get(event=Event.PIN_SHOWN).detail == {"given": "video"}


def test_at_the_counter_the_pin_is_given_at_the_counter(family):
    assert give(see(ask(family), place="counter"))[0].given == Given.SHOWN


@pytest.mark.parametrize("question", list(Question))
def test_one_wrong_answer_ends_the_check(family, question):
    check = ask(family, **{question: None})
    assert check.outcome == "failed"
    assert [name for name, answer in check.answers.items() if answer != "match"] == [question]
    with pytest.raises(refusals.CheckOver):
        see(check)
    with pytest.raises(refusals.CheckOver):
        give(check)


def test_no_pin_before_the_id_was_seen_nor_after_none_was(family):
    check = ask(family)
    with pytest.raises(refusals.CheckOver):
        give(check)
    checks.turn_away(check=check, by=actor.of(family.olga), at=NOW)
    for step in (see, give):
        with pytest.raises(refusals.CheckOver):
            step(check)
    assert not Pin.objects.exists()


@pytest.mark.parametrize(("place", "document"), [("telephone", "passport"), ("video", "library card"), ("", "")])
def test_only_what_policy_accepts_is_seen_and_never_by_telephone(family, place, document):
    with pytest.raises(ValueError, match="accepted"):
        see(ask(family), place=place, document=document)


def test_a_guardian_has_three_checks_a_day_whoever_asks_and_for_whichever_student(family):
    ask(family)
    ask(family, by=family.otto, phone="1")
    ask(family, by=family.hank, guardianship=family.ana_of_abel)
    with pytest.raises(refusals.TooManyChecks):
        ask(family, by=family.otto)
    assert IdentityCheck.objects.count() == 3
    assert ask(family, at=NOW + DAY)


def test_another_guardian_s_checks_do_not_count(family):
    values.choose(name="identity_checks_a_day", text="1", by=SYSTEM, at=NOW)
    ask(family, guardianship=family.arturo_of_alma)
    assert ask(family)
    with pytest.raises(refusals.TooManyChecks):
        ask(family)


def test_the_checks_of_all_records_of_one_person_count_together(family):
    """One account is tied to both records: they are one person."""
    second = make.guardian("Ana", "Reyes", sourced_id="ana-again")
    pair = make.link(family.alma, second)
    for each in (family.ana, second):
        make.tie(family.ana_account, each)
    ask(family)
    ask(family, guardianship=pair)
    ask(family)
    for each in (pair, family.ana_of_alma):
        with pytest.raises(refusals.TooManyChecks):
            ask(family, guardianship=each)


def test_a_check_is_its_employee_s_own(family):
    check = ask(family)
    with pytest.raises(refusals.CheckOver):
        checks.see(check=check, place="video", document="passport", by=actor.of(family.otto), at=NOW)
    see(check)
    with pytest.raises(refusals.CheckOver):
        give(check, by=family.otto)
    assert not checks.of(family.otto, NOW).exists()
    assert checks.standing(guardianship=family.ana_of_alma, employee=family.otto, at=NOW) is None


def test_a_check_lasts_an_hour_from_the_questions_on(family):
    with pytest.raises(refusals.CheckOver):
        see(ask(family), at=NOW + HOUR)
    check = see(ask(family), at=NOW + HOUR - SECOND)
    with pytest.raises(refusals.CheckOver):
        give(check, at=NOW + HOUR)
    assert give(check, at=NOW + HOUR - SECOND)


def test_the_pin_is_shown_once(family):
    check = see(ask(family))
    give(check)
    with pytest.raises(refusals.CheckOver):
        give(check)
    with pytest.raises(refusals.CheckOver):
        give(check, renewing=True)


def test_a_used_pin_needs_a_new_one_and_the_refusal_does_not_end_the_check(family):
    make.redeem(family.ana_account, family.alma, make.give(family.ana_of_alma))
    check = see(ask(family))
    with pytest.raises(refusals.PinNotLive):
        give(check)
    assert give(check, renewing=True)[0].given == Given.VIDEO


def test_after_three_locked_pins_a_new_one_takes_this_employee_s_check(family):
    lock_three(family)
    check, other = see(ask(family)), see(ask(family, guardianship=family.ana_of_alma, by=family.otto))
    arguments = {"guardianship": family.ana_of_alma, "by": actor.of(family.olga)}
    for useless in (None, other):
        with pytest.raises(refusals.IdentityCheckNeeded):
            pins.renew(**arguments, at=NOW, check=useless)
    with pytest.raises(refusals.IdentityCheckNeeded):
        pins.renew(**arguments, at=NOW + HOUR, check=check)
    with pytest.raises(refusals.IdentityCheckNeeded):
        pins.renew(guardianship=family.arturo_of_alma, by=actor.of(family.olga), at=NOW, check=check)
    assert pins.renew(**arguments, at=NOW, check=check)


def test_a_check_that_has_not_seen_the_id_is_no_check(family):
    lock_three(family)
    with pytest.raises(refusals.IdentityCheckNeeded):
        pins.renew(guardianship=family.ana_of_alma, by=actor.of(family.olga), at=NOW, check=ask(family))


def test_one_check_is_good_for_one_new_pin(family):
    lock_three(family)
    check = see(ask(family))
    arguments = {"guardianship": family.ana_of_alma, "by": actor.of(family.olga), "check": check}
    pins.renew(**arguments, at=NOW + SECOND)
    with pytest.raises(refusals.IdentityCheckNeeded):
        pins.renew(**arguments, at=NOW + 2 * SECOND)


def test_the_verified_get_a_new_pin_after_three_locked_ones(family):
    lock_three(family)
    assert give(see(ask(family)), renewing=True)


def test_an_employee_does_not_verify_their_own_family(cast):
    with pytest.raises(refusals.OwnFamily):
        ask(cast, guardianship=cast.mia_of_milo, by=cast.mia_at_work)
    assert not IdentityCheck.objects.exists()


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("drew_of_david", refusals.RightsPassed),
        ("nora_of_nico", refusals.NoBirthDate),
        ("flora_of_finn", refusals.NotLegalGuardian),
    ],
)
def test_nobody_is_asked_for_whom_there_can_be_no_pin(cast, name, refusal):
    with pytest.raises(refusal):
        ask(cast, guardianship=getattr(cast, name))
    assert not IdentityCheck.objects.exists()


def test_a_restriction_still_needs_a_second_person_and_the_check_can_be_gone_on_with(family):
    check = see(ask(family))
    make.change(family.arturo_of_alma, at=NOW, restriction="no contact")
    with pytest.raises(refusals.SecondPersonNeeded):
        give(check)
    make.change(family.arturo_of_alma, at=NOW, restriction="")
    assert give(check, at=NOW + SECOND)


def test_a_restricted_contact_s_phone_answers_nothing(family):
    make.change(family.arturo, at=NOW - DAY, phone="310-555-0123")
    make.change(family.arturo_of_alma, at=NOW - DAY, emergency_contact=True)
    assert ask(family, emergency_phone="310-555-0123").answers["emergency_phone"] == "match"
    make.change(family.arturo_of_alma, at=NOW, restriction="court order")
    assert ask(family, emergency_phone="310-555-0123").answers["emergency_phone"] == "no match"


def test_policy_names_what_is_asked(family):
    values.choose(name="identity_questions", text="name, phone", by=SYSTEM, at=NOW)
    check = ask(family, grade="11", address="")
    assert (check.outcome, set(check.answers)) == ("answered", {"name", "phone"})


@pytest.mark.parametrize("text", ["", "name, birth_date, grade", "name, phone, shoe size"])
def test_policy_cannot_ask_only_what_stands_on_the_console(db, text):
    with pytest.raises(values.PolicyRefused):
        values.choose(name="identity_questions", text=text, by=SYSTEM, at=NOW)


def test_what_was_said_stands_neither_in_the_row_nor_on_the_trail(family):
    check = see(ask(family))
    ask(family, phone="818 555 0100")
    kept = [str(vars(each)) for each in (*IdentityCheck.objects.all(), *Entry.objects.all())]
    assert not [secret for secret in (*SECRETS, "5550100", "555 0100") if any(secret in row for row in kept)]
    first, _failed = Entry.objects.filter(event=Event.IDENTITY_ASKED).order_by("position")
    assert first.detail == {"outcome": "answered"} | dict.fromkeys(Question.values, "match")
    ended = Entry.objects.get(event=Event.IDENTITY_CHECKED)
    assert ended.detail == {"outcome": "verified", "place": "video", "document": "passport"}
    assert (ended.actor, ended.guardian) == (str(check.employee.key), str(family.ana.key))


def test_a_row_cannot_say_verified_without_what_was_seen(family):
    check = ask(family)
    for facts in ({"outcome": "verified"}, {"shown_at": NOW}, {"document": "passport"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            IdentityCheck.objects.filter(pk=check.pk).update(**facts)


def test_one_s_own_number_on_another_record_is_no_emergency_contact_s(cast, family):
    second = make.guardian("Ana", "Reyes", sourced_id="ana-again", phone="818-555-0222")
    make.link(cast.alma, second, emergency_contact=True)
    make.tie(cast.ana_account, cast.ana)
    make.tie(cast.ana_account, second, Way.STAFF)
    assert ask(cast, emergency_phone="818 555 0222").answers["emergency_phone"] == "no match"
