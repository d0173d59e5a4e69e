"""When somebody proved who they are, as their provider says it."""

from datetime import timedelta

import pytest

from openhouse.accounts.single_sign_on import proof
from openhouse.accounts.single_sign_on.configuration import Provider
from openhouse.accounts.single_sign_on.statement import Arrival, SignOnTrouble, Statement
from tests.cast import NOW

BEGAN = NOW - timedelta(minutes=2)


def moment(said, *, again=False, kind="oidc", says_when=True):
    provider = Provider(slug="district", kind=kind, name="District", district_id="id", says_when=says_when)
    statement = Statement("district", "i", "s", "1", frozenset(), frozenset(), said)
    state = {"again": again, "began_at": BEGAN.isoformat()}
    return proof.moment(Arrival(statement, state), provider, at=NOW, hours=10)


def test_what_the_provider_says_counts_and_never_the_future():
    assert moment(NOW - timedelta(hours=9)) == NOW - timedelta(hours=9)
    assert moment(NOW + timedelta(seconds=30)) == NOW


def test_a_provider_that_says_nothing_leaves_it_open():
    assert moment(None) is None
    assert moment(NOW, says_when=False) is None


@pytest.mark.parametrize("kind", ["oidc", "saml"])
def test_again_needs_a_sign_in_after_it_was_asked_for(kind):
    assert moment(BEGAN, again=True, kind=kind) == BEGAN
    for said in (BEGAN - timedelta(minutes=2), None):
        with pytest.raises(SignOnTrouble):
            moment(said, again=True, kind=kind)


def test_a_provider_that_never_says_when_is_believed_to_have_asked():
    assert moment(None, again=True, says_when=False) == NOW


def test_an_openid_sign_in_older_than_a_session_may_be_is_refused():
    with pytest.raises(SignOnTrouble):
        moment(NOW - timedelta(hours=11))
    assert moment(NOW - timedelta(hours=11), kind="saml") == NOW - timedelta(hours=11)
