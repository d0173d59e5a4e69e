"""Everybody as whom the portal is scanned arrives, so that `bin/dev scan` does not rot between scans."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scanning import district
from tests.scanning.visitor import Visitor

pytestmark = pytest.mark.journey

BEHIND = {
    "nobody": "/accounts/login/",
    "registering": "/accounts/confirm-email/",
    "forgetful": "/accounts/password/reset/complete/",
    "guardian": "/family/",
    "asked-for-a-code": "/accounts/second-factor/authenticate/",
    "with-a-code": "/family/more-students/",
    "provider": "/employee-login/",
    "employee": "/request-access/",
    "clerk": "/staff/requests/",
    "site-administrator": "/staff/roles/",
    "help-desk": "/staff/parents/",
    "district-administrator": "/staff/district/trail/",
}
"""What each of them may open."""


def test_everybody_as_whom_the_portal_is_scanned_arrives(tmp_path: Path) -> None:
    assert tuple(BEHIND) == district.ROLES
    with district.served(tmp_path / "district") as made:
        outside = [role for role, path in BEHIND.items() if not _opens(made.visitor(role), path)]
    assert outside == []


def _opens(visitor: Visitor, path: str) -> bool:
    visitor.sign_in()
    answer = visitor.open(path)
    return answer.status == 200 and answer.address == visitor.url + path
