"""A guardian's own part of the trail: their steps, what staff did with their account, and nothing of anybody else."""

import pytest

from openhouse.accounts import actor
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.audit.trail import Actor, Subject
from openhouse.roles.models import Grant
from tests.cast import DAY, NOW, SINCE, join


@pytest.fixture
def ana(cast):
    join(cast.ana_account, cast.ana, cast.alma)
    join(cast.arturo_account, cast.arturo, cast.alma)
    return cast


def happened(event, by, at=NOW - DAY, *, account=None, student=None, guardian=None):
    keys = {"account": account, "student": student, "guardian": guardian}
    about = Subject(**{name: str(thing.key) for name, thing in keys.items() if thing})
    trail.record(event=event, by=actor.of(by, "203.0.113.9"), at=at, about=about)


def page(client):
    return client.get("/family/activity/").content.decode()


def test_a_guardian_s_own_steps_are_told_with_their_address(ana, visit):
    happened(Event.STUDENT_SEEN, ana.ana_account, account=ana.ana_account, student=ana.alma)
    told = page(visit(ana.ana_account))
    assert "You signed in." in told and "You opened Alma&#x27;s page." in told and "203.0.113.9" in told


def test_staff_are_told_by_their_school_without_name_or_address(ana, visit):
    happened(Event.PARENT_SEEN, ana.olga, account=ana.ana_account)
    happened(Event.PIN_SHOWN, ana.olga, student=ana.alma, guardian=ana.ana)
    happened(Event.ACCOUNT_ACTIVATED, ana.hank, account=ana.ana_account)
    told = page(visit(ana.ana_account))
    assert "A member of staff at Maple Elementary opened your account" in told
    assert "A member of staff at Maple Elementary looked up your PIN for Alma" in told
    assert "A member of the district&#x27;s staff activated your account" in told
    assert "Olga" not in told and "203.0.113.9" not in told


def test_nothing_of_another_guardian_is_told(ana, visit):
    happened(Event.STUDENT_SEEN, ana.arturo_account, account=ana.arturo_account, student=ana.alma)
    happened(Event.PIN_SHOWN, ana.olga, student=ana.alma, guardian=ana.arturo)
    happened(Event.PIN_REFUSED, ana.arturo_account, account=ana.arturo_account, guardian=ana.ana, student=ana.alma)
    told = page(visit(ana.ana_account))
    assert "Alma" not in told and "PIN for" not in told and "did not match" not in told


def test_what_was_done_to_the_second_step_is_told(ana, visit):
    happened(Event.FACTOR_ADDED, ana.ana_account, account=ana.ana_account)
    happened(Event.FACTORS_REMOVED, ana.olga, account=ana.ana_account)
    trail.record(
        event=Event.FACTOR_REFUSED,
        by=Actor("nobody", "", address="203.0.113.9"),
        at=NOW - DAY,
        about=Subject(account=str(ana.ana_account.key)),
    )
    told = page(visit(ana.ana_account))
    assert "You set up a second step" in told and "Maple Elementary removed your second step" in told
    assert "gave a wrong code for the second step" in told


def test_a_student_without_another_pin_is_told_of_and_a_refusal_of_one_is_not(ana, visit):
    happened(Event.ASSOCIATION_MADE, ana.ana_account, account=ana.ana_account, student=ana.alma)
    happened(Event.SIBLING_REFUSED, ana.ana_account, account=ana.ana_account, student=ana.abel)
    happened(Event.ADULT_NOTICE_SENT, ana.hank, account=ana.arturo_account, student=ana.alma)
    visited = visit(ana.ana_account).get("/family/activity/")
    assert "You added Alma without another PIN." in visited.content.decode()
    assert len(visited.context["rows"]) == 2  # and the sign-in


@pytest.mark.parametrize(
    "event", [Event.TIE_REFUSED, Event.ACCESS_REFUSED, Event.ACCESS_EXPLAINED, Event.CONSENT_ASKED]
)
def test_nothing_that_a_restriction_may_be_behind_is_told(ana, visit, event):
    happened(event, ana.olga, account=ana.ana_account, student=ana.alma, guardian=ana.ana)
    before = len(visit(ana.ana_account).get("/family/activity/").context["rows"])
    assert before == 1  # the sign-in


def test_the_school_of_a_child_who_may_not_be_seen_is_not_told(cast, visit):
    join(cast.boris_account, cast.boris, cast.bella)
    happened(Event.PARENT_SEEN, cast.olga, account=cast.boris_account)
    happened(Event.PIN_SHOWN, cast.olga, student=cast.bella, guardian=cast.boris)
    told = page(visit(cast.boris_account))
    assert "A member of the district&#x27;s staff opened your account" in told
    assert "Maple" not in told and "Bella" not in told and "PIN" not in told.replace("your PINs", "")


def test_a_member_of_staff_is_of_the_school_that_they_were_at_then(ana, visit):
    happened(Event.PARENT_SEEN, ana.olga, account=ana.ana_account)
    for facts in ({"valid_from": NOW}, {"valid_from": SINCE, "expires_at": SINCE + DAY}):
        Grant.objects.filter(account=ana.olga).update(**facts)
        assert "Maple" not in page(visit(ana.ana_account)).split("<table")[1]


def test_the_look_is_itself_on_record_and_home_leads_there(ana, visit):
    client = visit(ana.ana_account)
    assert "/family/activity/" in client.get("/family/").content.decode()
    page(client)
    assert Entry.objects.filter(event=Event.OWN_TRAIL_SEEN, account=str(ana.ana_account.key)).count() == 1
