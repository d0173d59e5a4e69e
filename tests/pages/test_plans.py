"""What the counter asks is found by indexes: no page reads a large table from end to end."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cast as make
from tests.cast import Cast

LARGE = ("student", "guardian", "guardianship", "enrolment", "account", "association", "tie", "pin", "entry", "name")
ROWS = 20_000
FILL = (
    """INSERT INTO district_student (key, sourced_id, given_name, middle_name, family_name, number, birth_date, home_language,
        eligible_ground, valid_from)
    SELECT gen_random_uuid(), 'many-' || n, 'Given' || mod(n, 500), '', 'Family' || mod(n, 700), 'M' || n, '2015-01-01', '', '',
        now() FROM generate_series(1, {rows}) n""",
    """INSERT INTO district_guardian (key, sourced_id, given_name, middle_name, family_name, email, phone, mobile, street, city,
        state, postal_code, home_language, valid_from)
    SELECT gen_random_uuid(), 'many-' || n, 'Given' || mod(n, 500), '', 'Family' || mod(n, 700), n || '@many.example', '', '', '',
        '', '', '', '', now() FROM generate_series(1, {rows}) n""",
    """INSERT INTO district_guardianship (key, student_id, guardian_id, relation, legal, restriction, valid_from)
    SELECT gen_random_uuid(), s.id, g.id, 'mother', true, '', now()
    FROM district_student s JOIN district_guardian g ON g.sourced_id = s.sourced_id WHERE s.sourced_id LIKE 'many-%'""",
    """INSERT INTO district_enrolment (student_id, school_id, grade, valid_from)
    SELECT s.id, (SELECT max(id) FROM district_school), '4', now() FROM district_student s
    WHERE sourced_id LIKE 'many-%'""",
    """INSERT INTO accounts_account (key, password, email, given_name, family_name, joined_at, email_confirmed_at)
    SELECT gen_random_uuid(), '!', n || '@many.example', 'Given' || mod(n, 500), 'Family' || mod(n, 700), now(), now()
    FROM generate_series(1, {rows}) n""",
    """INSERT INTO access_tie (account_id, guardian_id, way, valid_from)
    SELECT a.id, g.id, 'pin', now() FROM accounts_account a JOIN district_guardian g ON g.email = a.email
    WHERE a.email LIKE '%many.example'""",
    """INSERT INTO access_association (key, account_id, student_id, way, valid_from)
    SELECT gen_random_uuid(), t.account_id, g.student_id, 'pin', now()
    FROM access_tie t JOIN district_guardianship g ON g.guardian_id = t.guardian_id ON CONFLICT DO NOTHING""",
    "INSERT INTO audit_name (subject, name) SELECT gen_random_uuid(), 'x' FROM generate_series(1, {rows})",
    """INSERT INTO access_pin (guardianship_id, sealed, made_at, expires_at, given, wrong_tries, "end")
    SELECT g.id, 'x', now(), now() + interval '1 day', '', 0, '' FROM district_guardianship g ON CONFLICT DO NOTHING""",
    """INSERT INTO audit_entry (position, at, event, actor_kind, actor, address, account, student, guardian, detail, digest)
    SELECT 1000 + n, now(), 'student seen', 'employee', gen_random_uuid(), '', '', gen_random_uuid(), '', '{{}}', ''
    FROM generate_series(1, {rows}) n""",
    "ANALYZE",
)


@pytest.fixture
def district(cast: Cast) -> Cast:
    """The cast in the midst of many others."""
    if connection.vendor != "postgresql":
        pytest.skip("reads PostgreSQL's plans")
    make.give(cast.ana_of_alma)
    make.join(cast.ana_account, cast.ana, cast.alma)
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement.format(rows=ROWS))
    return cast


def read_whole(asked: CaptureQueriesContext) -> list[str]:
    """The large tables that any of the statements would read from end to end, each with the statement."""
    found = []
    for each in [each["sql"] for each in asked if each["sql"].startswith("SELECT")]:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {each}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        tables = re.findall(r"Seq Scan on (?:\w+_)(\w+)", plan)
        found += [f"{table}: {each}\n{plan}" for table in tables if table in LARGE]
    return found


@pytest.mark.parametrize("who", ["olga", "hank"])
def test_no_page_of_the_counter_reads_a_large_table(district: Cast, visit: Any, who: str) -> None:
    client = visit(getattr(district, who))
    alma, account = district.alma, district.ana_account
    with CaptureQueriesContext(connection) as asked:
        for address in ("/staff/", f"/staff/found/{alma.key}/", f"/staff/students/{alma.key}/pins/"):
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
    found = read_whole(asked)
    assert not found, "\n\n".join(found)
