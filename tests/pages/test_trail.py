"""The District Administrator's audit trail: found by keys, told in sentences, downloaded, and never about their own family."""

import csv
import io

import pytest

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.audit.trail import Actor, Subject
from openhouse.roles.roles import Role
from tests.cast import DAY, NOW, SINCE, SYSTEM, employee, enrol, guardian, join, link

HERE = "/staff/district/trail/"


@pytest.fixture
def told(cast):
    """Ana signs in; Olga shows a PIN of Alma for Ana; Ben opens Ana's account."""
    join(cast.ana_account, cast.ana, cast.alma)
    ana, alma, own = str(cast.ana.key), str(cast.alma.key), str(cast.ana_account.key)
    trail.record(event=Event.SIGNED_IN, by=actor(cast.ana_account), at=NOW - 3 * DAY, about=Subject(account=own))
    about = Subject(student=alma, guardian=ana, names={alma: "Alma Reyes", ana: "Ana Reyes"})
    trail.record(event=Event.PIN_SHOWN, by=actor(cast.olga), at=NOW - 2 * DAY, about=about)
    trail.record(event=Event.PARENT_SEEN, by=actor(cast.ben), at=NOW - DAY, about=Subject(account=own))
    return cast


def actor(account):
    return Actor("guardian" if account.is_guardian else "employee", str(account.key), account.name, "203.0.113.5")


def found(client, **asked):
    """What the search finds, as text: through the POST and the address that it answers with."""
    answer = client.post(HERE, asked)
    assert answer.status_code == 302, answer.context["form"].errors
    return client.get(answer.headers["Location"]).content.decode()


def test_an_entry_is_a_sentence_with_links(told, visit):
    page = found(visit(told.dora), student=told.alma.number)
    assert "</a> showed the PIN of <a" in page and ">Olga Office<" in page and ">Ana Reyes<" in page
    assert f'href="/staff/students/{told.alma.key}/history/"' in page
    assert f'href="{HERE}?employee={told.olga.key}"' in page and "203.0.113.5" in page


@pytest.mark.parametrize(
    ("asked", "said", "not_said"),
    [
        ({"student": "alma"}, "showed the PIN", "signed in."),
        ({"person": "ana@home.example"}, "opened the account of", "nobody"),
        ({"employee": "ben@district.example"}, "opened the account of", "showed the PIN"),
        ({"event": "signed in"}, "signed in.", "showed the PIN"),
        ({"school": "maple"}, "showed the PIN", "opened the account of"),
        ({"since": f"{NOW - DAY:%Y-%m-%d}"}, "opened the account of", "showed the PIN"),
        ({"until": f"{NOW - 3 * DAY:%Y-%m-%d}"}, "signed in.", "showed the PIN"),
    ],
)
def test_entries_are_found_by_each_of_these(told, visit, asked, said, not_said):
    known = {"alma": told.alma.number, "maple": str(told.maple.key)}
    page = found(visit(told.dora), **{name: known.get(value, value) for name, value in asked.items()})
    assert said in page and not_said not in page


def test_an_address_holds_keys_and_nothing_personal(told, visit):
    answer = visit(told.dora).post(HERE, {"student": told.alma.number, "person": "ana@home.example"})
    there = answer.headers["Location"]
    assert str(told.alma.key) in there and str(told.ana.key) in there and str(told.ana_account.key) in there
    assert told.alma.number not in there and "@" not in there and "%40" not in there


def test_a_school_s_entries_follow_its_students_of_that_time(told, visit):
    left = told.alma.enrolments.get()
    left.valid_until = NOW - DAY
    left.save()
    enrol(told.alma, told.cedar, valid_from=NOW - DAY)
    client, long_ago = visit(told.dora), {"since": f"{SINCE:%Y-%m-%d}", "until": f"{NOW - 2 * DAY:%Y-%m-%d}"}
    assert "showed the PIN" in found(client, school=str(told.maple.key), **long_ago)
    assert "showed the PIN" not in found(client, school=str(told.cedar.key), **long_ago)


def test_whoever_is_not_found_is_said(told, visit):
    page = visit(told.dora).post(HERE, {"student": "0", "person": "x@y.example", "employee": "x@y.example"})
    assert set(page.context["form"].errors) == {"student", "person", "employee"}


def test_whom_a_role_was_given_to_is_told_by_name(told, visit):
    detail = {"role": Role.REPORTING, "employee": str(told.rhea.key)}
    trail.record(event=Event.ROLE_GRANTED, by=actor(told.dora), at=NOW, detail=detail)
    page = visit(told.dora).get(f"{HERE}?event=role+granted").content.decode()
    assert "Rhea Office" in page and str(told.rhea.key) not in page
    file = b"".join(visit(told.dora).get(f"{HERE}file/?event=role+granted").streaming_content).decode()
    assert str(told.rhea.key) in file


def test_an_erased_name_is_said_to_be_erased(told, visit):
    trail.erase(keys=[str(told.ana.key)], by=SYSTEM, at=NOW)
    assert "a person whose name was erased" in found(visit(told.dora), student=told.alma.number)


def test_each_look_is_on_record_with_what_was_asked(told, visit):
    found(visit(told.dora), student=told.alma.number)
    entry = Entry.objects.filter(event=Event.TRAIL_SEEN).last()
    assert (entry.actor, entry.detail) == (str(told.dora.key), {"student": [str(told.alma.key)]})


def test_older_entries_come_page_by_page(told, visit):
    for _number in range(60):
        trail.record(event=Event.KEYS_ROTATED, by=SYSTEM, at=NOW)
    client = visit(told.dora)
    first = client.get(f"{HERE}?event=keys+rotated")
    second = client.get(f"{HERE}?event=keys+rotated&before={first.context['older']}")
    assert (len(first.context["rows"]), len(second.context["rows"]), second.context["older"]) == (50, 10, None)


def test_nobody_sees_what_is_on_record_about_their_own_family(told, visit):
    me = guardian("Dora", "Office", email="dora@district.example")
    link(told.alma, me)
    client = visit(told.dora)
    assert "showed the PIN" not in found(client, student=told.alma.number)
    other_parent = found(client, person="ana@home.example")
    assert "signed in." not in other_parent and "opened the account" not in other_parent
    assert b"showed the PIN" not in b"".join(visit(told.dora).get(f"{HERE}file/").streaming_content)


def test_an_employee_who_stands_twice_in_the_sis_is_found_by_both(told, visit):
    again = employee("Ben", Role.REPORTING, told.maple, sourced_id="employee-Ben-again")
    trail.record(event=Event.REPORT_SEEN, by=actor(again), at=NOW)
    page = found(visit(told.dora), employee="ben@district.example")
    assert "looked at a report" in page and "opened the account of" in page


@pytest.mark.parametrize("address", ["?student=1", "?before=x", "?since=2026-99-99", "?person=ana", "?event=Ana+Reyes"])
def test_a_crooked_address_is_none(told, visit, address):
    assert visit(told.dora).get(HERE + address).status_code == 404


def test_an_address_names_one_school_at_most(told, visit):
    assert visit(told.dora).get(f"{HERE}?school={told.maple.key}&school={told.cedar.key}").status_code == 404


def test_what_was_found_is_downloaded_and_that_is_on_record(told, visit):
    trail.record(event=Event.SIGNED_IN, by=Actor("guardian", "x", "=cmd()"), at=NOW)
    answer = visit(told.dora).get(f"{HERE}file/?event=signed+in")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["event"] for row in rows] == ["signed in"] * len(rows) and len(rows) >= 2
    assert any(row["sentence"].startswith("'=cmd()") for row in rows)
    exported = Entry.objects.get(event=Event.TRAIL_EXPORTED)
    assert exported.detail == {"event": ["signed in"], "rows": len(rows)}


def test_a_download_asks_for_a_new_sign_in_and_leads_back_to_what_was_asked(told, visit, clock):
    client = visit(told.dora)
    clock.shift(16 * 60)
    answer = client.get(f"{HERE}file/?event=signed+in")
    assert answer.status_code == 302 and "sign-in-again" in answer.headers["Location"]
    assert "event%3Dsigned%2Bin" in answer.headers["Location"]


def test_a_file_that_nobody_could_open_is_refused(told, visit, monkeypatch):
    from openhouse.pages.staff.trail import file

    monkeypatch.setattr(file, "MOST", 1)
    answer = visit(told.dora).get(f"{HERE}file/", follow=True)
    assert "Ask for less time" in answer.content.decode() and not Entry.objects.filter(event=Event.TRAIL_EXPORTED)


def test_the_trail_is_the_district_administrators_alone(told, visit):
    for account in (told.olga, told.hank, told.rhea):
        assert visit(account).get(HERE).status_code == 404
