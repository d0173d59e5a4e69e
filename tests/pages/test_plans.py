"""What the counter asks is found by indexes: no page reads a large table from end to end."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhouse.access import consents, disclosures
from openhouse.access.disclosures import Basis, Disclosure
from openhouse.access.models import Act, Consent
from openhouse.accounts import actor
from openhouse.district.models import School
from openhouse.pages.staff.parents import search
from openhouse.roles.models import Grant
from openhouse.roles.roles import Role
from tests import cast as make
from tests.cast import Cast

LARGE = ("student", "guardian", "guardianship", "enrolment", "account", "association", "tie", "pin", "entry", "name")
ROWS = 20_000
STEPS = 100
"""SQLite's, from one look at how many there were to the next."""
WORDS = {
    "postgresql": {"uuid": "gen_random_uuid()", "numbers": f"generate_series(1, {ROWS}) n"},
    "sqlite": {
        "uuid": "lower(hex(randomblob(16)))",
        "numbers": "(WITH RECURSIVE counted(n) AS"
        f" (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {ROWS}) SELECT n FROM counted)",
    },
}
FAMILY = "substr('FGHIJKLMNOPQRSTUVWXYZABCDE', 1 + n % 26, 1) || 'amily' || (n % 700)"
"""A parent's family name: they begin with all letters, as names do."""
FILL = (
    """INSERT INTO district_student (key, sourced_id, given_name, middle_name, family_name, number, birth_date, home_language,
        eligible_ground, valid_from)
    SELECT {uuid}, 'many-' || n, 'Given' || (n % 500), '', 'Family' || (n % 700), 'M' || n, '2015-01-01', '', '',
        CURRENT_TIMESTAMP FROM {numbers}""",
    """INSERT INTO district_guardian (key, sourced_id, given_name, middle_name, family_name, email, phone, mobile, street, city,
        state, postal_code, home_language, valid_from)
    SELECT {uuid}, 'many-' || n, 'Given' || (n % 500), '', {family}, n || '@many.example', '', '', '',
        '', '', '', '', CURRENT_TIMESTAMP FROM {numbers}""",
    """INSERT INTO district_guardianship (key, student_id, guardian_id, relation, legal, restriction, valid_from)
    SELECT {uuid}, s.id, g.id, 'mother', true, '', CURRENT_TIMESTAMP
    FROM district_student s JOIN district_guardian g ON g.sourced_id = s.sourced_id WHERE s.sourced_id LIKE 'many-%'""",
    """INSERT INTO district_enrolment (student_id, school_id, grade, valid_from)
    SELECT s.id, o.id, '4', CURRENT_TIMESTAMP FROM district_student s
    JOIN district_school o ON o.code = CASE WHEN s.id % 10 = 0 THEN '1001' ELSE '1002' END WHERE s.sourced_id LIKE 'many-%'""",
    """INSERT INTO accounts_account (key, password, email, given_name, family_name, joined_at, email_confirmed_at)
    SELECT {uuid}, '!', n || '@many.example', 'Given' || (n % 500), {family}, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP
    FROM {numbers}""",
    """INSERT INTO access_tie (account_id, guardian_id, way, valid_from)
    SELECT a.id, g.id, 'pin', CURRENT_TIMESTAMP FROM accounts_account a JOIN district_guardian g ON g.email = a.email
    WHERE a.email LIKE '%many.example'""",
    """INSERT INTO access_association (key, account_id, student_id, way, valid_from)
    SELECT {uuid}, t.account_id, g.student_id, 'pin', CURRENT_TIMESTAMP
    FROM access_tie t JOIN district_guardianship g ON g.guardian_id = t.guardian_id
    WHERE true ON CONFLICT DO NOTHING""",
    "INSERT INTO audit_name (subject, name) SELECT {uuid}, 'x' FROM {numbers}",
    """INSERT INTO access_pin (guardianship_id, sealed, made_at, expires_at, given, wrong_tries, "end")
    SELECT g.id, 'x', CURRENT_TIMESTAMP, '2100-01-01', '', 0, '' FROM district_guardianship g
    JOIN district_student s ON s.id = g.student_id WHERE s.sourced_id LIKE 'many-%'""",
    """INSERT INTO audit_entry (position, at, event, actor_kind, actor, address, account, student, guardian, detail, digest)
    SELECT 1000 + n, CURRENT_TIMESTAMP, 'student seen', 'employee', {uuid}, '', '', {uuid}, '', '{{}}', ''
    FROM {numbers}""",
)
LEARN = {"postgresql": ("ANALYZE",), "sqlite": ()}
"""PostgreSQL looks at its tables by itself; nobody looks at SQLite's."""


@pytest.fixture
def district(cast: Cast) -> Cast:
    """The cast in the midst of many others."""
    make.give(cast.ana_of_alma)
    make.join(cast.ana_account, cast.ana, cast.alma)
    by, at = actor.of(cast.otto), make.NOW
    told = {"student": cast.alma, "on": at.date(), "party": "x", "interest": "x", "what": "x", "basis": Basis.COURT}
    disclosures.note(**told, employee=cast.otto, by=by, at=at)
    consents.ask(act=Act.GIVE_PIN, students=[cast.bella], guardian=cast.berta, by=cast.otto, actor=by, at=at)
    School.objects.update(local_district="North")
    cast.nils = make.employee("Nils", None)
    Grant.objects.create(account=cast.nils, role=Role.HELP_DESK, region="North", valid_from=at)
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement.format(family=FAMILY, **WORDS[connection.vendor]))
        for statement in LEARN[connection.vendor]:
            cursor.execute(statement)
    return cast


def read_whole(asked: CaptureQueriesContext) -> list[str]:
    """The statements that would read a large table from end to end, each with what says so."""
    look = {"postgresql": whole_tables, "sqlite": many_steps}[connection.vendor]
    each_asked = [
        each["sql"] for each in asked if each["sql"].lstrip("(").startswith("SELECT")
    ]  # arms of a UNION stand in brackets
    return [f"{found}: {each}" for each in each_asked if (found := look(each))]


def whole_tables(asked: str) -> str:
    """The large tables that PostgreSQL's plan reads whole."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    tables = [table for table in re.findall(r"Seq Scan on (?:\w+_)(\w+)", plan) if table in LARGE]
    return f"{', '.join(tables)}\n{plan}" if tables else ""


def many_steps(asked: str) -> str:
    """How many steps SQLite takes, where it takes as many as a large table has rows. An index may say all rows too: its plan would
    not tell."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += STEPS

    with connection.cursor() as cursor:
        connection.connection.set_progress_handler(count, STEPS)
        cursor.execute(asked)
        cursor.fetchall()
        connection.connection.set_progress_handler(None, 0)
    return f"{steps:,} steps" if steps >= ROWS else ""


@pytest.mark.parametrize("who", ["olga", "hank", "nils"])
def test_no_page_of_the_counter_reads_a_large_table(district: Cast, visit: Any, who: str) -> None:
    client = visit(getattr(district, who))
    alma, account = district.alma, district.ana_account
    with CaptureQueriesContext(connection) as asked:
        # the first page comes last: it shows whom one opened
        for address in (f"/staff/found/{alma.key}/", f"/staff/students/{alma.key}/pins/", "/staff/"):
            assert client.get(address).status_code == 200, address
        assert client.get(f"/staff/parents/{account.key}/found/").status_code == 200
        for address, typed in (
            ("/staff/", {"student_number": alma.number}),
            ("/staff/by-name/", {"family_name": "Family12"}),
            ("/staff/by-name/", {"given_name": "given77"}),
            ("/staff/by-name/", {"given_name": "Alma", "family_name": "Reyes"}),
            ("/staff/parents/", {"email": account.email}),
            ("/staff/parents/", {"first_name": "Given1", "last_name": "Family12"}),
            ("/staff/parents/", {"first_name": "An", "last_name": "Re"}),
        ):
            assert client.post(address, typed, follow=True).status_code == 200, address
    cut = f"LIMIT {search.SEVERAL * (search.MOST + 1)}"
    assert sum(each["sql"].endswith(cut) for each in asked) == 2  # the searches for parents by name
    found = read_whole(asked)
    assert not found, "\n\n".join(found)


PAGES = {
    "olga": """
        students/{student}/ students/{student}/history/ students/{student}/disclosures/ guardianships/{guardianship}/why/
        guardianships/{guardianship}/new-pin/ guardianships/{guardianship}/verify/ parents/{account}/ parents/{account}/students/
        parents/{account}/why/ parents/{account}/tie/ parents/{account}/merge/ requests/ requests/{consent}/
        disclosures/{disclosure}/error/""",
    "hank": "parents/{account}/ parents/{account}/students/ parents/{account}/why/ requests/",
    "dora": "students/{student}/history/ students/{student}/disclosures/ requests/ roles/",
    "ana_account": """
        students/{student}/ students/{student}/emergency-card/ students/{student}/disclosures/ add-a-student/ more-students/
        activity/""",
}


def test_no_pin_that_is_shown_or_printed_reads_one(district: Cast, visit: Any) -> None:
    client, beginning = visit(district.olga), f"/staff/guardianships/{district.ana_of_alma.key}"
    with CaptureQueriesContext(connection) as asked:
        for action in ("show", "print", "new-pin", "show"):
            assert client.post(f"{beginning}/{action}/", follow=True).status_code == 200, action
    found = read_whole(asked)
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("who", PAGES)
def test_no_page_of_one_person_reads_one_either(district: Cast, visit: Any, who: str) -> None:
    client, where = visit(getattr(district, who)), "family" if who == "ana_account" else "staff"
    people: dict[str, Any] = {
        "student": district.alma,
        "guardianship": district.ana_of_alma,
        "account": district.ana_account,
    }
    people |= {"consent": Consent.objects.get(), "disclosure": Disclosure.objects.get()}
    keys = {name: each.key for name, each in people.items()}
    with CaptureQueriesContext(connection) as asked:
        for page in PAGES[who].split():
            assert client.get(f"/{where}/{page.format(**keys)}").status_code == 200, page
    found = read_whole(asked)
    assert not found, "\n\n".join(found)
