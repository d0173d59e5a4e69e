"""The District tab's policy: what is chosen, what a change would do, and who may make it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from openhouse.policy.models import Choice
from openhouse.policy.values import FIELDS
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM, Cast, join

POLICY = "/staff/district/policy/"
AGES = f"{POLICY}rights-pass-at-18/"


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def choose(name: str, given: Any, at: Any = NOW) -> None:
    values.choose(name=name, text=given, by=SYSTEM, at=at)


def seen() -> str:
    return values.seal(values.at(NOW))


def test_the_tab_s_first_page_lists_its_sections_with_a_sentence_each(cast: Cast, visit: Any):
    page = text(visit(cast.dora).get("/staff/district/"))
    for section in ("Policy", "School years", "Link tiles", "Languages", "Keys", "Alarms", "Sync", "Student history"):
        assert f">{section}</a><p>" in page


@pytest.mark.parametrize("name", FIELDS)
def test_every_value_has_a_page_with_its_control_filled_in(cast: Cast, visit: Any, name: str):
    answer = visit(cast.dora).get(reverse("staff:policy_value", kwargs={"name": name}), follow=True)
    page = text(answer)
    assert "Link tiles" in page if name == "link_tiles" else 'name="value' in page


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "link_tiles"])
def test_every_control_sends_back_what_it_shows(cast: Cast, visit: Any, name: str):
    client, address = visit(cast.dora), reverse("staff:policy_value", kwargs={"name": name})
    form = client.get(address).context["form"]
    bound = form["value"]
    shown = bound.value()
    answer = client.post(address, {"value": "" if shown is None else shown, "save": "1", "seen": seen()})
    assert answer.status_code == 302, name
    assert values.at(NOW) == values.Policy()


def test_the_page_shows_each_value_with_its_meaning_default_and_who_chose_it(cast: Cast, visit: Any):
    dora = visit(cast.dora)
    dora.post(f"{POLICY}student-limit/", {"value": "6", "save": "1", "seen": seen()})
    page = text(dora.get(POLICY))
    row = page[page.index("Students of one account") : page.index("Days of rest before")]
    for words in (
        "<strong>6</strong>",
        ">4</td>",
        "11/20/2026",
        "Dora Office",
        "at the next request",
        "Nobody loses one",
    ):
        assert words in row


def test_the_guess_risk_is_told_with_its_assumptions_and_in_words_where_it_misses(cast: Cast, visit: Any):
    page = text(visit(cast.dora).get(POLICY))
    assert "6 digits: at most 1 in 11,904. This meets the goal." in page
    choose("pin_length", "4")
    page = text(visit(cast.dora).get(POLICY))
    assert "4 digits: at most 1 in 119. This misses the goal." in page and "It assumes 2 guardians" in page


def test_a_preview_says_whom_a_change_would_affect_and_saves_nothing(cast: Cast, visit: Any):
    join(cast.drew_account, cast.drew, cast.david)
    page = text(visit(cast.dora).post(AGES, {"value": "false"}))
    assert "This would affect 1 family" in page and "1 would gain access to a student, 0 would lose it." in page
    assert "Eighteen today, the father." in page
    assert not Choice.objects.exists()


def test_a_preview_is_saved_as_it_was_shown(cast: Cast, visit: Any):
    dora = visit(cast.dora)
    answer = dora.post(AGES, {"value": "false", "save": "1", "seen": seen()})
    assert answer.url == POLICY
    assert not values.at(NOW).rights_pass_at_18
    entry = Entry.objects.get(event=Event.POLICY_SET)
    assert (entry.actor, entry.detail) == (str(cast.dora.key), {"name": "rights_pass_at_18", "value": False})


@pytest.mark.parametrize("stale", ["", "nothing", "of an hour ago"])
def test_a_preview_that_is_out_of_date_is_shown_anew_and_not_saved(cast: Cast, visit: Any, stale: str):
    stale = stale and seen()
    choose("grace_days", "90")
    page = text(visit(cast.dora).post(AGES, {"value": "false", "save": "1", "seen": stale}), 409)
    assert "Somebody else has changed the policy meanwhile" in page and f'value="{seen()}"' in page
    assert values.at(NOW).rights_pass_at_18


def test_a_value_out_of_bounds_is_told_and_nothing_is_shown(cast: Cast, visit: Any):
    page = text(visit(cast.dora).post(f"{POLICY}pin-length/", {"value": "3"}))
    assert "Not allowed: a whole number from 4 to 12 is allowed." in page and "Before you save" not in page


def test_a_change_that_changes_nobody_s_access_says_so(cast: Cast, visit: Any):
    page = text(visit(cast.dora).post(f"{POLICY}district-name/", {"value": "Rio Claro"}))
    assert "This would change no family's access" in page
    assert "None of the family scenarios would be answered otherwise." in page


def test_a_preview_of_the_pin_length_shows_both_risks_and_the_live_pins(cast: Cast, visit: Any):
    make.give(cast.ana_of_alma)
    page = text(visit(cast.dora).post(f"{POLICY}pin-length/", {"value": "4"}))
    assert "1 in 11,904. This meets the goal." in page and "1 in 119. This misses the goal." in page
    assert "Live PINs, which stay as they are: 1 now, 1 then" in page


def test_a_day_is_entered_in_its_three_parts(cast: Cast, visit: Any):
    parts = {"value_month": "6", "value_day": "10", "value_year": "2027"}
    client = visit(cast.dora)
    assert "June 10, 2027" in text(client.post(f"{POLICY}summer-from/", parts))
    client.post(f"{POLICY}summer-from/", parts | {"save": "1", "seen": seen()})
    assert values.at(NOW).summer_from.isoformat() == "2027-06-10"


def test_a_list_is_entered_line_by_line(cast: Cast, visit: Any):
    given = {"value": "No Contact\r\nrestricted\r\n", "save": "1", "seen": seen()}
    visit(cast.dora).post(f"{POLICY}restriction-words/", given)
    assert values.at(NOW).restriction_words == ("no contact", "restricted")


def test_the_history_says_who_and_when_from_what_to_what(cast: Cast, visit: Any):
    choose("student_limit", "6", NOW - 2 * DAY)
    choose("student_limit", "7", NOW - DAY)
    page = text(visit(cast.dora).get(f"{POLICY}student-limit/"))
    newest = page[page.index("<tbody>") :]
    assert newest.index(">6</td>") < newest.index(">7</td>") < newest.index(">4</td>")


def test_policy_asks_for_a_fresh_sign_in_before_a_change(cast: Cast, visit: Any, clock: Any):
    dora = visit(cast.dora)
    clock.shift(16 * 60)
    assert dora.get(POLICY).status_code == 200
    for address in (AGES, "/staff/district/tiles/", "/staff/district/tiles/tile/", "/staff/district/keys/"):
        assert "next=" in dora.get(address).url
    assert "next=" in dora.post(AGES, {"value": "false", "save": "1", "seen": seen()}).url
    assert not Choice.objects.exists()


@pytest.mark.parametrize("who", ["olga", "hank", "rhea"])
def test_only_the_district_s_administrators_find_it(cast: Cast, visit: Any, who: str):
    client = visit(getattr(cast, who))
    for end in (
        "",
        "policy/",
        "policy/pin-length/",
        "school-years/",
        "tiles/",
        "tiles/tile/",
        "languages/",
        "keys/",
        "alarms/",
    ):
        assert client.get(f"/staff/district/{end}").status_code == 404


def test_school_years_are_spelled_out_and_missing_summer_dates_are_told(cast: Cast, visit: Any):
    page = text(visit(cast.dora).get("/staff/district/school-years/"))
    assert "July 1, 2026 – June 30, 2027" in page and "July 1, 2027 – June 30, 2028" in page
    assert "They are missing." in page


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2027-06-10", "2027-08-14", "count until Aug. 14, 2027"),
        ("2026-06-10", "2026-08-14", "They are past."),
        ("2027-08-14", "2027-06-10", "lies before the first"),
    ],
)
def test_the_summer_dates_are_looked_at(cast: Cast, visit: Any, first: str, last: str, told: str):
    choose("summer_from", first)
    choose("summer_until", last)
    assert told in text(visit(cast.dora).get("/staff/district/school-years/")).replace("August 14", "Aug. 14")


def test_languages_say_which_are_offered_and_which_await_a_translator(cast: Cast, visit: Any):
    choose("letter_languages", "en, es")
    page = text(visit(cast.dora).get("/staff/district/languages/"))
    spanish = page[page.index("Español") : page.index("Armenian")]
    assert ">Yes</td>" in spanish and "qualified translator" in spanish
    assert ">No</td>" in page[page.index("Armenian") : page.index("Chinese")]


def test_a_language_that_is_not_offered_is_not_to_be_picked(cast: Cast, visit: Any):
    make.change(cast.ana, at=NOW - DAY, home_language="es")
    address = f"/staff/guardianships/{cast.ana_of_alma.key}/print/"
    assert "Spanish" in text(visit(cast.olga).post(address))
    choose("letter_languages", "en")
    assert "Spanish" not in text(visit(cast.olga).post(address))


def test_a_test_mail_goes_to_whom_policy_names_and_is_on_record(cast: Cast, visit: Any):
    choose("alarm_emails", "it@district.example")
    visit(cast.dora).post("/staff/district/alarms/")
    assert [each.to for each in mail.outbox] == [["it@district.example"]]
    assert "This is a test. Nothing is wrong." in mail.outbox[0].body
    assert Entry.objects.get(event=Event.ALARM_TESTED).detail == {"recipients": 1}


def test_a_mail_server_that_takes_nothing_is_told(cast: Cast, visit: Any, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_given: object) -> None:
        raise ConnectionRefusedError("nobody listens")

    choose("alarm_emails", "it@district.example")
    monkeypatch.setattr("openhouse.sync.trial_mail.send_mail", refuse)
    assert "nobody listens" in text(visit(cast.dora).post("/staff/district/alarms/"), 409)
    assert not Entry.objects.filter(event=Event.ALARM_TESTED).exists()


def test_without_anybody_to_tell_no_mail_goes(cast: Cast, visit: Any):
    assert "Nobody is told of alarms yet." in text(visit(cast.dora).post("/staff/district/alarms/"), 409)
    assert not mail.outbox
