"""Two persons: asked, agreed by somebody else, done once, within a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from openhouse.access import consents, limits, merging, pins, refusals
from openhouse.access.consents import State
from openhouse.access.models import Act, Consent, Given
from openhouse.accounts import actor
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import Student
from openhouse.policy import values
from openhouse.roles import colleagues
from openhouse.roles.roles import Role
from tests import cast as make
from tests.cast import NOW

LATER = NOW + timedelta(hours=1)


def ask(cast, who=None, *, act=Act.GIVE_PIN, at=NOW):
    who = who or cast.olga
    return consents.ask(act=act, students=[cast.bella], guardian=cast.berta, by=who, actor=actor.of(who), at=at)[0]


def decide(consent, who, *, agrees=True, at=NOW, reason=""):
    return consents.decide(consent=consent, agrees=agrees, reason=reason, by=who, actor=actor.of(who), at=at)


def give(cast, who=None, at=NOW):
    by = actor.of(who or cast.olga)
    return pins.give(guardianship=cast.berta_of_bella, given=Given.PRINTED, by=by, at=at)


def test_what_a_colleague_agreed_to_is_done_once(cast):
    decide(ask(cast), cast.otto)
    give(cast)
    assert Consent.objects.get().used_at == NOW
    with pytest.raises(refusals.SecondPersonNeeded) as needed:
        pins.renew(guardianship=cast.berta_of_bella, by=actor.of(cast.olga), at=LATER)
    assert (needed.value.act, needed.value.students) == (Act.NEW_PIN, [cast.bella])


def test_a_live_pin_is_printed_again_without_a_second_word(cast):
    decide(ask(cast), cast.otto)
    assert give(cast)[1] == give(cast, at=LATER)[1]


def test_nobody_agrees_to_what_they_asked(cast):
    with pytest.raises(refusals.NotTheirs):
        decide(ask(cast), cast.olga)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.update(decided_by=cast.olga, decided_at=NOW, agreed=True)


@pytest.mark.parametrize("agrees", [True, False])
def test_a_request_is_decided_once(cast, agrees):
    consent = decide(ask(cast), cast.otto, agrees=agrees, reason="Ask the court.")
    with pytest.raises(refusals.NotTheirs):
        decide(consent, cast.mia_at_work, agrees=not agrees)


def test_a_refused_or_undecided_request_opens_nothing(cast):
    consent = ask(cast)
    with pytest.raises(refusals.SecondPersonNeeded):
        give(cast)
    decide(consent, cast.otto, agrees=False, reason="The order names her.")
    with pytest.raises(refusals.SecondPersonNeeded):
        give(cast)


def test_it_is_good_for_who_asked_and_for_that_act_and_that_guardian_alone(cast):
    decide(ask(cast), cast.otto)
    with pytest.raises(refusals.SecondPersonNeeded):
        give(cast, cast.mia_at_work)
    with pytest.raises(refusals.SecondPersonNeeded):
        pins.renew(guardianship=cast.berta_of_bella, by=actor.of(cast.olga), at=NOW)
    other = make.link(cast.bella, make.guardian("Bela", "Novak"))
    with pytest.raises(refusals.SecondPersonNeeded):
        pins.give(guardianship=other, given=Given.PRINTED, by=actor.of(cast.olga), at=NOW)


@pytest.mark.parametrize("text", ["no contact", "see the file"])
def test_what_was_agreed_does_not_outlive_a_new_restriction_and_can_be_asked_anew(cast, text):
    old = decide(ask(cast), cast.otto)
    make.link(cast.bella, cast.arturo, restriction=text, valid_from=LATER)
    with pytest.raises(refusals.SecondPersonNeeded):
        give(cast, at=LATER)
    new = ask(cast, at=LATER)
    assert new != old and consents.state(old, LATER, restricted_at=LATER) is State.OVERTAKEN
    decide(new, cast.otto, at=LATER)
    assert give(cast, at=LATER)


def test_what_was_agreed_outlives_what_restricts_nobody(cast):
    decide(ask(cast), cast.otto)
    make.link(cast.bella, cast.arturo, restriction="none", valid_from=LATER)
    assert give(cast, at=LATER)


def test_one_person_with_two_employee_records_is_not_two(cast):
    twin = make.employee("Olga2", Role.PARENT_ACCESS_ADMINISTRATOR, cast.maple, email="OLGA@district.example")
    consent = ask(cast)
    with pytest.raises(refusals.NotTheirs):
        decide(consent, twin)
    able = colleagues.of(cast.bella, but=cast.olga, policy=values.at(NOW), at=NOW)
    assert twin not in able and cast.otto in able


def test_a_request_about_the_restricted_person_says_so(cast):
    make.join(cast.boris_account, cast.boris, cast.bella)
    by = actor.of(cast.olga)
    about = {"students": [cast.bella], "by": cast.olga, "actor": by, "at": NOW}
    policy = values.at(NOW)
    assert not consents.is_about_restricted(ask(cast), policy)
    assert consents.is_about_restricted(consents.ask(act=Act.NEW_PIN, guardian=cast.boris, **about)[0], policy)
    account = consents.ask(act=Act.ACTIVATE, account=cast.boris_account, **about)[0]
    assert consents.is_about_restricted(account, policy)


def test_after_a_day_it_opens_nothing_and_can_be_decided_no_more(cast):
    consent, agreed = ask(cast), decide(ask(cast, cast.otto), cast.olga)
    day = NOW + timedelta(days=1)
    with pytest.raises(refusals.NotTheirs):
        decide(consent, cast.otto, at=day)
    with pytest.raises(refusals.SecondPersonNeeded):
        give(cast, cast.otto, at=day)
    assert {consents.state(each, day) for each in (consent, agreed)} == {State.EXPIRED}


def test_asking_twice_waits_once_and_asking_again_after_a_no_is_new(cast):
    assert ask(cast).pk == ask(cast, at=LATER).pk
    decide(Consent.objects.get(), cast.otto, agrees=False, reason="No.")
    ask(cast, at=LATER)
    assert Consent.objects.count() == 2


def test_an_act_that_fails_uses_up_nothing(cast):
    decide(ask(cast), cast.otto)
    make.end(cast.berta_of_bella, at=NOW)
    with pytest.raises(refusals.NotLegalGuardian):
        give(cast)
    assert Consent.objects.get().used_at is None


def test_a_routine_student_needs_nobody_and_nobody_can_be_asked(cast):
    pins.give(guardianship=cast.ana_of_alma, given=Given.PRINTED, by=actor.of(cast.olga), at=NOW)
    with pytest.raises(refusals.NothingToAsk):
        consents.ask(
            act=Act.NEW_PIN, students=[cast.alma], guardian=cast.ana, by=cast.olga, actor=actor.of(cast.olga), at=NOW
        )


def test_a_contact_of_the_student_neither_asks_nor_agrees(cast):
    make.link(cast.bella, cast.mia)
    with pytest.raises(refusals.OwnFamily):
        ask(cast, cast.mia_at_work)
    with pytest.raises(refusals.OwnFamily):
        decide(ask(cast), cast.mia_at_work)


def test_an_exception_for_two_restricted_students_takes_a_word_for_each(cast):
    make.join(cast.berta_account, cast.berta, cast.bella, cast.alma)
    make.link(cast.alma, cast.boris, restriction="see file 12-B")
    by, about = actor.of(cast.olga), {"act": Act.EXCEPTION, "account": cast.berta_account}
    asked = consents.ask(students=[cast.alma, cast.bella], by=cast.olga, actor=by, at=NOW, **about)
    decide(asked[0], cast.otto)
    with pytest.raises(refusals.SecondPersonNeeded) as needed:
        limits.lift(account=cast.berta_account, by=by, at=NOW)
    assert needed.value.students == [asked[1].student]
    decide(asked[1], cast.otto)
    assert limits.lift(account=cast.berta_account, by=by, at=NOW)


def test_asking_and_deciding_are_on_record(cast):
    decide(ask(cast), cast.otto)
    events = list(Entry.objects.order_by("position").values_list("event", "actor", "student"))
    assert events[-2:] == [
        (Event.CONSENT_ASKED, str(cast.olga.key), str(cast.bella.key)),
        (Event.CONSENT_GIVEN, str(cast.otto.key), str(cast.bella.key)),
    ]


def test_the_school_s_others_may_agree_and_where_there_is_nobody_the_district(cast):
    def who(student, but):
        return [each.given_name for each in colleagues.of(student, but=but, policy=values.at(NOW), at=NOW)]

    assert sorted(who(cast.bella, cast.olga)) == ["Mia", "Otto"]
    assert who(cast.abel, cast.ben) == ["Dora"]
    assert sorted(who(cast.bella, cast.hank)) == ["Mia", "Olga", "Otto"]


def test_a_merge_was_agreed_to_for_these_two_accounts_alone(cast):
    make.join(cast.berta_account, cast.berta, cast.bella)
    mine, other = make.account("berta@work.example"), make.account("somebody@else.example")
    by = actor.of(cast.olga)

    def merge(keeps):
        reach = Student.objects.all()
        return merging.merge(keeps=keeps, gives=cast.berta_account, within=reach, identity="passport", by=by, at=NOW)

    with pytest.raises(refusals.SecondPersonNeeded) as needed:
        merge(mine)
    about = {name: getattr(needed.value, name) for name in ("act", "students", "account", "other")}
    for asked in consents.ask(**about, by=cast.olga, actor=by, at=NOW):
        decide(asked, cast.otto)
    with pytest.raises(refusals.SecondPersonNeeded):
        merge(other)
    assert merge(mine).moved == 1
    assert Entry.objects.filter(event=Event.CONSENT_GIVEN).get().detail["other"] == str(cast.berta_account.key)
