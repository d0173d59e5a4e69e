"""Requests: a colleague is asked from the refusal, decides on a page of their own, and the first goes on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhouse.access import consents
from openhouse.access.models import Act, Consent, Pin
from openhouse.accounts import actor
from openhouse.roles.roles import Role
from tests import cast as make
from tests.cast import NOW, Cast

ASK, LIST = "/staff/requests/ask/", "/staff/requests/"


def asked(cast: Cast, visit: Any) -> Consent:
    """What Olga asks for from the refusal of Print."""
    clerk = visit(cast.olga)
    refused = clerk.post(f"/staff/guardianships/{cast.berta_of_bella.key}/print/")
    assert refused.status_code == 409 and b"Ask a colleague" in refused.content and b"Otto" in refused.content
    sent = clerk.post(ASK, {"act": "give pin", "guardianship": cast.berta_of_bella.key})
    assert sent.url == LIST
    return Consent.objects.get()


def test_a_colleague_agrees_and_the_first_prints(cast: Cast, visit: Any):
    consent = asked(cast, visit)
    assert b"Waiting for a colleague" in visit(cast.olga).get(LIST).content
    colleague = visit(cast.otto)
    assert str(consent.key) in colleague.get(LIST).content.decode()
    assert b"Do you agree?" in colleague.get(f"{LIST}{consent.key}/").content
    assert colleague.post(f"{LIST}{consent.key}/", {"agrees": "yes"}).url == LIST
    assert b"agreed. Do it again, until" in visit(cast.olga).get(LIST).content
    printed = visit(cast.olga).post(f"/staff/guardianships/{cast.berta_of_bella.key}/print/")
    assert printed.status_code == 200 and Pin.objects.count() == 1


def test_a_refusal_says_that_a_colleague_was_asked_already(cast: Cast, visit: Any):
    asked(cast, visit)
    clerk, address = visit(cast.olga), f"/staff/guardianships/{cast.berta_of_bella.key}"
    again = clerk.post(f"{address}/print/").content.decode()
    assert "and it still waits" in again and "Otto" in again and "Ask a colleague" not in again
    make.link(cast.bella, make.guardian("Bruno", "Novak"))
    other = cast.bella.guardianships.latest("pk")
    assert (
        b"Ask a colleague" in clerk.post(f"/staff/guardianships/{other.key}/print/").content
    )  # of whom nobody was asked
    assert b"Ask a colleague" in visit(cast.otto).post(f"{address}/print/").content  # nor did he ask


def test_a_no_needs_its_reason_and_tells_it(cast: Cast, visit: Any):
    consent = asked(cast, visit)
    assert b"Say why you refuse" in visit(cast.otto).post(f"{LIST}{consent.key}/", {"agrees": "no"}).content
    visit(cast.otto).post(f"{LIST}{consent.key}/", {"agrees": "no", "reason": "The order names her too."})
    assert b"The order names her too." in visit(cast.olga).get(LIST).content


@pytest.mark.parametrize("who", ["olga", "ben", "dora", "hank", "rhea"])
def test_nobody_but_a_colleague_of_the_school_opens_a_request(cast: Cast, visit: Any, who: str):
    consent = asked(cast, visit)
    for method in ("get", "post"):
        assert getattr(visit(getattr(cast, who)), method)(f"{LIST}{consent.key}/", {"agrees": "yes"}).status_code == 404
    assert Consent.objects.get().agreed is None


def test_where_a_school_has_one_clerk_the_district_decides(cast: Cast, visit: Any):
    make.link(cast.abel, cast.boris, restriction="no contact")
    visit(cast.ben).post(ASK, {"act": "new pin", "guardianship": cast.ana_of_abel.key})
    consent = Consent.objects.get()
    assert visit(cast.dora).post(f"{LIST}{consent.key}/", {"agrees": "yes"}).url == LIST


def test_a_colleague_s_school_alone_can_be_asked_about(cast: Cast, visit: Any):
    for act in ("give pin", "nonsense", "tie"):
        sent = visit(cast.ben).post(ASK, {"act": act, "guardianship": cast.berta_of_bella.key})
        assert sent.status_code == 404
    assert visit(cast.rhea).post(ASK, {"act": "give pin"}).status_code == 404


def test_nothing_waits_and_nothing_was_asked(cast: Cast, visit: Any):
    page = visit(cast.olga).get(LIST).content
    assert b"Nothing waits for you." in page and b"You asked for nothing." in page


def test_the_colleague_sees_both_accounts_of_a_merge_before_agreeing(cast: Cast, visit: Any):
    make.join(cast.berta_account, cast.berta, cast.bella)
    second, clerk = make.account("berta@work.example"), visit(cast.olga)
    clerk.post("/staff/parents/", {"email": second.email})
    address = f"/staff/parents/{cast.berta_account.key}/merge/{second.key}/"
    said = {"stays": str(second.key), "document": "passport", "verified": "on"}
    refused = clerk.post(address, said)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', refused.content.decode()))
    assert clerk.post(ASK, {name: hidden[name] for name in ("act", "account", "other")}).url == LIST
    consent = Consent.objects.get()
    assert (consent.account, consent.other) == (second, cast.berta_account)
    colleague = visit(cast.otto)
    page = colleague.get(f"{LIST}{consent.key}/").content.decode()
    assert second.email in page and str(cast.berta_account.email) in page and "Merge two accounts" in page
    colleague.post(f"{LIST}{consent.key}/", {"agrees": "yes"})
    assert clerk.post(address, said).url == f"/staff/parents/{second.key}/"


def test_no_tie_to_another_school_s_guardian_can_be_asked_about(cast: Cast, visit: Any):
    make.join(cast.ana_account, cast.ana, cast.alma)
    make.link(cast.david, cast.boris, restriction="no contact")
    asked = {"act": "tie", "account": cast.ana_account.key, "guardian": cast.drew.key}
    assert visit(cast.olga).post(ASK, asked).status_code == 404
    assert not Consent.objects.exists()


def test_where_the_other_clerk_is_a_contact_of_the_student_the_district_decides(cast: Cast, visit: Any):
    make.employee("Cleo", Role.PARENT_ACCESS_ADMINISTRATOR, cast.cedar, email="Cleo@district.example")
    make.link(cast.abel, make.guardian("Cleo", "Reyes", email="cleo@district.example"), legal=False)
    make.link(cast.abel, cast.boris, restriction="no contact")
    visit(cast.ben).post(ASK, {"act": "new pin", "guardianship": cast.ana_of_abel.key})
    assert visit(cast.dora).post(f"{LIST}{Consent.objects.get().key}/", {"agrees": "yes"}).url == LIST


def test_a_request_opens_with_as_many_statements_however_many_wait(cast: Cast, visit: Any):
    def statements(consent: Consent) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert visit(cast.otto).get(f"{LIST}{consent.key}/").status_code == 200
        return len(asked)

    def ask(guardian: str) -> Consent:
        pair = make.link(cast.bella, make.guardian(guardian, "Novak"))
        about = {"act": Act.NEW_PIN, "students": [cast.bella], "guardian": pair.guardian}
        return consents.ask(**about, by=cast.olga, actor=actor.of(cast.olga), at=NOW)[0]

    alone = statements(ask("Bruna"))
    statements(ask("Bela"))  # a look writes down a name when it is new
    assert statements([ask(f"Bo{number}") for number in range(8)][-1]) <= alone


def test_the_list_asks_as_much_for_eight_requests_as_for_one(cast: Cast, visit: Any):
    def statements(client: Any) -> int:
        client.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    asked(cast, visit)
    before = [statements(visit(who)) for who in (cast.olga, cast.otto)]
    for number in range(8):
        pair = make.link(cast.bella, make.guardian(f"Bo{number}", "Novak"))
        about = {"act": Act.NEW_PIN, "students": [cast.bella], "guardian": pair.guardian}
        consents.ask(**about, by=cast.olga, actor=actor.of(cast.olga), at=NOW)
    assert [statements(visit(who)) for who in (cast.olga, cast.otto)] == before
    assert b"Waiting for you (9)" in visit(cast.otto).get(LIST).content


def test_asking_again_says_since_when_it_waits_and_for_whom(cast: Cast, visit: Any, clock: Any):
    consent = asked(cast, visit)
    clock.shift(600)
    again = {"act": "give pin", "guardianship": cast.berta_of_bella.key}
    page = visit(cast.olga).post(ASK, again, follow=True).content.decode()
    assert "You asked for this on 11/20/2026 10" in page and "Otto Office" in page and Consent.objects.count() == 1
    visit(cast.otto).post(f"{LIST}{consent.key}/", {"agrees": "yes"})
    assert b"has agreed to this already" in visit(cast.olga).post(ASK, again, follow=True).content


def test_the_deciding_page_says_when_the_restriction_is_this_person_s(cast: Cast, visit: Any):
    other = asked(cast, visit)
    make.join(cast.boris_account, cast.boris, cast.bella)
    about = {"act": Act.ACTIVATE, "students": [cast.bella], "account": cast.boris_account}
    own = consents.ask(**about, by=cast.olga, actor=actor.of(cast.olga), at=NOW)[0]
    otto = visit(cast.otto)
    assert b"restricts this very person" in otto.get(f"{LIST}{own.key}/").content
    assert b"restricts this very person" not in otto.get(f"{LIST}{other.key}/").content


@pytest.mark.parametrize("act", ["activate", "exception", "factors"])
def test_about_a_student_who_left_the_district_decides(cast: Cast, visit: Any, act: str):
    account, sister = make.account("wanda@home.example"), make.student("Wilma", "Berg", cast.maple)
    make.join(account, cast.wanda, cast.will)
    make.link(sister, cast.wanda)
    make.associate(account, sister)
    make.link(cast.will, cast.boris, restriction="no contact")  # of the brother, who left
    visit(cast.olga).post(ASK, {"act": act, "account": account.key})
    address = f"{LIST}{Consent.objects.get().key}/"
    assert visit(cast.otto).get(address).status_code == 404
    assert visit(cast.dora).post(address, {"agrees": "yes"}).url == LIST
