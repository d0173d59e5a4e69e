"""Employee Login over OpenID Connect, from the front door to a real provider (oidc-provider) and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from openhouse.accounts import actor
from openhouse.accounts.models import Account, Identity
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.audit.trail import Actor
from openhouse.district.models import Employee
from openhouse.policy import values
from openhouse.roles.models import Grant
from openhouse.roles.roles import Role
from tests.accounts.conftest import PORTAL, oidc, says, use
from tests.cast import Cast
from tests.identity_providers.running import OWN_HAND, Person, tell

AGAIN = "/employee-login/?again=1&next=/staff/reports/"


def set_policy(name: str, text: str) -> None:
    values.choose(name=name, text=text, by=Actor.system("tests"), at=timezone.now())


def refusals() -> list[str]:
    return [entry.detail["reason"] for entry in Entry.objects.filter(event=Event.SIGN_ON_REFUSED)]


def is_in(person: Person) -> bool:
    return "_auth_user_id" in person.portal.session


def asked(address: str) -> dict[str, str]:
    return {name: given[0] for name, given in parse_qs(urlsplit(address).query).items()}


def test_an_employee_signs_in_and_is_tied_by_issuer_and_subject(cast: Cast, olga: Person, openid: str) -> None:
    answer = olga.sign_in()
    assert (answer.status_code, answer.url) == (302, "/")
    assert olga.portal.get("/staff/").status_code == 200
    tied = Identity.objects.get()
    assert (tied.account, tied.issuer, tied.subject) == (cast.olga, openid, "subject-olga")
    events = set(Entry.objects.values_list("event", flat=True))
    assert {Event.IDENTITY_TIED, Event.SIGNED_IN} <= events


def test_a_new_employees_account_is_made_at_the_first_sign_in_and_has_no_role(
    cast: Cast, olga: Person, openid: str
) -> None:
    new = Employee.objects.create(sourced_id="e-nina", family_name="New", number="E-9", valid_from=timezone.now())
    says(openid, sub="subject-nina", employee_id="E-9")
    assert olga.sign_in().url == "/"
    account = Account.objects.get(employee_key=new.sourced_id)
    assert (account.is_guardian, account.has_usable_password(), account.grants.count()) == (False, False, 0)
    assert olga.portal.get("/").url == "/request-access/"


def test_the_page_that_was_asked_for_is_gone_on_to(olga: Person) -> None:
    assert olga.portal.get("/staff/requests/").url == "/employee-login/?next=%2Fstaff%2Frequests%2F"
    assert olga.sign_in("/employee-login/?next=/staff/requests/").url == "/staff/requests/"


@pytest.mark.parametrize("address", ["https://evil.example/staff/", "//evil.example/staff/", "/accounts/email/"])
def test_nobody_is_led_elsewhere_after_signing_in(olga: Person, address: str) -> None:
    assert olga.sign_in(f"/employee-login/?next={address}").url == "/"


def test_pkce_a_nonce_and_the_configured_scope_are_sent_whatever_the_visitor_adds(olga: Person) -> None:
    added = "scope=admin&auth_params=prompt%3Dnone%26login_hint%3Dx&process=connect&action=rerequest"
    sent = asked(olga.set_off(f"/employee-login/district/?{added}"))
    assert sorted(sent["scope"].split()) == ["email", "openid", "profile"]
    assert (sent["code_challenge_method"], sent["response_type"]) == ("S256", "code")
    assert len(sent["nonce"]) >= 32
    assert not {"prompt", "login_hint"} & sent.keys()


def test_another_site_cannot_begin_a_sign_in(olga: Person) -> None:
    for address in ("/employee-login/", "/employee-login/district/"):
        answer = olga.portal.get(address, HTTP_SEC_FETCH_SITE="cross-site")
        assert (answer.status_code, b"District account" in answer.content) == (200, True)


def test_several_providers_are_a_choice_and_none_is_said(olga: Person, openid: str, settings: Any) -> None:
    use(settings, oidc(openid), oidc(openid, slug="county", name="County account"))
    page = olga.portal.get("/employee-login/", **OWN_HAND).content.decode()
    assert 'href="/employee-login/district/"' in page and 'href="/employee-login/county/"' in page
    use(settings)
    assert b"not set up here yet" in olga.portal.get("/employee-login/", **OWN_HAND).content
    assert olga.portal.get("/employee-login/district/", **OWN_HAND).status_code == 404


def test_a_refused_consent_has_its_page(olga: Person, openid: str) -> None:
    tell(openid, "/refuse")
    answer = olga.sign_in()
    assert b"cancelled" in answer.content
    assert not is_in(olga)


@pytest.mark.parametrize(
    "changes", [{"state": "another"}, {"state": ""}, {"code": "bogus"}, {"iss": "https://x.example"}]
)
def test_an_answer_that_was_tampered_with_lets_nobody_in(olga: Person, changes: dict[str, str]) -> None:
    answer = olga.sign_in(**changes)
    assert (answer.status_code, is_in(olga)) == (403, False)
    assert b"You are not signed in" in answer.content


def test_an_answer_is_of_use_once_and_to_the_browser_that_asked_alone(olga: Person, openid: str) -> None:
    back = olga.led_back(olga.set_off())
    stranger = Person(openid)
    assert stranger.portal.get(back).status_code == 403 and not is_in(stranger)
    assert olga.portal.get(back).status_code == 302
    assert olga.portal.get(back).status_code == 403


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"employee_id": "E-404"}, "unknown"),
        ({"employee_id": ""}, "no district id"),
        ({"employee_id": None, "email": "olga@district.example"}, "no district id"),
        ({"employee_id": ["E-1"]}, "no district id"),
    ],
)
def test_who_is_not_one_employee_of_the_school_system_is_refused(
    olga: Person, openid: str, claims: dict[str, Any], reason: str
) -> None:
    says(openid, **claims)
    answer = olga.sign_in()
    assert (answer.status_code, refusals(), is_in(olga)) == (403, [reason], False)
    assert not Identity.objects.exists()


def test_two_employees_with_one_number_are_both_refused(cast: Cast, olga: Person) -> None:
    Employee.objects.filter(sourced_id=cast.ben.employee_key).update(number="E-1")
    assert b"twice" in olga.sign_in().content
    assert refusals() == ["ambiguous"]


def test_another_subject_with_the_same_number_is_refused(olga: Person, openid: str) -> None:
    olga.sign_in()
    says(openid, sub="subject-thief")
    thief = Person(openid)
    assert b"two different people" in thief.sign_in().content
    assert (refusals(), is_in(thief)) == (["taken"], False)


def test_an_employee_is_called_what_the_school_system_calls_them_now(cast: Cast, olga: Person) -> None:
    olga.sign_in()
    Employee.objects.filter(sourced_id=cast.olga.employee_key).update(family_name="Marsh")
    Person(olga.provider).sign_in()
    cast.olga.refresh_from_db()
    assert cast.olga.name == "Olga Marsh"


def test_an_identity_whose_number_is_another_employees_now_is_refused(cast: Cast, olga: Person, openid: str) -> None:
    Employee.objects.filter(sourced_id=cast.dora.employee_key).update(number="E-2")
    olga.sign_in()
    says(openid, employee_id="E-2")
    person = Person(openid)
    person.sign_in()
    assert (refusals(), is_in(person)) == (["taken"], False)


def test_leaving_the_school_system_ends_access_at_the_next_request_and_at_the_next_sign_in(
    cast: Cast, olga: Person, openid: str
) -> None:
    olga.sign_in()
    assert olga.portal.get("/staff/").status_code == 200
    Employee.objects.filter(sourced_id=cast.olga.employee_key).update(valid_until=timezone.now())
    assert olga.portal.get("/staff/").status_code == 404
    assert b"no longer names you" in Person(openid).sign_in().content
    assert refusals() == ["gone"]


def test_a_deactivated_account_loses_its_session_and_does_not_come_back(cast: Cast, olga: Person, openid: str) -> None:
    olga.sign_in()
    Account.objects.filter(pk=cast.olga.pk).update(deactivated_at=timezone.now(), deactivated_for_cause=True)
    assert olga.portal.get("/staff/").status_code == 302
    assert b"switched off" in Person(openid).sign_in().content


def test_a_second_factor_is_asked_for_unless_policy_says_otherwise(olga: Person, openid: str) -> None:
    says(openid, amr=["pwd"])
    assert b"without a second step" in olga.sign_in().content
    assert (refusals(), is_in(olga)) == (["no second factor"], False)
    set_policy("second_factor_required", "false")
    assert olga.sign_in("/employee-login/?again=1").url == "/"


def test_groups_carry_roles_until_they_are_no_longer_named(cast: Cast, olga: Person, openid: str) -> None:
    mapping = '[{"group": "Help", "role": "help desk"}, {"group": "Cedar", "role": "reporting", "school_code": "1002"}]'
    set_policy("group_roles", mapping)
    says(openid, groups=["Help", "Cedar", "Football"])
    olga.sign_in()
    current = Grant.objects.filter(account=cast.olga, valid_until=None)
    assert sorted(current.values_list("role", "origin")) == [
        (Role.HELP_DESK, "group"),
        (Role.PARENT_ACCESS_ADMINISTRATOR, ""),
        (Role.REPORTING, "group"),
    ]
    says(openid, groups=["Cedar"])
    Person(openid).sign_in()
    assert sorted(current.values_list("role", flat=True)) == [Role.PARENT_ACCESS_ADMINISTRATOR, Role.REPORTING]
    assert Entry.objects.filter(event=Event.GROUP_ROLE_GRANTED).count() == 2
    assert Entry.objects.filter(event=Event.GROUP_ROLE_ENDED).count() == 1


def test_a_provider_s_old_sign_in_is_not_recent_and_signing_in_again_is_asked_of_it(olga: Person, openid: str) -> None:
    says(openid)
    tell(
        openid, "/people", claims={"sub": "subject-olga", "employee_id": "E-1"}, amr=["otp"], signed_in_at=hours_ago(2)
    )
    olga.sign_in()
    assert olga.portal.session["proved_at"] < (timezone.now() - timedelta(hours=1)).isoformat()
    says(openid)
    address = olga.set_off(AGAIN)
    assert (asked(address)["prompt"], asked(address)["max_age"]) == ("login", "0")
    assert olga.come_back(address).url == "/staff/reports/"
    assert olga.portal.session["proved_at"] > (timezone.now() - timedelta(minutes=1)).isoformat()


def test_a_provider_that_did_not_ask_again_is_not_believed(olga: Person, openid: str) -> None:
    olga.sign_in()
    tell(
        openid, "/people", claims={"sub": "subject-olga", "employee_id": "E-1"}, amr=["otp"], signed_in_at=hours_ago(2)
    )
    assert b"without asking you to sign in again" in olga.sign_in(AGAIN).content
    assert refusals() == ["not again"]


def hours_ago(hours: int) -> int:
    return int((timezone.now() - timedelta(hours=hours)).timestamp())


def test_signing_out_goes_on_to_the_provider(olga: Person, openid: str) -> None:
    olga.sign_in()
    page = olga.portal.post("/sign-out/").content.decode()
    assert not is_in(olga)
    assert f'content="0; url={openid}/session/end?client_id=openhouse&amp;post_logout_redirect_uri=' in page
    asked_for = {"client_id": "openhouse", "post_logout_redirect_uri": PORTAL}
    assert olga.elsewhere.get(f"{openid}/session/end", params=asked_for, timeout=10).status_code == 200


def test_no_guardian_comes_in_or_signs_up_through_a_provider(cast: Cast, olga: Person, openid: str) -> None:
    accounts = Account.objects.count()
    says(openid, sub="subject-ana", employee_id="", email="ana@home.example", email_verified=True)
    with mock.patch.object(actor, "address_of", return_value="127.0.0.1"):
        olga.portal.force_login(cast.ana_account, backend="openhouse.accounts.backends.GuardianBackend")
    olga.sign_in()
    assert (Account.objects.count(), Identity.objects.count()) == (accounts, 0)
    assert olga.portal.session["_auth_user_id"] == str(cast.ana_account.pk)
    for path in ("/accounts/3rdparty/", "/accounts/3rdparty/signup/", "/accounts/social/connections/"):
        assert olga.portal.get(path).status_code == 404
