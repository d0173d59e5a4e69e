"""What pages say before an 18th birthday: to the family, to staff, and in the report."""

from __future__ import annotations

from typing import Any

import pytest

from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from tests import cast as make
from tests.access.test_reminders import born
from tests.cast import DAY, NOW, SYSTEM, Cast

REPORT = "/staff/reports/turning-18/"


@pytest.fixture
def family(cast: Cast) -> Cast:
    """Abel of Cedar turns 18 in 30 days, and Ana's account sees him."""
    make.change(cast.abel, at=NOW - DAY, birth_date=born(30))
    make.join(cast.ana_account, cast.ana, cast.abel)
    return cast


def shown(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_family_reads_it_at_home_and_on_the_student_s_page(family: Cast, visit: Any) -> None:
    ana = visit(family.ana_account)
    assert "Abel turns 18 on Dec. 20, 2026" in shown(ana, "/family/")
    page = shown(ana, f"/family/students/{family.abel.key}/")
    assert "Abel turns 18 on Dec. 20, 2026" in page and "agrees in writing" in page


def test_staff_read_it_on_pin_details(family: Cast, visit: Any) -> None:
    assert "Abel turns 18 on Dec. 20, 2026" in shown(visit(family.ben), f"/staff/students/{family.abel.key}/pins/")


@pytest.mark.parametrize("ground", ["dependent", "consent", "policy"])
def test_nobody_reads_it_where_nothing_changes(family: Cast, visit: Any, ground: str) -> None:
    if ground == "policy":
        values.choose(name="rights_pass_at_18", text="false", by=SYSTEM, at=NOW - DAY)
    else:
        make.change(family.abel, at=NOW - DAY, eligible_ground=ground)
    ana = visit(family.ana_account)
    for client, address in (
        (ana, "/family/"),
        (ana, f"/family/students/{family.abel.key}/"),
        (visit(family.ben), f"/staff/students/{family.abel.key}/pins/"),
        (visit(family.rhea), REPORT),
    ):
        page = shown(client, address)
        assert "Dec. 20, 2026" not in page and "12/20/2026" not in page


def test_the_report_lists_the_students_of_one_s_schools_and_is_on_record(family: Cast, visit: Any) -> None:
    page = shown(visit(family.rhea), REPORT)
    assert "<bdi>Abel Reyes</bdi>" in page and "12/20/2026" in page and "Cedar High" in page and "Park" not in page
    entry = Entry.objects.latest("position")
    assert (entry.event, entry.detail) == (Event.REPORT_SEEN, {"report": "turning 18", "page": 1, "rows": 1})
    assert "Abel Reyes" not in shown(visit(family.olga), REPORT)
    assert REPORT in shown(visit(family.rhea), "/staff/reports/")
    assert visit(family.hank).get(REPORT).status_code == 404
