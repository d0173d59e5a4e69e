"""Asking for a role, and its decision: by somebody else, once, on the facts of that moment."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from openhouse.accounts import actor
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import Employee
from openhouse.roles import deciding, refusals, requests, scope
from openhouse.roles.models import Grant, RoleRequest
from openhouse.roles.places import Place
from openhouse.roles.requests import State
from openhouse.roles.roles import Permission, Role
from tests import cast as make
from tests.cast import DAY, NOW, SINCE

MAPLE = Place(school_code="1001")
CLERK = Role.PARENT_ACCESS_ADMINISTRATOR


@pytest.fixture
def people(cast):
    """Theo without a role, and Sam, who is Maple's Site Administrator."""
    cast.theo = make.employee("Theo", None)
    cast.sam = make.employee("Sam", Role.SITE_ADMINISTRATOR, cast.maple)
    return cast


@pytest.fixture
def ask(people, django_capture_on_commit_callbacks):
    def ask(account=None, role=CLERK, place=MAPLE, why="I help in the office."):
        account = account or people.theo
        with django_capture_on_commit_callbacks(execute=True):
            return requests.ask(account=account, role=role, place=place, why=why, actor=actor.of(account), at=NOW)[0]

    return ask


def approve(request, by, at=NOW):
    return requests.approve(request=request, by=by, actor=actor.of(by), at=at)


def reject(request, by, answer="We have enough clerks."):
    return requests.reject(request=request, answer=answer, by=by, actor=actor.of(by), at=NOW)


def told():
    return [each.to[0] for each in mail.outbox]


def test_what_is_asked_for_opens_nothing_until_it_is_approved(people, ask):
    asked = ask()
    assert not scope.of(people.theo, NOW).grants
    grant = approve(asked, people.sam)
    assert (grant.given_by, grant.valid_from) == (people.sam, NOW)
    assert people.alma in scope.students(scope.of(people.theo, NOW), Permission.FIND_STUDENTS)
    assert [each.event for each in Entry.objects.order_by("position")][-2:] == [Event.ROLE_ASKED, Event.ROLE_GRANTED]


def test_the_school_s_site_administrator_is_told_and_then_who_asked(people, ask, django_capture_on_commit_callbacks):
    asked = ask()
    assert told() == ["sam@district.example"]
    assert "Maple Elementary" in mail.outbox[0].body
    with django_capture_on_commit_callbacks(execute=True):
        reject(asked, people.sam, "Ask again <in> August & bring cake.")
    assert told()[1:] == ["theo@district.example"]
    assert "Ask again <in> August & bring cake." in mail.outbox[1].body


def test_the_district_administrators_are_told_where_a_school_has_no_site_administrator(people, ask):
    ask(place=Place(school_code="1002"))
    assert told() == ["dora@district.example"]


def test_the_district_is_told_where_the_site_administrator_cannot_be_written_to(people, ask):
    Employee.objects.filter(sourced_id="employee-Sam").update(email="")
    ask()
    assert told() == ["dora@district.example"]


def test_the_only_site_administrator_s_own_request_goes_to_the_district(people, ask):
    ask(account=people.sam)
    assert told() == ["dora@district.example"]


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.SITE_ADMINISTRATOR, MAPLE), (Role.HELP_DESK, Place()), (Role.DISTRICT_ADMINISTRATOR, Place())],
)
def test_appointing_and_what_reaches_further_than_a_school_is_the_district_s_to_decide(people, ask, role, place):
    asked = ask(role=role, place=place)
    assert told() == ["dora@district.example"]
    within = {who: deciding.within(scope.of(getattr(people, who), NOW)) for who in ("sam", "dora")}
    assert not RoleRequest.objects.filter(within["sam"], pk=asked.pk).exists()
    assert RoleRequest.objects.filter(within["dora"], pk=asked.pk).exists()


def test_a_site_administrator_decides_nothing_of_another_school(people, ask):
    asked = ask(place=Place(school_code="1002"))
    assert not RoleRequest.objects.filter(deciding.within(scope.of(people.sam, NOW)), pk=asked.pk).exists()


def test_a_request_that_waits_is_there_once_and_one_for_another_place_beside_it(people, ask):
    assert ask() == ask() != ask(place=Place(school_code="1002"))
    assert len(told()) == 2


def test_nobody_approves_their_own_request_not_even_through_a_second_role(people, ask):
    Grant.objects.create(account=people.theo, role=Role.DISTRICT_ADMINISTRATOR, valid_from=SINCE)
    asked = ask()
    for decide in (approve, reject):
        with pytest.raises(refusals.OwnRole):
            decide(asked, people.theo)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleRequest.objects.filter(pk=asked.pk).update(decided_at=NOW, decided_by=people.theo, approved=True)


def test_two_records_of_one_person_in_the_sis_do_not_decide_for_each_other(people, ask):
    for account, email in ((people.theo, "Theo@district.example"), (people.sam, "theo@district.example")):
        Employee.objects.filter(sourced_id=account.employee_key).update(email=email)
    asked = ask()
    for decide in (approve, reject):
        with pytest.raises(refusals.OwnRole):
            decide(asked, people.sam)
    Employee.objects.update(email="")  # nobody is one person with all who have none
    assert approve(asked, people.sam).account == people.theo


def test_what_became_of_a_request_is_found_by_the_employee_whom_it_is_about(people, ask):
    approve(ask(), people.sam)
    entry = Entry.objects.latest("position")
    assert (entry.event, entry.account) == (Event.ROLE_GRANTED, str(people.theo.key))


def test_a_decision_is_made_once(people, ask):
    asked = ask()
    reject(asked, people.sam)
    for decide in (approve, reject):
        with pytest.raises(refusals.NoLongerOpen):
            decide(asked, people.dora)
    assert (requests.state(RoleRequest.objects.get()), Grant.objects.filter(account=people.theo).count()) == (
        State.REJECTED,
        0,
    )


def test_a_rejected_request_can_be_made_again(people, ask):
    reject(ask(), people.sam)
    assert requests.state(ask()) is State.WAITING


def test_what_was_withdrawn_is_not_decided_and_what_was_decided_not_withdrawn(people, ask):
    withdrawn, decided = ask(), ask(role=Role.REPORTING)
    approve(decided, people.sam)
    for _twice in range(2):
        done = requests.withdraw(request=withdrawn, by=people.theo, actor=actor.of(people.theo), at=NOW)
    assert requests.state(done) is State.WITHDRAWN
    assert Entry.objects.filter(event=Event.ROLE_WITHDRAWN).count() == 1
    with pytest.raises(refusals.NoLongerOpen):
        approve(withdrawn, people.sam)
    with pytest.raises(refusals.NoLongerOpen):
        requests.withdraw(request=decided, by=people.theo, actor=actor.of(people.theo), at=NOW)


def test_whoever_left_the_district_meanwhile_gets_nothing(people, ask):
    asked = ask()
    make.end(Employee.objects.get(sourced_id="employee-Theo"), at=NOW)
    with pytest.raises(refusals.NotEmployed):
        approve(asked, people.sam, at=NOW + DAY)
    assert requests.state(RoleRequest.objects.get()) is State.WAITING


@pytest.mark.parametrize(
    ("role", "place", "refused"),
    [
        (CLERK, Place(), refusals.Misplaced),
        (Role.DISTRICT_ADMINISTRATOR, Place(region="North"), refusals.Misplaced),
        (Role.HELP_DESK, MAPLE, refusals.Misplaced),
        (CLERK, Place(school_code="9999"), refusals.NoSuchPlace),
        (Role.HELP_DESK, Place(region="Nowhere"), refusals.NoSuchPlace),
    ],
)
def test_a_role_is_asked_for_only_where_it_is_held(people, ask, role, place, refused):
    with pytest.raises(refused):
        ask(role=role, place=place)


def test_a_role_that_one_has_is_not_asked_for_and_one_that_ended_is(people, ask):
    with pytest.raises(refusals.HeldAlready):
        ask(account=people.olga)
    Grant.objects.filter(account=people.olga).update(expires_at=NOW)
    assert requests.state(ask(account=people.olga)) is State.WAITING


def test_ten_requests_may_wait_and_no_more(people, ask):
    for number in range(requests.MOST):
        make.school(f"2{number:03}", f"School {number}")
        ask(place=Place(school_code=f"2{number:03}"))
    with pytest.raises(refusals.TooManyRequests):
        ask()
