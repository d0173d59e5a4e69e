"""Parent Search and the pages of a parent account: who finds whom, what each sees, and what each action says."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhouse.access.models import Association, LimitException, Tie
from openhouse.accounts import activity
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from openhouse.roles.models import Grant
from openhouse.roles.roles import Role
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM, Cast

SEARCH = "/staff/parents/"
COLUMNS = (
    "Parent Email", "Parent Name", "Active Flag", "Activate/Deactivate Account", "Last Login Date",
    "View Students Associated", "Allow More Than 4 Students",
)  # fmt: skip
ID = {"document": "passport", "verified": "on"}


@pytest.fixture
def family(cast: Cast) -> Cast:
    """Ana's account has Alma of Maple and Abel of Cedar; Carla's has a child of Maple; the names are as they gave them."""
    for account, given, family in ((cast.ana_account, "Ana", "Reyes"), (cast.carla_account, "Carla", "Diaz")):
        Account.objects.filter(pk=account.pk).update(given_name=given, family_name=family, last_login=NOW - DAY)
    make.join(cast.ana_account, cast.ana, cast.alma, cast.abel)
    make.join(cast.carla_account, cast.carla, cast.carlas_children[0])
    return cast


def search(client: Any, *, follow: bool = True, **typed: str) -> str:
    return client.post(SEARCH, typed, follow=follow).content.decode()


def by_name(client: Any, first: str, last: str) -> str:
    return search(client, first_name=first, last_name=last)


def at(account: Account, end: str = "") -> str:
    return f"{SEARCH}{account.key}/{end}"


def messages(page: str) -> list[str]:
    return [text.strip() for text in re.findall(r'role="status">\s*<div[^>]*><p[^>]*>([^<]*)', page)]


def deactivate(account: Account, for_cause: bool = False) -> None:
    activity.deactivate(account=account, for_cause=for_cause, by=SYSTEM, at=NOW)


# Finding.


def test_an_exact_email_in_any_case_leads_to_the_row_with_all_its_columns(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    answer = olga.post(SEARCH, {"email": " ANA@Home.example "})
    assert (answer.status_code, answer.url) == (302, at(family.ana_account, "found/"))
    page = olga.get(answer.url).content.decode()
    assert re.findall(r'<th scope="col">([^<]*)</th>', page) == list(COLUMNS)
    assert "ana@home.example" in page and "Deactivate Account" in page and "11/19/2026" in page


def test_a_part_of_an_email_finds_nobody(family: Cast, visit: Any) -> None:
    assert "No parent was found." in search(visit(family.olga), email="ana@home.exampl.example")


@pytest.mark.parametrize(("first", "last"), [("Ana", "Reyes"), ("an", "re"), ("ANA", "REYES")])
def test_a_name_is_found_by_its_beginning_in_any_case(family: Cast, visit: Any, first: str, last: str) -> None:
    assert "ana@home.example" in by_name(visit(family.olga), first, last)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ñáñez", "na"), ("Nan\u0303ez", "Ñañ"), ("Łukasz", "lu"), ("de la Cruz", "De la"), ("O’Neill", "o’"), ("Ng", "ng"),
        ("Sørensen-Ruiz", "so"), ("김민수", "김민"), ("이\u0301이", "이이"), ("\U00020000\U00020001", "\U00020000\U00020001"),
    ],
)  # fmt: skip
def test_a_name_of_any_script_is_found_by_its_beginning(family: Cast, visit: Any, name: str, typed: str) -> None:
    make.link(family.milo, make.guardian("Zoe", name))
    account = make.account("zoe@home.example")
    Account.objects.filter(pk=account.pk).update(given_name="Zita", family_name=name)
    make.associate(account, family.milo)
    page = by_name(visit(family.olga), "Zo", typed), by_name(visit(family.olga), "Zi", typed)
    assert "Not registered" in page[0] and "zoe@home.example" in page[1]


def test_an_account_is_found_by_the_name_that_the_sis_has_too(family: Cast, visit: Any) -> None:
    Account.objects.filter(pk=family.ana_account.pk).update(given_name="Anita", family_name="R.")
    assert "ana@home.example" in by_name(visit(family.olga), "Ana", "Reyes")


def test_by_name_a_clerk_finds_the_families_of_their_schools_and_the_help_desk_all(family: Cast, visit: Any) -> None:
    assert "No parent was found." in by_name(visit(family.ben), "Carla", "Diaz")
    for who in (family.olga, family.hank):
        assert "carla@home.example" in by_name(visit(who), "Carla", "Diaz")


def test_a_guardian_without_an_account_shows_as_not_registered_without_actions(family: Cast, visit: Any) -> None:
    page = by_name(visit(family.olga), "Arturo", "Reyes")
    assert "Not registered" in page and "Arturo Reyes" in page
    assert "Activate" not in page.partition("<tbody>")[2] and "Add Exception" not in page
    assert "No parent was found." in by_name(visit(family.ben), "Arturo", "Reyes")


def test_what_can_be_done_next_has_the_focus(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    focused = re.compile(r"<(?:a|input)\b[^>]* autofocus[^>]*>")
    (field,) = focused.findall(by_name(olga, "Arturo", "Reyes"))
    assert 'name="email"' in field  # nothing can be done for whoever is not registered
    make.link(family.milo, make.guardian("Alba", "Reyes"))
    Account.objects.filter(pk=family.ana_account.pk).update(given_name="Alicia")
    (link,) = focused.findall(by_name(olga, "Al", "Reyes"))
    assert at(family.ana_account) in link  # though somebody who is not registered stands above


def test_the_sis_s_email_of_somebody_not_registered_is_found_too(family: Cast, visit: Any) -> None:
    make.change(family.arturo, at=NOW, email="Arturo@SIS.example")
    page = search(visit(family.olga), email="arturo@sis.example")
    assert "Not registered" in page and "Arturo Reyes" in page
    assert "No parent was found." in search(visit(family.ben), email="arturo@sis.example")


def test_an_employee_s_own_sign_in_is_no_parent(family: Cast, visit: Any) -> None:
    assert "No parent was found." in by_name(visit(family.hank), "Olga", "Office")
    assert visit(family.hank).get(at(family.olga)).status_code == 404


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ({"email": ""}, "Enter an email, or a first name and a last name."),
        ({"first_name": "Ana"}, "First Name and Last Name are both required."),
        ({"first_name": "A"}, "First Name and Last Name are both required."),
        ({"last_name": "Reyes"}, "First Name and Last Name are both required."),
        ({"first_name": "A", "last_name": "Reyes"}, "Minimum 2 characters are required"),
        ({"first_name": "Ana", "last_name": " R "}, "Minimum 2 characters are required"),
        ({"first_name": "Ana", "last_name": "R\u0301"}, "Minimum 2 characters are required"),
        ({"email": "ana"}, "valid email"),
    ],
)
def test_the_form_says_what_is_missing(family: Cast, visit: Any, typed: dict[str, str], word: str) -> None:
    page = search(visit(family.olga), **typed)
    assert word in page and "ana@home.example" not in page


def test_an_email_alone_counts_where_a_name_was_begun(family: Cast, visit: Any) -> None:
    assert "ana@home.example" in search(visit(family.olga), email="ana@home.example", first_name="X")


def test_two_hundred_rows_are_shown_and_for_the_rest_more_of_the_name_is_asked(family: Cast, visit: Any) -> None:
    for number in range(201):
        make.link(family.milo, make.guardian(f"Zoe{number}", "Zhang"))
    page = by_name(visit(family.olga), "Zo", "Zh")
    assert page.count("Not registered") == 200 and "These are the first 200" in page


def test_no_name_or_email_stands_in_an_address(family: Cast, visit: Any) -> None:
    for answer in (visit(family.olga).get(SEARCH, {"email": "ana@home.example"}), visit(family.olga).get(SEARCH)):
        assert b"ana@home.example" not in answer.content


def test_searches_and_looks_are_on_record_without_what_was_typed(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    search(olga, email="ana@home.example")
    olga.get(at(family.ana_account))
    olga.get(at(family.ana_account, "students/"))
    entries = Entry.objects.filter(actor=str(family.olga.key), account=str(family.ana_account.key))
    assert [each.event for each in entries.order_by("pk")] == [
        Event.PARENT_SEARCHED, Event.PARENT_SEEN, Event.PARENT_STUDENTS_SEEN,
    ]  # fmt: skip
    assert entries[0].detail == {"found": 1, "by": "email"}


# Scope.


def test_somebody_else_s_family_opens_only_for_who_typed_the_email(family: Cast, visit: Any) -> None:
    ben, address = visit(family.ben), at(family.carla_account, "found/")
    assert ben.get(address).status_code == 404
    assert "carla@home.example" in search(ben, email="carla@home.example")
    assert ben.get(address).status_code == 200
    assert ben.get(at(family.ana_account, "found/")).status_code == 200  # Abel goes to Ben's school
    assert ben.get(at(family.boris_account, "found/")).status_code == 404
    assert visit(family.ben).get(address).status_code == 404


def test_a_sibling_elsewhere_shows_as_name_school_and_grade(family: Cast, visit: Any) -> None:
    page = visit(family.olga).get(at(family.ana_account, "students/")).content.decode()
    for word in ("Alma Reyes", family.alma.number, "Maple Elementary", "Abel Reyes", "Cedar High", "10"):
        assert word in page
    assert family.abel.number not in page and str(family.abel.key) not in page
    assert page.count('data-label="Enrollment Status">Y<') == 1
    assert page.count('data-label="Enrollment Status"><') == 1


def test_of_a_family_elsewhere_no_tie_and_no_standing_is_shown(family: Cast, visit: Any) -> None:
    ben = visit(family.ben)
    search(ben, email="carla@home.example")
    page = ben.get(at(family.carla_account)).content.decode()
    assert "End this tie" not in page and "The guardian sees the student" not in page
    assert family.carlas_children[0].number not in page


def test_the_help_desk_sees_every_school(family: Cast, visit: Any) -> None:
    page = visit(family.hank).get(at(family.ana_account, "students/")).content.decode()
    assert family.alma.number in page and family.abel.number in page


def test_a_student_who_left_shows_an_enrollment_status_of_n_to_the_help_desk(family: Cast, visit: Any) -> None:
    make.end(family.alma.enrolments.get(), at=NOW)
    page = visit(family.hank).get(at(family.ana_account, "students/")).content.decode()
    assert page.count('data-label="Enrollment Status">N<') == 1


def test_the_reporting_role_and_the_district_search_no_parents(family: Cast, visit: Any) -> None:
    for who in (family.rhea, family.dora):
        assert visit(who).get(SEARCH).status_code == 404


# Activate, deactivate.


def test_school_staff_activate_and_read_so_at_the_top(family: Cast, visit: Any) -> None:
    deactivate(family.ana_account)
    page = visit(family.olga).post(at(family.ana_account, "activate/"), follow=True).content.decode()
    assert messages(page) == ["The parent account&#x27;s activation status has been changed."]
    assert Account.objects.get(pk=family.ana_account.pk).is_active


def test_after_a_long_rest_the_message_says_that_pins_are_needed(family: Cast, visit: Any) -> None:
    Account.objects.filter(pk=family.ana_account.pk).update(last_login=NOW - timedelta(days=181))
    deactivate(family.ana_account)
    page = visit(family.olga).post(at(family.ana_account, "activate/"), follow=True).content.decode()
    assert "more than 180 days: 2 students have to be validated" in page


def test_what_was_done_for_cause_school_staff_do_not_undo(family: Cast, visit: Any) -> None:
    values.choose(name="help_desk_phone", text="(213) 555-0199", by=SYSTEM, at=NOW)
    deactivate(family.ana_account, for_cause=True)
    refused = visit(family.olga).post(at(family.ana_account, "activate/"))
    assert refused.status_code == 409 and b"for cause" in refused.content and b"555-0199" in refused.content
    assert Entry.objects.get(event=Event.ACTION_REFUSED).detail == {"why": "DeactivatedForCause"}
    assert visit(family.hank).post(at(family.ana_account, "activate/")).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_school_staff_who_click_deactivate_get_the_help_desk_s_number(family: Cast, visit: Any, method: str) -> None:
    values.choose(name="help_desk_phone", text="(213) 555-0199", by=SYSTEM, at=NOW)
    answer = getattr(visit(family.olga), method)(at(family.ana_account, "deactivate/"), {"cause": "no"})
    assert b"call the help desk" in answer.content and b'href="tel:' in answer.content
    assert Account.objects.get(pk=family.ana_account.pk).is_active


@pytest.mark.parametrize("cause", ["yes", "no"])
def test_the_help_desk_deactivates_for_cause_or_not_and_sessions_end(family: Cast, visit: Any, cause: str) -> None:
    parent, address = visit(family.ana_account), at(family.ana_account, "deactivate/")
    assert parent.get("/family/").status_code == 200
    hank = visit(family.hank)
    assert b"Say whether this is for cause." in hank.post(address, {"cause": ""}).content
    assert messages(hank.post(address, {"cause": cause}, follow=True).content.decode())
    assert Account.objects.get(pk=family.ana_account.pk).deactivated_for_cause is (cause == "yes")
    assert parent.get("/family/").status_code == 302


def test_an_employee_s_own_family_is_refused(family: Cast, visit: Any) -> None:
    make.join(family.mia_account, family.mia, family.milo)
    deactivate(family.mia_account)
    mia = visit(family.mia_at_work)
    for end in ("activate/", "exception/", "unlock/"):
        answer = mia.post(at(family.mia_account, end))
        assert answer.status_code == 409 and b"ask a colleague" in answer.content
    assert not Account.objects.get(pk=family.mia_account.pk).is_active


@pytest.mark.parametrize(("end", "act"), [("activate/", "activate"), ("exception/", "exception")])
def test_where_a_restriction_stands_a_colleague_agrees_first(family: Cast, visit: Any, end: str, act: str) -> None:
    make.join(family.berta_account, family.berta, family.bella)
    deactivate(family.berta_account)
    olga, address = visit(family.olga), at(family.berta_account, end)
    assert b"Ask a colleague" in olga.post(address).content
    olga.post("/staff/requests/ask/", {"act": act, "account": family.berta_account.key})
    request = re.search(
        r"/staff/requests/([0-9a-f-]{36})/", visit(family.otto).get("/staff/requests/").content.decode()
    )
    assert request
    visit(family.otto).post(request.group(0), {"agrees": "yes"})
    assert olga.post(address).status_code == 302


def test_a_colleague_is_asked_about_reached_accounts_alone(family: Cast, visit: Any) -> None:
    make.join(family.berta_account, family.berta, family.bella)
    asked = {"act": "activate", "account": family.berta_account.key}
    assert visit(family.ben).post("/staff/requests/ask/", asked).status_code == 404


# Exceptions.


def test_add_exception_says_added_then_there_already_and_keeps_its_name(family: Cast, visit: Any) -> None:
    olga, address = visit(family.olga), at(family.ana_account, "exception/")
    told = [olga.post(address, follow=True).content.decode() for _time in range(2)]
    assert messages(told[0]) == ["The parent account has been added as an exception."]
    assert messages(told[1]) == ["The parent account is an exception already."]
    assert all("Add Exception" in page and "Remove Exception" not in page for page in told)


def test_the_help_desk_ends_an_exception_and_school_staff_cannot(family: Cast, visit: Any) -> None:
    visit(family.olga).post(at(family.ana_account, "exception/"))
    address = at(family.ana_account, "exception/remove/")
    assert visit(family.olga).post(address).status_code == 404
    assert visit(family.hank).post(at(family.ana_account, "exception/")).status_code == 404
    hank = visit(family.hank)
    assert "Remove Exception" in hank.get(at(family.ana_account, "found/")).content.decode()
    assert messages(hank.post(address, follow=True).content.decode())
    assert LimitException.objects.get().valid_until == NOW


# The account's own page.


def wrong_tries(cast: Cast, count: int) -> None:
    from openhouse.access.models import Try

    rows = [Try(account=cast.ana_account, at=NOW, counted=Try.Counted.ACCOUNT) for _number in range(count)]
    Try.objects.bulk_create(rows)


@pytest.mark.parametrize(("count", "state"), [(5, "Waiting until"), (100, "Locked after too many wrong tries")])
def test_wrong_tries_show_and_staff_unlock(family: Cast, visit: Any, count: int, state: str) -> None:
    wrong_tries(family, count)
    olga = visit(family.olga)
    assert "Too many wrong tries" in search(olga, email="ana@home.example")
    page = olga.get(at(family.ana_account)).content.decode()
    assert state in page and "Unlock" in page
    after = olga.post(at(family.ana_account, "unlock/"), follow=True).content.decode()
    assert state not in after and "The account is unlocked" in after


def test_the_confirmation_is_written_again_once_a_minute_and_holds_no_secret(cast: Cast, visit: Any) -> None:
    account = make.account("new@home.example", confirmed=False)
    olga = visit(cast.olga)
    search(olga, email="new@home.example")
    assert b"Resend the confirmation mail" in olga.get(at(account)).content
    for word in (b"on its way", b"a moment ago"):
        assert word in olga.post(at(account, "confirmation/"), follow=True).content
    assert [message.to for message in mail.outbox] == [["new@home.example"]]
    assert not re.search(r"\d{6}", mail.outbox[0].body) and "/accounts/login/" in mail.outbox[0].body


def test_a_confirmed_address_is_not_written_to(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    assert b"Resend" not in olga.get(at(family.ana_account)).content
    olga.post(at(family.ana_account, "confirmation/"))
    assert mail.outbox == []


# Ties.


def test_a_second_record_in_the_sis_is_tied_after_an_identity_check(family: Cast, visit: Any) -> None:
    again = make.guardian("Ana María", "Reyes")
    pair = make.link(family.milo, again)
    olga, find = visit(family.olga), at(family.ana_account, "tie/")
    found = olga.post(find, {"student_number": family.milo.number.lower()}).content.decode()
    address = at(family.ana_account, f"tie/{pair.key}/")
    assert address in found and "Mia Chen" in found
    verify = f"/staff/guardianships/{pair.key}/verify/"
    for answer in (olga.get(address), olga.post(address, ID)):
        assert b"Verify this person" in answer.content or b"Verify the person" in answer.content
        assert verify in answer.content.decode()
    assert not Tie.objects.filter(guardian=again).exists()
    make.verified(pair, family.olga)
    assert b"Identity verified: passport, seen here, in person." in olga.get(address).content
    assert olga.post(address).url == at(family.ana_account)
    assert Entry.objects.get(event=Event.TIE_MADE).detail == {"way": "staff", "identity": "passport"}


def test_a_student_elsewhere_leads_to_no_guardian(family: Cast, visit: Any) -> None:
    olga = visit(family.olga)
    page = olga.post(at(family.ana_account, "tie/"), {"student_number": family.david.number}).content
    assert b"No student with this Student ID" in page and b"Park" not in page
    assert olga.post(at(family.ana_account, f"tie/{family.drew_of_david.key}/"), ID).status_code == 404


def test_a_guardian_with_another_account_is_not_taken_from_it(family: Cast, visit: Any) -> None:
    answer = visit(family.olga).post(at(family.carla_account, f"tie/{family.ana_of_alma.key}/"), ID)
    assert answer.status_code == 409 and b"another parent account" in answer.content
    assert Tie.objects.get(guardian=family.ana).account == family.ana_account


def test_a_wrong_tie_is_ended_and_the_students_go_with_it(family: Cast, visit: Any) -> None:
    olga, address = visit(family.olga), at(family.ana_account, f"ties/{family.ana.key}/end/")
    assert address in olga.get(at(family.ana_account)).content.decode()
    assert b"Verify the person" in olga.post(address, {"document": ""}).content
    assert olga.post(address, ID).url == at(family.ana_account)
    assert not Association.objects.filter(account=family.ana_account, valid_until=None).exists()
    assert Entry.objects.get(event=Event.TIE_ENDED).detail == {"identity": "passport"}
    assert olga.post(address, ID).status_code == 404


def test_the_help_desk_makes_no_ties(family: Cast, visit: Any) -> None:
    hank = visit(family.hank)
    assert b"Tie to a guardian" not in hank.get(at(family.ana_account)).content
    for end in ("tie/", f"ties/{family.ana.key}/end/", "merge/"):
        assert hank.get(at(family.ana_account, end)).status_code == 404


def test_nobody_ties_their_own_family(family: Cast, visit: Any) -> None:
    answer = visit(family.mia_at_work).post(at(family.carla_account, f"tie/{family.mia_of_milo.key}/"), ID)
    assert answer.status_code == 409 and b"ask a colleague" in answer.content


@pytest.mark.parametrize("end", ["ties/{guardian}/end/", "merge/{other}/"])
def test_the_kinds_of_id_are_those_that_policy_accepts(family: Cast, visit: Any, end: str) -> None:
    values.choose(name="identity_documents", text="tribal ID", by=SYSTEM, at=NOW)
    keys = {"guardian": family.ana.key, "other": family.carla_account.key}
    address, olga = at(family.ana_account, end.format(**keys)), visit(family.olga)
    page = olga.get(address).content.decode()
    assert "tribal ID" in page and "passport" not in page
    assert olga.post(address, ID | {"stays": str(family.ana_account.key)}).status_code == 200


# Merging.


@pytest.fixture
def twice(family: Cast) -> Cast:
    """Ana has a second account, with Alma too."""
    family.second = make.account("reyes.ana@work.example")
    Account.objects.filter(pk=family.second.pk).update(given_name="Ana", family_name="REYES")
    make.associate(family.second, family.alma)
    return family


def test_two_accounts_that_look_like_one_person_s_are_shown_and_merged(twice: Cast, visit: Any) -> None:
    olga, address = visit(twice.olga), at(twice.ana_account, f"merge/{twice.second.key}/")
    assert address in olga.get(at(twice.ana_account)).content.decode()
    page = olga.get(address).content.decode()
    assert "ana@home.example" in page and "reyes.ana@work.example" in page
    assert b"Choose the account that stays." in olga.post(address, ID).content
    done = olga.post(address, ID | {"stays": str(twice.second.key)}, follow=True).content.decode()
    assert "The accounts are merged. 1 student moved to this one. 1 of them" in done  # Abel; Alma was there
    assert not Account.objects.get(pk=twice.ana_account.pk).is_active


def test_the_other_account_is_found_by_its_email(twice: Cast, visit: Any) -> None:
    answer = visit(twice.olga).post(at(twice.ana_account, "merge/"), {"email": "Reyes.Ana@work.example"})
    assert answer.url == at(twice.ana_account, f"merge/{twice.second.key}/")


def test_an_account_without_any_student_can_be_merged_and_another_school_s_family_cannot(
    twice: Cast, visit: Any
) -> None:
    make.join(twice.drew_account, twice.drew, twice.david)
    olga, address = visit(twice.olga), at(twice.ana_account, "merge/")
    assert "go to schools that are not yours" in olga.post(address, {"email": "drew@home.example"}).content.decode()
    assert "No account has this email" in olga.post(address, {"email": "nobody@home.example"}).content.decode()
    theirs = olga.get(at(twice.drew_account)).content.decode()  # found by email, so it opens
    assert "can merge it" in theirs and at(twice.drew_account, "merge/") not in theirs
    assert olga.get(at(twice.ana_account, f"merge/{twice.drew_account.key}/")).status_code == 404
    assert olga.post(address, {"email": "boris@home.example"}).status_code == 302


def test_no_account_is_merged_with_itself(twice: Cast, visit: Any) -> None:
    olga = visit(twice.olga)
    assert olga.get(at(twice.ana_account, f"merge/{twice.ana_account.key}/")).status_code == 404
    page = olga.post(at(twice.ana_account, "merge/"), {"email": "ana@home.example"}).content.decode()
    assert "This is the email of this account" in page


def test_a_student_of_a_school_elsewhere_needs_a_pin_after_merging(twice: Cast, visit: Any) -> None:
    address = at(twice.ana_account, f"merge/{twice.second.key}/")
    page = visit(twice.olga).post(address, ID | {"stays": str(twice.second.key)}, follow=True).content.decode()
    assert "1 of them" in page
    moved = Association.objects.get(account=twice.second, student=twice.abel)
    assert moved.revalidate_since == NOW


# Cost.


def test_a_search_asks_as_much_for_fifty_rows_as_for_two(family: Cast, visit: Any) -> None:
    def questions() -> int:
        by_name(visit(family.olga), "Zo", "Zh")  # the first look writes down names, too
        with CaptureQueriesContext(connection) as asked:
            by_name(visit(family.olga), "Zo", "Zh")
        return len(asked)

    def add(count: int, begin: int) -> None:
        for number in range(begin, begin + count):
            guardian, account = make.guardian(f"Zoe{number}", "Zhang"), make.account(f"zoe{number}@home.example")
            make.link(family.milo, guardian)
            make.join(account, guardian, family.milo)

    add(2, 0)
    before = questions()
    add(48, 2)
    assert questions() == before


def test_a_clerk_does_not_end_the_tie_of_an_account_deactivated_for_cause(family: Cast, visit: Any) -> None:
    values.choose(name="help_desk_phone", text="(213) 555-0000", by=SYSTEM, at=NOW - DAY)
    deactivate(family.ana_account, for_cause=True)
    answer = visit(family.olga).post(at(family.ana_account, f"ties/{family.ana.key}/end/"), ID)
    assert answer.status_code == 409 and b"(213) 555-0000" in answer.content
    assert Tie.objects.get(guardian=family.ana).valid_until is None


def test_a_name_that_is_too_short_twice_is_told_once(family: Cast, visit: Any) -> None:
    page = search(visit(family.olga), first_name="A", last_name="R")
    assert page.count("Minimum 2 characters are required for First Name and Last Name.") == 2  # summary and field


@pytest.fixture
def olga_of_the_west(family: Cast) -> Account:
    """Olga is the clerk of Maple, and the help desk of a region that Maple is not in."""
    west = make.school("2001", "West School", local_district="West")
    make.student("Wes", "Low", west)
    Grant.objects.create(account=family.olga, role=Role.HELP_DESK, region="West", valid_from=NOW - DAY)
    return family.olga


def test_the_help_desk_of_a_region_deactivates_nobody_elsewhere(
    visit: Any, family: Cast, olga_of_the_west: Account
) -> None:
    page = visit(olga_of_the_west).post(f"{SEARCH}{family.ana_account.key}/deactivate/", {"cause": "yes"})
    assert "call" in page.content.decode().lower()
    assert Account.objects.get(pk=family.ana_account.pk).is_active


def test_the_help_desk_of_a_region_lifts_no_deactivation_for_cause_elsewhere(
    visit: Any, family: Cast, olga_of_the_west: Account
) -> None:
    activity.deactivate(account=family.ana_account, for_cause=True, by=SYSTEM, at=NOW)
    assert visit(olga_of_the_west).post(f"{SEARCH}{family.ana_account.key}/activate/").status_code == 409
    assert not Account.objects.get(pk=family.ana_account.pk).is_active


def test_a_parent_with_one_name_is_found_by_typing_it_twice(visit: Any, family: Cast) -> None:
    child = make.student("Sari", "Suharto", family.maple)
    make.link(child, make.guardian("", "Suharto"))
    make.link(child, make.guardian("Suharto", "Sukarno"))
    found = visit(family.olga).post(SEARCH, {"first_name": "Suhar", "last_name": "suh"}, follow=True).content.decode()
    assert "Suharto" in found
    assert "Sukarno" not in found
    both = visit(family.olga).post(SEARCH, {"first_name": "Su", "last_name": "Su"}, follow=True).content.decode()
    assert both.count("<bdi>Suharto") == 2
