"""Staff remove a parent's second factors: who may, after what, and who is told."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail

from openhouse.access.models import Act, Consent
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from tests import cast as make
from tests.cast import Cast

ID = {"document": "passport", "verified": "on"}


def at(account: Account, end: str = "second-factors/") -> str:
    return f"/staff/parents/{account.key}/{end}"


@pytest.fixture
def family(cast: Cast) -> Cast:
    """Ana's and Berta's accounts have an app; a restriction stands on Berta's child."""
    make.join(cast.ana_account, cast.ana, cast.alma)
    make.join(cast.berta_account, cast.berta, cast.bella)
    for account in (cast.ana_account, cast.berta_account):
        TOTP.activate(account, generate_totp_secret())
    return cast


@pytest.mark.parametrize("who", ["olga", "hank"])
def test_after_an_identity_check_they_are_gone_and_the_parent_is_told(family: Cast, visit: Any, who: str) -> None:
    parent, clerk = visit(family.ana_account), visit(getattr(family, who))
    assert "Set up" in clerk.get(at(family.ana_account, "")).content.decode()
    assert clerk.post(at(family.ana_account), ID).status_code == 302
    assert not Authenticator.objects.filter(user=family.ana_account).exists()
    assert parent.get("/family/").status_code == 302
    assert mail.outbox[-1].to == ["ana@home.example"] and "second step" in mail.outbox[-1].subject
    entry = Entry.objects.get(event=Event.FACTORS_REMOVED)
    assert (entry.actor, entry.account) == (str(getattr(family, who).key), str(family.ana_account.key))
    assert entry.detail == {"identity": "passport", "factors": 1}
    clerk.post(at(family.ana_account), ID)
    assert Entry.objects.filter(event=Event.FACTORS_REMOVED).count() == 1


@pytest.mark.parametrize(
    "said", [{}, {"document": "passport"}, {"verified": "on"}, {"document": "a letter", "verified": "on"}]
)
def test_without_staff_s_word_nothing_is_removed(family: Cast, visit: Any, said: dict[str, str]) -> None:
    assert visit(family.olga).post(at(family.ana_account), said).status_code == 200
    assert Authenticator.objects.filter(user=family.ana_account).exists()


@pytest.mark.parametrize("who", ["rhea", "dora", "ben", "ana_account"])
def test_who_may_not_finds_nothing(family: Cast, visit: Any, who: str) -> None:
    assert visit(getattr(family, who)).post(at(family.berta_account), ID).status_code in (302, 404)
    assert Authenticator.objects.filter(user=family.berta_account).exists()


def test_a_restriction_asks_for_a_second_person(family: Cast, visit: Any) -> None:
    page = visit(family.olga).post(at(family.berta_account), ID).content.decode()
    assert "This takes two persons" in page
    assert Authenticator.objects.filter(user=family.berta_account).exists()
    visit(family.olga).post("/staff/requests/ask/", {"act": Act.FACTORS, "account": family.berta_account.key})
    asked = Consent.objects.get()
    visit(family.otto).post(f"/staff/requests/{asked.key}/", {"agrees": "yes"})
    assert visit(family.olga).post(at(family.berta_account), ID).status_code == 302
    assert not Authenticator.objects.filter(user=family.berta_account).exists()


def test_nobody_does_it_for_their_own_family(family: Cast, visit: Any) -> None:
    make.join(family.mia_account, family.mia, family.milo)
    TOTP.activate(family.mia_account, generate_totp_secret())
    assert "Please ask a colleague" in visit(family.mia_at_work).post(at(family.mia_account), ID).content.decode()
    assert Authenticator.objects.filter(user=family.mia_account).exists()
