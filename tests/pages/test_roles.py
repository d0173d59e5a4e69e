"""Asking for a role, the Roles tab, and working at one school at a time, as pages."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core import mail
from django.utils import timezone

from openhouse.access.consents import LASTS
from openhouse.access.models import Act, Consent
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.roles.models import Grant, RoleRequest
from openhouse.roles.roles import Permission, Role
from tests import cast as make
from tests.cast import NOW, Cast

ASK = "/request-access/"
WHY = {"why": "I help in the office."}


@pytest.fixture
def people(cast: Cast) -> Cast:
    """Theo without a role, and Sam, who is Maple's Site Administrator."""
    cast.theo = make.employee("Theo", None)
    cast.sam = make.employee("Sam", Role.SITE_ADMINISTRATOR, cast.maple)
    return cast


def text(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())))


def asked(people: Cast, visit: Any, role: Role = Role.PARENT_ACCESS_ADMINISTRATOR) -> RoleRequest:
    visit(people.theo).post(f"{ASK}schools/{people.maple.key}/", {"role": role, **WHY})
    return RoleRequest.objects.latest("pk")


def test_whoever_has_no_role_comes_to_the_request_page_and_a_guardian_does_not(people: Cast, visit: Any) -> None:
    assert visit(people.theo).get("/").headers["Location"] == ASK
    page = text(visit(people.theo).get(ASK))
    assert "Request access" in page and "Maple Elementary" in page
    assert visit(people.ana_account).get(ASK).status_code == 302
    assert visit().get(ASK).status_code == 302


def test_whoever_has_a_role_reads_which_and_asks_for_another(people: Cast, visit: Any) -> None:
    page = text(visit(people.olga).get(ASK))
    assert "Parent Access Account Administrator , Maple Elementary" in page and "Ask for another role" in page
    visit(people.olga).post(f"{ASK}schools/{people.cedar.key}/", {"role": Role.REPORTING, **WHY})
    assert "Waiting" in text(visit(people.olga).get(ASK))


def test_schools_are_found_by_a_part_of_their_name_or_their_code(people: Cast, visit: Any) -> None:
    for typed in ("aple", "1001"):
        page = text(visit(people.theo).get(ASK, {"school": typed}))
        assert "Maple Elementary" in page and "Cedar High" not in page
    assert "No school has this name" in text(visit(people.theo).get(ASK, {"school": "Nowhere"}))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"role": Role.REPORTING}, "Say why you need the role."),
        (WHY, "Choose a role."),
        ({"role": Role.HELP_DESK, **WHY}, "Select a valid choice"),
        ({"role": Role.REPORTING, "why": "x" * 501}, "at most 500 characters"),
    ],
)
def test_a_request_says_which_role_and_why(people: Cast, visit: Any, typed: dict[str, str], said: str) -> None:
    assert said in text(visit(people.theo).post(f"{ASK}schools/{people.maple.key}/", typed))
    assert not RoleRequest.objects.exists()


def test_a_role_further_than_a_school_is_asked_for_with_its_place(people: Cast, visit: Any) -> None:
    people.maple.local_district = "North"
    people.maple.save()
    theo = visit(people.theo)
    wrong = theo.post(f"{ASK}district/", {"role": Role.DISTRICT_ADMINISTRATOR, "where": "region North", **WHY})
    assert "District Administrator is not held there" in text(wrong)
    theo.post(f"{ASK}district/", {"role": Role.HELP_DESK, "where": "region North", **WHY})
    theo.post(f"{ASK}district/", {"role": Role.REPORTING, "where": "district", **WHY})
    assert list(RoleRequest.objects.order_by("pk").values_list("school_code", "region")) == [("", "North"), ("", "")]


def test_a_second_press_sends_no_second_request(people: Cast, visit: Any) -> None:
    for said in ("Your request was sent", "You asked for this already"):
        answer = visit(people.theo).post(
            f"{ASK}schools/{people.maple.key}/", {"role": Role.REPORTING, **WHY}, follow=True
        )
        assert said in text(answer)
    assert (RoleRequest.objects.count(), len(mail.outbox)) == (1, 1)


def test_one_withdraws_one_s_own_request_and_nobody_else_s(people: Cast, visit: Any) -> None:
    address = f"{ASK}{asked(people, visit).key}/withdraw/"
    assert visit(people.olga).post(address).status_code == 404
    assert "Your request is withdrawn." in text(visit(people.theo).post(address, follow=True))


def test_a_request_is_approved_and_the_role_is_there_at_once(people: Cast, visit: Any) -> None:
    theo, row = visit(people.theo), asked(people, visit)
    assert theo.get("/staff/").status_code == 404
    sam = visit(people.sam)
    assert "Theo Office" in text(sam.get("/staff/roles/"))
    page = sam.get(f"/staff/roles/requests/{row.key}/")
    assert "I help in the office." in text(page) and "Print, show and renew PINs" in text(page)
    assert "Approved." in text(sam.post(f"/staff/roles/requests/{row.key}/", {"approves": "yes"}, follow=True))
    assert theo.get("/staff/").status_code == 200
    assert "approved" in mail.outbox[-1].subject and mail.outbox[-1].to == ["theo@district.example"]


def test_a_rejection_needs_its_reason_and_who_asked_reads_it(people: Cast, visit: Any) -> None:
    row, sam = asked(people, visit), visit(people.sam)
    address = f"/staff/roles/requests/{row.key}/"
    assert "Say why you reject" in text(sam.post(address, {"approves": "no"}))
    sam.post(address, {"approves": "no", "answer": "Enough clerks."})
    page = text(visit(people.theo).get(ASK))
    assert "Rejected" in page and "Enough clerks." in page and "Sam Office" in page


def test_the_mail_s_link_opens_the_request_after_signing_in(people: Cast, visit: Any) -> None:
    row = asked(people, visit)
    address = f"/staff/roles/requests/{row.key}/"
    assert address in mail.outbox[0].body
    assert visit().get(address).headers["Location"].endswith(f"/employee-login/?next={quote(address, safe='')}")


def test_whoever_comes_second_reads_who_decided(people: Cast, visit: Any) -> None:
    row = asked(people, visit)
    address = f"/staff/roles/requests/{row.key}/"
    visit(people.sam).post(address, {"approves": "yes"})
    late = visit(people.dora).post(address, {"approves": "no", "answer": "Too late."})
    assert late.status_code == 409 and "decided or withdrawn meanwhile" in text(late)
    page = text(visit(people.dora).get(address))
    assert "Sam Office" in page and "Reject" not in page
    assert Grant.objects.get(account=people.theo).valid_until is None


def test_one_s_own_request_is_not_in_the_inbox(people: Cast, visit: Any) -> None:
    sam = visit(people.sam)
    sam.post(f"{ASK}schools/{people.maple.key}/", {"role": Role.REPORTING, **WHY})
    row = RoleRequest.objects.get()
    assert "Nothing waits for you" in text(sam.get("/staff/roles/"))
    assert sam.post(f"/staff/roles/requests/{row.key}/", {"approves": "yes"}).status_code == 404


@pytest.mark.parametrize("page", ["requests/{row}/", "holders/{grant}/revoke/", "renewals/", "appoint/{employee}/"])
def test_what_changes_roles_asks_for_a_new_sign_in(people: Cast, visit: Any, clock: Any, page: str) -> None:
    from openhouse.district.models import Employee

    row, dora = asked(people, visit), visit(people.dora)
    employee = Employee.objects.get(sourced_id="employee-Theo").key
    address = "/staff/roles/" + page.format(row=row.key, grant=people.olga.grants.get().key, employee=employee)
    assert dora.get(address).status_code == 200
    clock.shift(timedelta(minutes=16))
    for method in (dora.get, dora.post):
        assert "/sign-in-again/" in method(address).headers["Location"]


def test_who_may_do_what_shows_all_whose_role_reaches_the_school(people: Cast, visit: Any) -> None:
    page = visit(people.sam).get("/staff/roles/holders/")
    shown = text(page)
    for name in ("Olga", "Otto", "Mia", "Sam", "Hank", "Dora"):
        assert f"{name} Office" in shown
    assert "Ben Office" not in shown and "Rhea Office" not in shown
    assert "Deactivate parent accounts" in shown
    assert page.content.decode().count("/revoke/") == 3  # Maple's three clerks: not Sam, Hank and Dora
    assert Entry.objects.get(event=Event.ROLES_SEEN).detail == {"found": 6}


def test_a_revoked_role_closes_the_next_page(people: Cast, visit: Any) -> None:
    otto, grant = visit(people.otto), people.otto.grants.get()
    address = f"/staff/roles/holders/{grant.key}/revoke/"
    assert otto.get("/staff/").status_code == 200
    assert "Say why the role ends." in text(visit(people.sam).post(address, {"reason": ""}))
    assert "The role is ended." in text(visit(people.sam).post(address, {"reason": "Moved."}, follow=True))
    assert otto.get("/staff/").status_code == 404
    assert visit(people.sam).post(address, {"reason": "Again."}).status_code == 409


def test_what_a_group_gave_is_said_so_where_it_is_revoked(people: Cast, visit: Any) -> None:
    grant = Grant.objects.create(
        account=people.theo, role=Role.REPORTING, school_code="1001", origin="group", valid_from=NOW
    )
    assert "a group of theirs" in text(visit(people.sam).get("/staff/roles/holders/"))
    assert "won’t give it again" in text(visit(people.sam).get(f"/staff/roles/holders/{grant.key}/revoke/"))


def test_a_site_administrator_revokes_no_role_of_the_district_s(people: Cast, visit: Any) -> None:
    for account in (people.sam, people.hank, people.dora, people.ben):
        address = f"/staff/roles/holders/{account.grants.get().key}/revoke/"
        assert visit(people.sam).post(address, {"reason": "No."}).status_code == 404


def test_the_only_district_administrator_cannot_end_it(people: Cast, visit: Any) -> None:
    address = f"/staff/roles/holders/{people.dora.grants.get().key}/revoke/"
    answer = visit(people.dora).post(address, {"reason": "Tired."})
    assert answer.status_code == 409 and "only District Administrator" in text(answer)


def test_many_roles_are_renewed_with_one_press_and_a_second_changes_nothing(
    people: Cast, visit: Any, clock: Any
) -> None:
    end = timezone.make_aware(datetime.fromisoformat("2027-07-01"))
    Grant.objects.exclude(account=people.dora).update(expires_at=end)
    clock.move_to(end - timedelta(days=20))
    sam = visit(people.sam)
    keys = re.findall(r'name="grant" value="([0-9a-f-]+)"', sam.get("/staff/roles/renewals/").content.decode())
    assert len(keys) == 3
    assert "06/30/2027" in text(sam.get("/staff/roles/renewals/"))
    for said in ("3 roles are renewed.", "Nothing was renewed"):
        answer = sam.post("/staff/roles/renewals/", {"grant": [*keys, "nonsense"]}, follow=True)
        assert said in text(answer)
    renewed = Grant.objects.filter(school_code="1001", valid_until=None).exclude(account=people.sam)
    assert {each.expires_at.year for each in renewed} == {2028}
    assert {each.given_by for each in renewed} == {people.sam}


def test_a_role_is_renewed_with_its_own_button_and_the_chosen_ones_are_not(
    people: Cast, visit: Any, clock: Any
) -> None:
    end = timezone.make_aware(datetime.fromisoformat("2027-07-01"))
    Grant.objects.exclude(account=people.dora).update(expires_at=end)
    clock.move_to(end - timedelta(days=20))
    olga, otto = (each.grants.get().key for each in (people.olga, people.otto))
    visit(people.sam).post("/staff/roles/renewals/", {"only": olga, "grant": [otto]})
    assert (people.olga.grants.count(), people.otto.grants.count()) == (2, 1)


def test_a_district_administrator_finds_an_employee_and_appoints_them_at_a_school(people: Cast, visit: Any) -> None:
    dora = visit(people.dora)
    for typed in ("theo off", "THEO@district.example"):
        found = dora.post("/staff/roles/appoint/", {"employee": typed})
        assert "1 employee found" in text(found)
    assert "names no employee so" in text(dora.post("/staff/roles/appoint/", {"employee": "Nobody"}))
    address = re.search(r"/staff/roles/appoint/[0-9a-f-]+/", found.content.decode())
    assert address
    dora.post(address[0], {"school": str(people.cedar.key)})
    grant = Grant.objects.get(account=people.theo)
    assert (grant.role, grant.school_code, grant.given_by) == (Role.SITE_ADMINISTRATOR, "1002", people.dora)
    assert visit(people.sam).get("/staff/roles/appoint/").status_code == 404


def narrow(client: Any, school: Any) -> Any:
    return client.post("/staff/schools/", {"school": str(school.key)})


def test_whoever_has_several_schools_works_at_one_until_they_lift_it(people: Cast, visit: Any) -> None:
    Grant.objects.create(account=people.olga, role=Role.PARENT_ACCESS_ADMINISTRATOR, school_code="1002", valid_from=NOW)
    olga = visit(people.olga)
    assert "Work at one school" in text(olga.get("/staff/"))
    assert narrow(olga, people.cedar).status_code == 302
    page = text(olga.get("/staff/"))
    assert "Only Cedar High" in page and "Work at one school" not in page
    for student, status in ((people.abel, 200), (people.alma, 404)):
        assert olga.get(f"/staff/found/{student.key}/").status_code == status
    olga.post("/staff/schools/all/")
    assert olga.get(f"/staff/found/{people.alma.key}/").status_code == 200


def test_nobody_narrows_to_a_school_that_is_not_theirs(people: Cast, visit: Any) -> None:
    olga = visit(people.olga)
    assert narrow(olga, people.cedar).status_code == 404
    assert "Work at one school" not in text(olga.get("/staff/"))


def test_a_school_that_one_lost_meanwhile_shows_nothing_and_is_lifted(people: Cast, visit: Any) -> None:
    second = Grant.objects.create(
        account=people.olga, role=Role.PARENT_ACCESS_ADMINISTRATOR, school_code="1002", valid_from=NOW
    )
    olga = visit(people.olga)
    narrow(olga, people.cedar)
    Grant.objects.filter(pk=second.pk).update(valid_until=NOW)
    for student in (people.abel, people.alma):
        assert olga.get(f"/staff/found/{student.key}/").status_code == 404
    olga.post("/staff/schools/all/")
    assert olga.get(f"/staff/found/{people.alma.key}/").status_code == 200


def test_the_help_desk_narrowed_to_a_school_finds_its_parents_alone(people: Cast, visit: Any) -> None:
    make.join(people.ana_account, people.ana, people.abel)
    make.join(people.carla_account, people.carla, people.carlas_children[0])
    hank = visit(people.hank)
    narrow(hank, people.maple)
    assert hank.get(f"/staff/parents/{people.carla_account.key}/").status_code == 200
    assert hank.get(f"/staff/parents/{people.arturo_account.key}/").status_code == 404


def test_a_mail_s_link_opens_its_request_whatever_school_one_works_at(people: Cast, visit: Any) -> None:
    row, dora = asked(people, visit), visit(people.dora)
    narrow(dora, people.cedar)
    assert "Theo Office" in text(dora.get(f"/staff/roles/requests/{row.key}/"))


def test_who_may_do_what_and_the_inbox_are_narrowed_too(people: Cast, visit: Any) -> None:
    asked(people, visit)
    dora = visit(people.dora)
    assert "Ben Office" in text(dora.get("/staff/roles/holders/"))
    narrow(dora, people.cedar)
    assert "Nothing waits for you" in text(dora.get("/staff/roles/"))
    shown = text(dora.get("/staff/roles/holders/"))
    assert "Ben Office" in shown and "Olga Office" not in shown


def test_one_s_own_requests_to_colleagues_are_narrowed_too(people: Cast, visit: Any) -> None:
    Grant.objects.create(account=people.olga, role=Role.PARENT_ACCESS_ADMINISTRATOR, school_code="1002", valid_from=NOW)
    Consent.objects.create(
        act=Act.NEW_PIN, student=people.bella, guardian=people.berta, asked_by=people.olga, asked_at=NOW,
        expires_at=NOW + LASTS,
    )  # fmt: skip
    olga = visit(people.olga)
    for school, is_shown in ((people.maple, True), (people.cedar, False)):
        narrow(olga, school)
        assert ("Bella Novak" in text(olga.get("/staff/requests/"))) == is_shown


def test_every_role_may_pick_a_school() -> None:
    from openhouse.roles.roles import MAY

    assert all(Permission.PICK_SCHOOL in may for may in MAY.values())
