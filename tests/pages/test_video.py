"""**Verify by Video** through its three pages: nothing on them but match or no match, and the PIN once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhouse.access import checks, pins
from openhouse.access.models import IdentityCheck, Pin, PinEnd
from openhouse.accounts import actor
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from openhouse.roles.models import Grant
from openhouse.roles.roles import Role
from tests import cast as make
from tests.cast import DAY, NOW, SINCE, SYSTEM, Cast

SEEN = {"place": "video", "document": "passport", "is_same": "on"}
ON_FILE = ("Elm", "91601", "555-0147", "5550147", "555-0199", "5550199")


@pytest.fixture
def family(cast: Cast) -> Cast:
    return make.reachable(cast)


def form(cast: Cast, **wrong: str) -> dict[str, Any]:
    """What the employee types."""
    said = make.said_of_alma(cast)
    born = said.pop("birth_date")
    day = {"birth_date_month": born.month, "birth_date_day": born.day, "birth_date_year": born.year}
    return day | said | wrong


def questions(cast: Cast) -> str:
    return f"/staff/guardianships/{cast.ana_of_alma.key}/verify/"


def answered(client: Any, cast: Cast, **wrong: str) -> str:
    """Send the questions; the check's address."""
    return str(client.post(questions(cast), form(cast, **wrong)).url)


def verified(client: Any, cast: Cast) -> str:
    """Send the questions and the ID; the PIN's address."""
    return str(client.post(answered(client, cast), SEEN).url)


def shown(answer: Any) -> str:
    """The code on the page, or blank."""
    found = [line for line in answer.content.decode().splitlines() if "camera__pin" in line]
    return found[0].partition(">")[2].partition("<")[0] if found else ""


def test_from_the_questions_to_the_pin(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    first = olga.get(questions(family)).content.decode()
    assert "Never by telephone alone" in first and "3 checks are left" in first
    check = answered(olga, family)
    assert olga.get(check).content.decode().count('class="answer answer--match"') == 6
    pin = olga.post(check, SEEN).url
    assert shown(olga.get(pin)) == ""
    code = shown(olga.post(pin))
    assert make.redeem(family.ana_account, family.alma, code)


def test_the_pin_is_on_no_page_a_second_time_and_no_cache_keeps_it(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    pin = verified(olga, family)
    answer = olga.post(pin)
    code = shown(answer)
    assert len(code) == 6 and "no-store" in answer["Cache-Control"]
    for again in (olga.get(pin), olga.post(pin), olga.post(pin, {"new": "yes"})):
        assert code not in again.content.decode()
    assert pins.state(pins.newest(family.ana_of_alma), NOW) is pins.State.LIVE


def test_the_employee_sees_match_or_no_match_and_never_a_value(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    check = answered(olga, family, phone="310 555 0100", address="9 Oak St, 90001")
    page = olga.get(check).content.decode()
    assert page.count("answer--no-match") == 2 and "could not be confirmed" in page and "Step 1 of 3" in page
    assert not [value for value in (*ON_FILE, "310 555 0100", "9 Oak") if value in page]
    assert 'name="document"' not in page
    refused = olga.post(check, SEEN)
    assert refused.status_code == 409 and not Pin.objects.exists()


def test_what_the_sis_has_not_is_not_on_file(cast: Cast, visit: Any) -> None:
    olga = visit(cast.olga)
    page = olga.get(answered(olga, cast)).content.decode()
    assert page.count("answer--not-on-file") == 3 and "could not be confirmed" in page


def test_a_fourth_check_in_a_day_is_refused_before_anything_is_typed(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    for _ in range(3):
        answered(olga, family, phone="1")
    for answer in (olga.get(questions(family)), olga.post(questions(family), form(family))):
        assert answer.status_code == 409 and "checked 3 times today" in answer.content.decode()
    assert IdentityCheck.objects.count() == 3
    assert Entry.objects.filter(event=Event.ACTION_REFUSED).count() == 2


def test_an_empty_form_and_an_impossible_day_are_no_check(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    assert "Type what the person says" in olga.post(questions(family), {"name": " "}).content.decode()
    impossible = form(family, birth_date_month="2", birth_date_day="31")
    assert "Enter a real date" in olga.post(questions(family), impossible).content.decode()
    assert not IdentityCheck.objects.exists()


def test_what_the_person_does_not_know_stays_blank_and_is_no_match(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    blank = {"birth_date_month": "", "birth_date_day": "", "birth_date_year": "", "phone": ""}
    olga.post(questions(family), form(family) | blank)
    check = IdentityCheck.objects.get()
    assert [check.answers[name] for name in ("birth_date", "phone", "name")] == ["no match", "no match", "match"]


@pytest.mark.parametrize("missing", list(SEEN))
def test_id_face_and_place_are_all_needed(missing: str, family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    check = answered(olga, family)
    assert olga.post(check, {name: value for name, value in SEEN.items() if name != missing}).status_code == 200
    assert olga.post(check, SEEN | {"place": "telephone"}).status_code == 200
    assert IdentityCheck.objects.get().outcome == "answered"


def test_no_id_ends_the_check(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    check = answered(olga, family)
    assert "No accepted ID was seen" in olga.post(check, {"not_seen": "yes"}, follow=True).content.decode()
    assert olga.post(check, SEEN).status_code == 409
    assert olga.get(f"{check}pin/").status_code == 404


def test_no_other_employee_goes_on_with_a_check_nor_anybody_after_an_hour(family: Cast, visit: Any, clock: Any) -> None:
    values.choose(name="employee_idle_minutes", text="240", by=SYSTEM, at=NOW)
    olga, otto = visit(family.olga), visit(family.otto)
    check = answered(olga, family)
    assert otto.get(check).status_code == otto.post(check, SEEN).status_code == 404
    pin = olga.post(check, SEEN).url
    assert otto.get(pin).status_code == otto.post(pin).status_code == 404
    clock.shift(timedelta(hours=1))
    for answer in (olga.get(pin), olga.post(pin), olga.get(check)):
        assert answer.status_code == 409 and b"is over" in answer.content
    assert not Pin.objects.exists()


def test_the_help_desk_verifies_at_any_school_and_finds_nothing_else_to_press(family: Cast, visit: Any) -> None:
    hank = visit(family.hank)
    make.give(family.arturo_of_alma)
    page = hank.get(f"/staff/students/{family.alma.key}/pins/").content.decode()
    assert page.count("Verify by Video") == 2
    for word in (">Print<", ">Show<", ">New Pin<"):
        assert word not in page
    assert len(shown(hank.post(verified(hank, family)))) == 6
    assert hank.post(f"/staff/guardianships/{family.ana_of_alma.key}/show/").status_code == 404


def test_who_is_help_desk_and_clerk_of_one_school_gives_pins_there_alone(family: Cast, visit: Any) -> None:
    Grant.objects.create(
        account=family.hank, role=Role.PARENT_ACCESS_ADMINISTRATOR, school_code=family.maple.code, valid_from=SINCE
    )
    hank = visit(family.hank)
    assert ">Print<" in hank.get(f"/staff/students/{family.alma.key}/pins/").content.decode()
    elsewhere = hank.get(f"/staff/students/{family.abel.key}/pins/").content.decode()
    assert ">Print<" not in elsewhere and "Verify by Video" in elsewhere


def test_a_clerk_finds_it_beside_each_action(family: Cast, visit: Any) -> None:
    page = visit(family.olga).get(f"/staff/students/{family.alma.key}/pins/").content.decode()
    assert page.count("Verify by Video") == page.count(">Print<") == 2


def test_a_guardian_who_can_have_no_pin_is_not_offered_it(cast: Cast, visit: Any) -> None:
    assert "Verify by Video" not in visit(cast.ben).get(f"/staff/students/{cast.david.key}/pins/").content.decode()
    answer = visit(cast.ben).get(f"/staff/guardianships/{cast.drew_of_david.key}/verify/")
    assert answer.status_code == 409


def test_a_used_pin_is_replaced_in_the_flow(family: Cast, visit: Any) -> None:
    make.redeem(family.ana_account, family.alma, make.give(family.ana_of_alma))
    olga = visit(family.olga)
    pin = verified(olga, family)
    page = olga.get(pin).content.decode()
    assert "must be revalidated" in page and "Show the PIN" not in page
    assert olga.post(pin).status_code == 409
    assert len(shown(olga.post(pin, {"new": "yes"}))) == 6


def test_the_refusal_after_three_locked_pins_leads_to_the_check_and_the_check_to_new_pin(
    family: Cast, visit: Any
) -> None:
    for _ in range(3):
        Pin.objects.create(
            guardianship=family.ana_of_alma, made_at=NOW - DAY, expires_at=NOW, ended_at=NOW - DAY, end=PinEnd.LOCKED
        )
    olga, new_pin = visit(family.olga), f"/staff/guardianships/{family.ana_of_alma.key}/new-pin/"
    refused = olga.post(new_pin)
    assert refused.status_code == 409 and questions(family) in refused.content.decode()
    olga.post(answered(olga, family), SEEN | {"place": "counter"})
    assert olga.post(new_pin).status_code == 302
    assert pins.state(pins.newest(family.ana_of_alma), NOW) is pins.State.LIVE


def test_a_teacher_verifies_nobody_of_her_own_family(cast: Cast, visit: Any) -> None:
    mia, address = visit(cast.mia_at_work), f"/staff/guardianships/{cast.mia_of_milo.key}/verify/"
    for answer in (mia.get(address), mia.post(address, form(cast))):
        assert answer.status_code == 409 and b"ask a colleague" in answer.content


def test_a_restriction_is_told_at_the_first_step_and_holds_at_the_last(family: Cast, visit: Any) -> None:
    make.change(family.arturo_of_alma, at=NOW, restriction="see file")
    olga = visit(family.olga)
    assert "A restriction stands" in olga.get(questions(family)).content.decode()
    answer = olga.post(verified(olga, family))
    assert answer.status_code == 409 and shown(answer) == "" and b"a colleague has to agree first" in answer.content


def test_a_check_that_ended_meanwhile_in_another_tab_says_so(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    check = answered(olga, family)
    checks.turn_away(check=IdentityCheck.objects.get(), by=actor.of(family.olga), at=NOW)
    answer = olga.post(check, SEEN)
    assert answer.status_code == 409 and b"is over" in answer.content


def test_each_page_asks_the_database_little(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    counted = {}

    def count(name: str, ask: Any) -> Any:
        with CaptureQueriesContext(connection) as asked:
            answer = ask()
        counted[name] = len([each for each in asked if "SAVEPOINT" not in each["sql"]])
        return answer

    count("questions", lambda: olga.get(questions(family)))
    check = answered(olga, family)
    count("id", lambda: olga.get(check))
    pin = olga.post(check, SEEN).url
    count("pin", lambda: olga.get(pin))
    assert counted["questions"] <= 10 and counted["id"] <= 8 and counted["pin"] <= 8
