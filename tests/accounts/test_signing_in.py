"""Registering, signing in and out, resetting a password: who may, and what is on record."""

import re

import pytest
from django.core import mail

from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.models import Entry, Name
from openhouse.policy import values
from tests import cast as make
from tests.cast import NOW, PASSWORD, SYSTEM

NEW = {"given_name": "Rosa", "family_name": "Lima", "email": "rosa@home.example", "password1": PASSWORD}


@pytest.fixture
def rosa(db):
    """A guardian with a password."""
    return make.account("rosa@home.example", password=PASSWORD)


def newest_code():
    return re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", mail.outbox[-1].body, re.MULTILINE).group(1)


def events(account=None):
    rows = Entry.objects.order_by("position")
    return list((rows.filter(account=str(account.key)) if account else rows).values_list("event", flat=True))


def sign_in(client, email="rosa@home.example", password=PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_a_guardian_registers_and_confirms_the_email_with_a_code(visit):
    client = visit()
    assert client.post("/accounts/signup/", NEW).status_code == 302
    rosa = Account.objects.get(email="rosa@home.example")
    assert (rosa.name, rosa.email_confirmed_at) == ("Rosa Lima", None)
    assert client.get("/family/").status_code == 302
    client.post("/accounts/confirm-email/", {"code": newest_code()})
    rosa.refresh_from_db()
    assert rosa.email_confirmed_at == NOW
    assert client.get("/family/").status_code == 200
    assert events(rosa) == [Event.GUARDIAN_REGISTERED, Event.EMAIL_CONFIRMED, Event.SIGNED_IN, Event.HOME_SEEN]


def test_a_wrong_code_confirms_nothing(visit):
    client = visit()
    client.post("/accounts/signup/", NEW)
    client.post("/accounts/confirm-email/", {"code": "WRONG1"})
    assert Account.objects.get().email_confirmed_at is None


def test_registering_an_email_that_has_an_account_reads_alike_and_tells_the_owner(visit, rosa):
    fresh = visit().post("/accounts/signup/", NEW | {"email": "other@home.example"})
    taken = visit().post("/accounts/signup/", NEW | {"password1": PASSWORD + "!"})
    assert (fresh.status_code, fresh.url) == (taken.status_code, taken.url)
    assert mail.outbox[-1].to == ["rosa@home.example"]
    rosa.refresh_from_db()
    assert rosa.check_password(PASSWORD)


@pytest.mark.parametrize("email", ["a@schools.example", "a@SCHOOLS.Example", "a@staff.schools.example"])
def test_an_email_of_the_district_is_refused(visit, email):
    values.choose(name="district_email_domains", text="schools.example", by=SYSTEM, at=NOW)
    answer = visit().post("/accounts/signup/", NEW | {"email": email})
    assert answer.status_code == 200 and not Account.objects.exists()


@pytest.mark.parametrize("email", ["a@myschools.example", "a@schools.example.net"])
def test_a_domain_that_only_looks_like_the_districts_is_welcome(visit, email):
    values.choose(name="district_email_domains", text="schools.example", by=SYSTEM, at=NOW)
    visit().post("/accounts/signup/", NEW | {"email": email})
    assert Account.objects.filter(email=email).exists()


def test_an_account_does_not_move_to_an_email_of_the_district(visit, rosa):
    values.choose(name="district_email_domains", text="schools.example", by=SYSTEM, at=NOW)
    client = visit()
    sign_in(client)
    client.post("/accounts/email/", {"email": "rosa@schools.example", "action_add": "1"})
    assert not rosa.emailaddress_set.exclude(email="rosa@home.example").exists()


@pytest.mark.parametrize("password", ["short", "123456789987654321", "rosa@home.example"])
def test_a_weak_password_is_refused(visit, password):
    visit().post("/accounts/signup/", NEW | {"password1": password})
    assert not Account.objects.exists()


def test_emails_are_one_in_any_case(visit, rosa):
    assert sign_in(visit(), "Rosa@HOME.example").status_code == 302


def test_a_sign_in_and_a_sign_out_are_on_record_with_their_address(visit, rosa):
    client = visit()
    sign_in(client)
    client.post("/sign-out/")
    assert events(rosa) == [Event.SIGNED_IN, Event.SIGNED_OUT]
    assert set(Entry.objects.values_list("address", flat=True)) == {"127.0.0.1"}
    assert client.get("/family/").status_code == 302


def test_a_failed_sign_in_is_on_record_without_what_was_typed(visit, rosa):
    sign_in(visit(), password="not the right password")
    sign_in(visit(), "nobody@typed.example")
    first, second = Entry.objects.filter(event=Event.SIGN_IN_FAILED).order_by("position")
    assert (first.account, second.account) == (str(rosa.key), "")
    said = repr(list(Entry.objects.values())) + repr(list(Name.objects.values()))
    assert not re.search("typed.example|not the right|home.example", said)


def test_an_unconfirmed_account_is_asked_for_the_code_again(visit, db):
    make.account("late@home.example", confirmed=False, password=PASSWORD)
    client = visit()
    assert sign_in(client, "late@home.example").url == "/accounts/confirm-email/"
    assert client.get("/family/").status_code == 302


def test_a_deactivated_account_is_told_so_at_sign_in(visit, rosa):
    Account.objects.update(deactivated_at=NOW, deactivated_for_cause=True)
    answer = sign_in(visit())
    assert (answer.status_code, getattr(answer, "url", "")) in [(302, "/accounts/inactive/"), (200, "")]
    assert not Entry.objects.filter(event=Event.SIGNED_IN).exists()


def test_a_few_wrong_passwords_from_anywhere_lock_no_family_out(visit, rosa):
    for _ in range(10):
        sign_in(visit(), password="not the right password")
    assert "/family/" in sign_in(visit()).url


def test_many_wrong_passwords_make_the_account_wait(visit, rosa):
    for _ in range(50):
        sign_in(visit(), password="not the right password")
    assert "/family/" not in getattr(sign_in(visit()), "url", "")


def test_a_password_is_reset_with_a_code(visit, rosa):
    client = visit()
    client.post("/accounts/password/reset/", {"email": "rosa@home.example"})
    client.post("/accounts/password/reset/confirm/", {"code": newest_code()})
    new = "another long password of words"
    client.post("/accounts/password/reset/complete/", {"password1": new, "password2": new})
    rosa.refresh_from_db()
    assert rosa.check_password(new)
    assert Event.PASSWORD_CHANGED in events(rosa)


def test_an_imported_account_comes_in_by_a_reset(visit, db):
    imported = make.account("old@home.example")
    client = visit()
    client.post("/accounts/password/reset/", {"email": "old@home.example"})
    client.post("/accounts/password/reset/confirm/", {"code": newest_code()})
    client.post("/accounts/password/reset/complete/", {"password1": PASSWORD, "password2": PASSWORD})
    imported.refresh_from_db()
    assert imported.check_password(PASSWORD)


@pytest.mark.parametrize("email", ["olga@district.example", "nobody@home.example"])
def test_a_reset_does_nothing_for_employees_and_strangers_and_reads_alike(visit, cast, rosa, email):
    known = visit().post("/accounts/password/reset/", {"email": "rosa@home.example"})
    unknown = visit().post("/accounts/password/reset/", {"email": email})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    cast.olga.refresh_from_db()
    assert cast.olga.password == "!"
    assert not any(
        re.search(r"^\s*[A-Z0-9]{6,}\s*$", each.body, re.MULTILINE) for each in mail.outbox if email in each.to
    )


def test_changing_the_password_ends_other_sessions(visit, rosa):
    here, there = visit(), visit()
    sign_in(here), sign_in(there)
    new = "another long password of words"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert there.get("/family/").status_code == 302


def test_a_password_is_changed_with_the_one_before_alone(visit, rosa):
    client, new = visit(), "another long password of words"
    sign_in(client)
    client.post("/accounts/password/change/", {"oldpassword": "not it at all", "password1": new, "password2": new})
    rosa.refresh_from_db()
    assert rosa.check_password(PASSWORD)


def test_a_changed_password_and_a_changed_email_are_told_to_the_address_before(visit, rosa, clock):
    client, new = visit(), "another long password of words"
    sign_in(client)
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert mail.outbox[-1].to == ["rosa@home.example"]
    client.post("/accounts/reauthenticate/", {"password": new})
    client.post("/accounts/email/", {"email": "rosa@new.example", "action_add": "1"})
    client.post("/accounts/confirm-email/", {"code": newest_code()})
    rosa.refresh_from_db()
    assert rosa.email == "rosa@new.example"
    assert [each.to for each in mail.outbox if "changed" in each.subject.lower()][-1] == ["rosa@home.example"]


def reset(client, *codes):
    """Ask for a code by mail, and type these."""
    client.post("/accounts/password/reset/", {"email": "rosa@home.example"})
    sent = newest_code()
    for code in codes:
        client.post("/accounts/password/reset/confirm/", {"code": code or sent})
    return sent


def may_set_a_password(client):
    new = "another long password of words"
    client.post("/accounts/password/reset/complete/", {"password1": new, "password2": new})
    return Account.objects.get().check_password(new)


def test_after_three_wrong_codes_the_right_one_opens_nothing(visit, rosa):
    client = visit()
    reset(client, *["0000000000"] * 3, "")
    assert not may_set_a_password(client)


def test_a_code_by_mail_opens_nothing_after_ten_minutes_nor_in_another_browser(visit, rosa, clock):
    late, other = visit(), visit()
    sent = reset(late)
    other.post("/accounts/password/reset/confirm/", {"code": sent})
    clock.shift(10 * 60 + 1)
    late.post("/accounts/password/reset/confirm/", {"code": sent})
    assert not may_set_a_password(late)
    assert not may_set_a_password(other)
