"""The disclosure record: noted and corrected by the office, inspected by the family, and never overwritten."""

import pytest
from django.db import IntegrityError, transaction

from openhouse.access import disclosures
from openhouse.access.disclosures import Disclosure
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from tests.cast import NOW, SYSTEM, guardian, join, link

NOTED = {
    "on": "2026-11-19",
    "party": "Northside Unified",
    "interest": "enrolment",
    "basis": "99.31(a)(2)",
    "what": "transcript",
}


def here(student):
    return f"/staff/students/{student.key}/disclosures/"


def note(cast, **facts):
    told = {"student": cast.alma, "on": NOW.date(), "party": "Northside Unified", "interest": "enrolment"}
    told |= {"basis": "99.31(a)(2)", "what": "transcript"} | facts
    return disclosures.note(**told, employee=cast.olga, by=SYSTEM, at=NOW)


@pytest.mark.parametrize("who", ["olga", "dora"])
def test_the_office_and_the_district_note_a_disclosure(cast, visit, who):
    client = visit(getattr(cast, who))
    page = client.post(here(cast.alma), NOTED, follow=True).content.decode()
    made = Disclosure.objects.get()
    assert "Northside Unified" in page and "transcript" in page and "99.31(a)(2)" in page
    assert (made.student, made.entered_by, made.entered_at) == (cast.alma, getattr(cast, who), NOW)
    assert Entry.objects.get(event=Event.DISCLOSURE_RECORDED).detail["basis"] == "99.31(a)(2)"


@pytest.mark.parametrize("who", ["ben", "hank", "rhea"])
def test_nobody_else_sees_it(cast, visit, who):
    assert visit(getattr(cast, who)).get(here(cast.alma)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"basis": "99.31(a)(10)"}, {"threat", "recipients"}),
        ({"what": ""}, {"what"}),
        ({"on": "2026-12-01"}, {"on"}),
        ({"party": "", "interest": "", "basis": ""}, {"party", "interest", "basis"}),
        ({"is_withheld": "on"}, {"is_withheld"}),
    ],
)
def test_what_the_law_asks_for_is_asked_for(cast, visit, changed, named):
    answer = visit(cast.olga).post(here(cast.alma), NOTED | changed)
    assert set(answer.context["form"].errors) == named and not Disclosure.objects.exists()


def test_a_refused_request_needs_no_disclosure(cast, visit):
    visit(cast.olga).post(here(cast.alma), NOTED | {"basis": "refused", "what": ""})
    assert Disclosure.objects.get().basis == "refused"


def test_the_database_wants_the_threat_of_an_emergency_too(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        note(cast, basis="99.31(a)(10)")


def test_an_error_ends_with_its_reason_and_stays_to_be_read(cast, visit):
    made = note(cast)
    client = visit(cast.olga)
    assert client.post(f"/staff/disclosures/{made.key}/error/", {"reason": ""}).status_code == 200
    page = client.post(
        f"/staff/disclosures/{made.key}/error/", {"reason": "wrong student"}, follow=True
    ).content.decode()
    made.refresh_from_db()
    assert (made.ended_by, made.reason) == (cast.olga, "wrong student") and "wrong student" in page
    assert not disclosures.end(disclosure=made, reason="again", employee=cast.olga, by=SYSTEM, at=NOW)
    assert Entry.objects.filter(event=Event.DISCLOSURE_ENDED).count() == 1


def test_the_family_inspects_it_and_that_is_on_record(cast, visit):
    join(cast.ana_account, cast.ana, cast.alma)
    note(cast, basis="99.31(a)(10)", threat="a storm", recipients="the fire department")
    page = visit(cast.ana_account).get(f"/family/students/{cast.alma.key}/disclosures/").content.decode()
    assert "Northside Unified" in page and "a storm" in page and "Olga" not in page
    assert Entry.objects.filter(event=Event.DISCLOSURES_SEEN, actor=str(cast.ana_account.key)).exists()


def test_the_family_is_not_told_what_a_court_withholds_or_what_was_an_error(cast, visit):
    join(cast.ana_account, cast.ana, cast.alma)
    note(cast, basis="99.31(a)(9)", is_withheld=True)
    disclosures.end(disclosure=note(cast), reason="x", employee=cast.olga, by=SYSTEM, at=NOW)
    page = visit(cast.ana_account).get(f"/family/students/{cast.alma.key}/disclosures/").content.decode()
    assert "Northside" not in page and "Nothing is noted" in page


def test_what_a_court_withholds_is_not_on_the_paper_that_a_family_gets(cast, visit):
    note(cast, basis="99.31(a)(9)", is_withheld=True)
    page = visit(cast.olga).get(here(cast.alma)).content.decode()
    assert '<tr class="not-printed">' in page and "and not printed" in page


def test_whoever_may_not_see_the_student_sees_no_record(cast, visit):
    join(cast.boris_account, cast.boris, cast.bella)
    note(cast, student=cast.bella)
    answer = visit(cast.boris_account).get(f"/family/students/{cast.bella.key}/disclosures/")
    assert answer.status_code == 403 and b"Northside" not in answer.content


def test_nobody_keeps_the_record_of_their_own_family(cast, visit):
    link(cast.alma, guardian("Olga", "Office", email="olga@district.example"))
    assert visit(cast.olga).get(here(cast.alma)).status_code == 409
    assert visit(cast.olga).post(here(cast.alma), NOTED).status_code == 409 and not Disclosure.objects.exists()


def test_a_contact_of_the_student_does_not_read_a_note_where_it_is_corrected(cast, visit):
    made = note(cast, student=cast.milo, party="Sheriff", basis="99.31(a)(9)", is_withheld=True)
    page = visit(cast.mia_at_work).get(f"/staff/disclosures/{made.key}/error/")
    assert page.status_code == 409
    assert b"Sheriff" not in page.content
