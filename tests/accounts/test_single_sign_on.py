"""Employee Login over OpenID Connect, from the front door to a real provider and back."""

from __future__ import annotations

from openhouse.accounts.models import Identity
from tests.cast import Cast
from tests.identity_providers.running import Person


def test_an_employee_signs_in_and_is_tied_by_issuer_and_subject(cast: Cast, olga: Person, openid: str) -> None:
    answer = olga.sign_in()
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/"), answer.content.decode()
    assert olga.portal.get("/staff/").status_code == 200
    tied = Identity.objects.get()
    assert (tied.account, tied.issuer, tied.subject) == (cast.olga, openid, "subject-olga")
