"""Who gets a PIN and who may make one: rules 1, 3, 9, 14 and 17."""

import pytest

from openhouse.access import consents, limits, pins, refusals
from openhouse.access.models import Act, Tie, Way
from openhouse.accounts import actor
from openhouse.district.models import Employee
from openhouse.policy import values
from openhouse.roles import colleagues
from openhouse.roles.roles import Role
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM


def choose(name, text):
    values.choose(name=name, text=text, by=SYSTEM, at=NOW)


def renew(guardianship, by=SYSTEM, at=NOW):
    return pins.renew(guardianship=guardianship, by=by, at=at)


def refused(refusal, guardianship, by=None, at=NOW):
    """Both ways of making a PIN are refused alike."""
    with pytest.raises(refusal):
        make.give(guardianship, by=by, at=at)
    with pytest.raises(refusal):
        renew(guardianship, by=actor.of(by) if by else SYSTEM, at=at)
    return True


def test_a_false_legal_flag_gets_no_pin(cast):
    aunt = make.link(cast.alma, make.guardian("Tia", "Reyes"), legal=False)
    choose("blank_legal_flag", "legal_for_relations")
    assert refused(refusals.NotLegalGuardian, aunt)


def test_a_blank_legal_flag_gets_a_pin_only_by_policy(cast):
    assert refused(refusals.NotLegalGuardian, cast.flora_of_finn)
    choose("blank_legal_flag", "legal_for_relations")
    assert make.give(cast.flora_of_finn)


def test_a_guardianship_that_ended_gets_no_pin(cast):
    assert refused(refusals.NotLegalGuardian, cast.elias_of_emil)


def test_a_guardianship_that_the_sis_no_longer_states_gets_no_pin(cast):
    make.end(cast.ana_of_alma, at=NOW)
    assert refused(refusals.NotLegalGuardian, cast.ana_of_alma)


def test_a_withdrawn_student_gets_no_pin(cast):
    assert refused(refusals.NotLegalGuardian, cast.wanda_of_will)


def test_without_a_birth_date_there_is_no_pin_unless_policy_takes_the_last_name(cast):
    assert refused(refusals.NoBirthDate, cast.nora_of_nico)
    choose("missing_birth_date", "last_name")
    assert make.give(cast.nora_of_nico)


def test_an_eligible_students_guardian_gets_no_pin_without_a_ground(cast):
    assert refused(refusals.RightsPassed, cast.drew_of_david)
    make.change(cast.david, at=NOW, eligible_ground="dependent")
    assert make.give(cast.drew_of_david)


def test_a_restriction_on_the_record_needs_a_second_person_even_for_the_other_parent(cast):
    assert refused(refusals.SecondPersonNeeded, cast.berta_of_bella)
    assert refused(refusals.GuardianRestricted, cast.boris_of_bella)


def test_a_text_that_policy_cannot_read_needs_a_second_person(cast):
    make.change(cast.arturo_of_alma, at=NOW, restriction="see file")
    assert refused(refusals.SecondPersonNeeded, cast.ana_of_alma)


def test_a_restriction_that_is_none_needs_nobody(cast):
    make.change(cast.arturo_of_alma, at=NOW, restriction="None ")
    assert make.give(cast.ana_of_alma)


@pytest.mark.parametrize("text", ["court order", "see the file"])
def test_a_pin_given_before_the_restriction_is_neither_printed_nor_renewed_nor_used(cast, text):
    code = make.give(cast.ana_of_alma)
    make.change(cast.ana_of_alma, at=NOW, restriction=text)
    assert refused(refusals.GuardianRestricted, cast.ana_of_alma)
    with pytest.raises(refusals.GuardianRestricted):
        pins.renew(guardianship=cast.ana_of_alma, by=SYSTEM, at=NOW)
    with pytest.raises(refusals.PinRefused):
        make.redeem(cast.ana_account, cast.alma, code)


def test_an_employee_makes_no_pin_for_their_own_child(cast):
    assert refused(refusals.OwnFamily, cast.mia_of_milo, by=cast.mia_at_work)
    assert make.give(cast.mia_of_milo, by=cast.olga)


def test_an_employee_does_not_even_see_a_live_pin_of_their_own_child(cast):
    father = make.link(cast.milo, make.guardian("Ming", "Chen"), relation="father")
    make.give(father, by=cast.olga)
    assert refused(refusals.OwnFamily, father, by=cast.mia_at_work)


def test_an_employee_is_known_as_a_contact_by_email_in_any_case(cast):
    Employee.objects.filter(sourced_id="employee-Olga").update(email="Ana@Home.example")
    assert refused(refusals.OwnFamily, cast.arturo_of_alma, by=cast.olga)


def test_employees_without_an_email_are_not_taken_for_guardians_without_one(cast):
    Employee.objects.update(email="")
    assert make.give(cast.arturo_of_alma, by=cast.olga)


def test_a_contact_of_the_past_is_no_contact(cast):
    make.end(cast.mia_of_milo, at=NOW - DAY)
    father = make.link(cast.milo, make.guardian("Ming", "Chen"), relation="father")
    assert make.give(father, by=cast.mia_at_work)


def test_an_employee_lifts_no_limit_for_their_own_family(cast):
    make.join(cast.mia_account, cast.mia, cast.milo)
    with pytest.raises(refusals.OwnFamily):
        limits.lift(account=cast.mia_account, by=actor.of(cast.mia_at_work), at=NOW)


def test_lifting_a_limit_waits_for_a_second_person_where_a_restriction_stands(cast):
    make.join(cast.berta_account, cast.berta, cast.bella)
    with pytest.raises(refusals.SecondPersonNeeded):
        limits.lift(account=cast.berta_account, by=actor.of(cast.olga), at=NOW)


@pytest.fixture
def mia_again(cast):
    """The SIS has a second record of the employee Mia, with the same email."""
    facts = {"sourced_id": "mia-again", "email": "Mia@district.example"}
    return make.employee("Mia", Role.PARENT_ACCESS_ADMINISTRATOR, cast.maple, **facts)


def test_another_record_of_an_employee_makes_no_pin_for_their_family(cast, mia_again):
    assert refused(refusals.OwnFamily, cast.mia_of_milo, by=mia_again)


def test_a_record_of_whoever_had_the_email_before_is_another_person_s(cast, mia_again):
    make.end(Employee.objects.get(sourced_id=cast.mia_at_work.employee_key), at=NOW - DAY)
    assert make.give(cast.mia_of_milo, by=mia_again)


def test_another_record_of_an_employee_agrees_to_nothing_about_their_family(cast, mia_again):
    make.link(cast.milo, cast.boris, restriction="no contact")
    about = {"act": Act.GIVE_PIN, "students": [cast.milo], "guardian": cast.mia}
    [asked] = consents.ask(by=cast.olga, actor=actor.of(cast.olga), at=NOW, **about)
    assert mia_again not in colleagues.of(cast.milo, but=cast.olga, policy=values.at(NOW), at=NOW)
    with pytest.raises(refusals.OwnFamily):
        consents.decide(consent=asked, agrees=True, by=mia_again, actor=actor.of(mia_again), at=NOW)


def test_an_employee_makes_no_pin_as_a_contact_whom_staff_tied_to_their_account(cast):
    second = make.guardian("Mia", "Chen", sourced_id="contact-again")
    pair = make.link(make.student("Mei", "Chen", cast.maple), second)
    make.tie(cast.mia_account, cast.mia)
    make.tie(cast.mia_account, second, Way.STAFF)
    assert refused(refusals.OwnFamily, pair, by=cast.mia_at_work)


def test_a_tie_of_the_past_makes_nobody_family(cast):
    second = make.guardian("Mia", "Chen", sourced_id="contact-again")
    pair = make.link(make.student("Mei", "Chen", cast.maple), second)
    first, other = make.tie(cast.mia_account, cast.mia), make.tie(cast.mia_account, second, Way.STAFF)
    assert refused(refusals.OwnFamily, pair, by=cast.mia_at_work)
    Tie.objects.filter(pk=first.pk).update(valid_until=NOW)
    assert make.give(pair, by=cast.mia_at_work)
    Tie.objects.filter(pk=first.pk).update(valid_until=None)
    Tie.objects.filter(pk=other.pk).update(valid_until=NOW)
    assert make.give(pair, by=cast.mia_at_work)


def test_an_employee_s_second_record_leads_to_the_contacts_whom_their_account_is_tied_to(cast, mia_again):
    second = make.guardian("Mia", "Chen", sourced_id="contact-again")
    pair = make.link(make.student("Mei", "Chen", cast.maple), second)
    assert make.give(pair, by=mia_again)
    make.tie(cast.mia_account, cast.mia)
    make.tie(cast.mia_account, second, Way.STAFF)
    assert refused(refusals.OwnFamily, pair, by=mia_again)


def test_nobody_lifts_the_limit_of_the_account_that_has_their_email(cast):
    me = make.employee("Ana", Role.PARENT_ACCESS_ADMINISTRATOR, cast.maple, email="Ana@home.example")
    make.join(cast.ana_account, cast.ana, cast.alma)
    with pytest.raises(refusals.OwnFamily):
        limits.lift(account=cast.ana_account, by=actor.of(me), at=NOW)
