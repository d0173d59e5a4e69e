"""Puts people behind the pages, as a program of its own: run once after a sync, it prints as JSON whom to be.

    python -m bench.seed

Every second guardian gets an account, a tie, associations and used PINs, the others' PINs are live: tables as full as after
a year. They registered in no order, and accounts, ties and associations lie so. Sessions are opened for one clerk and for some
families, straight in the database.
"""

from __future__ import annotations

import itertools
import json
import sys
from datetime import datetime, timedelta
from typing import Any

import django

SUBJECTS = 200
"""How many different students or families a page is asked for in turn."""
KINDS = {"employee": "EmployeeBackend", "guardian": "GuardianBackend"}
MEMBERS = """
    SELECT g.id AS guardian, a.id AS account FROM district_guardian g
    JOIN accounts_account a ON a.email = 'guardian-' || g.id || '@families.example'
"""
FILL = (
    """INSERT INTO accounts_account (key, email, given_name, family_name, joined_at, email_confirmed_at, password)
    SELECT {key}, 'guardian-' || id || '@families.example', substr(given_name, 1, 128), substr(family_name, 1, 128),
    %(at)s, %(at)s, '!' FROM district_guardian WHERE valid_until IS NULL AND id %% 2 = 0 ORDER BY random()""",
    """INSERT INTO account_emailaddress (user_id, email, verified, "primary")
    SELECT id, email, true, true FROM accounts_account WHERE email IS NOT NULL""",
    f"""INSERT INTO access_tie (account_id, guardian_id, way, valid_from)
    SELECT account, guardian, 'pin', %(at)s FROM ({MEMBERS}) members ORDER BY account""",
    f"""INSERT INTO access_association (key, account_id, student_id, way, valid_from)
    SELECT {{key}}, members.account, s.student_id, 'pin', %(at)s FROM ({MEMBERS}) members
    JOIN district_guardianship s ON s.guardian_id = members.guardian AND s.valid_until IS NULL ORDER BY members.account""",
    """INSERT INTO access_pin (guardianship_id, made_at, expires_at, given, given_at, wrong_tries, ended_at, "end")
    SELECT id, %(at)s, %(later)s, 'letter', %(at)s, 0, %(at)s, 'used' FROM district_guardianship
    WHERE legal AND guardian_id %% 2 = 0""",
    """INSERT INTO access_pin (guardianship_id, sealed, made_at, expires_at, given, given_at, wrong_tries, "end")
    SELECT id, %(sealed)s, %(at)s, %(later)s, 'letter', %(at)s, 0, '' FROM district_guardianship
    WHERE legal AND guardian_id %% 2 = 1""",
)


def fill(at: datetime) -> None:
    """Accounts, ties, associations and PINs for a whole district."""
    from django.db import connection, transaction

    from openhouse import cipher
    from openhouse.sync import databases

    key = databases.of(connection).NEW_KEY
    now, later = map(connection.ops.adapt_datetimefield_value, (at, at + timedelta(days=180)))
    values: dict[str, Any] = {"at": now, "later": later, "sealed": cipher.seal("60417352")}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement.format(key=key), values)
    if connection.vendor == "postgresql":  # as its autovacuum does within minutes; SQLite has nothing that would
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def session(account: Any) -> str:
    """A session that the account is signed in with."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils import timezone

    from openhouse.accounts import sessions
    from openhouse.accounts.session_store import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = (
        f"openhouse.accounts.backends.{KINDS['guardian' if account.is_guardian else 'employee']}"
    )
    store[sessions.BEGAN] = store[sessions.SEEN] = timezone.now().isoformat()
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store[sessions.PROVED] = store[sessions.SEEN] = timezone.now().isoformat()
    store.create()
    return str(store.session_key)


def choose_policy(at: datetime) -> None:
    """What a district chooses: as many values as the demo's, so that pages read as much."""
    from openhouse.audit.trail import Actor
    from openhouse.demo.opening import CHOICES
    from openhouse.policy import values

    for name, text in CHOICES.items():
        values.choose(name=name, text=text, by=Actor.system("bench"), at=at)


def clerk(at: datetime) -> tuple[Any, str]:
    """An employee who may give PINs at the school with the most students; and that school's code."""
    from django.db.models import Count

    from openhouse.audit.trail import Actor
    from openhouse.district.models import Employee, School
    from openhouse.roles import appointment
    from openhouse.roles.roles import Role

    school = School.objects.annotate(size=Count("enrolments")).order_by("-size")[0]
    email = Employee.objects.order_by("pk").values_list("email", flat=True)[0]
    role, by = Role.PARENT_ACCESS_ADMINISTRATOR, Actor.system("bench")
    grant = appointment.appoint(email=email, role=role, school_code=school.code, by=by, at=at)
    return grant.account, school.code


def at_the_counter(code: str, at: datetime) -> list[dict[str, str]]:
    """Students of a school and one guardianship of each for which a PIN is given."""
    from openhouse.access import pins, refusals
    from openhouse.access.models import Given
    from openhouse.audit.trail import Actor
    from openhouse.district.models import Guardianship

    found: list[dict[str, str]] = []
    rows = Guardianship.objects.filter(legal=True, valid_until=None, guardian__ties=None, restriction="")
    rows = rows.filter(student__enrolments__school__code=code, student__enrolments__end_date=None)
    for row in rows.select_related("student").order_by("student__key"):
        if len(found) == SUBJECTS:
            break
        try:
            pins.give(guardianship=row, given=Given.LETTER, by=Actor.system("bench"), at=at)
        except refusals.Refused:
            continue
        keys = {"student": str(row.student.key), "guardianship": str(row.key)}
        found.append(keys | {"number": row.student.number} | letters(row.student))
    return found


def letters(person: Any) -> dict[str, str]:
    """Somebody's name, and its first letters: as few as a search takes, and one more."""
    names = {"given": person.given_name, "family": person.family_name}
    return {
        f"{name}{many}": text[:count]
        for name, text in names.items()
        for many, count in (("_two", 2), ("", 3), ("_whole", None))
    }


def parents(code: str) -> list[dict[str, str]]:
    """Accounts with a student who goes to a school now, and how they are searched for."""
    from openhouse.accounts.models import Account
    from openhouse.district.models import Student

    here = Student.objects.filter(
        valid_until=None,
        enrolments__school__code=code,
        enrolments__valid_until=None,
        enrolments__end_date=None,
    )
    rows = Account.objects.filter(associations__student__in=here, associations__valid_until=None)
    rows = rows.exclude(given_name="").distinct().order_by("key")[:SUBJECTS]
    return [{"account": str(each.key), "email": str(each.email)} | letters(each) for each in rows]


def lists(account: Any, people: list[dict[str, str]]) -> list[dict[str, str]]:
    """Lists of parents found by name, as many as a session keeps. It is their own: other searches would take their place."""
    from django.conf import settings
    from django.test import Client
    from django.urls import resolve

    from openhouse.pages.staff import typed

    own, client, found = session(account), Client(headers={"host": "127.0.0.1"}), list[dict[str, str]]()
    client.cookies[settings.SESSION_COOKIE_NAME] = own
    for letters, each in itertools.product(("", "_two"), people):  # whoever is found alone has no list
        words = {"first_name": each[f"given{letters}"], "last_name": each[f"family{letters}"]}
        answer = client.post("/staff/parents/", words)
        led_to = resolve(answer.headers.get("Location", "/staff/parents/"))
        if led_to.url_name == "parents_found":
            found.append({"session": own, "list": str(led_to.kwargs["key"])})
        if len(found) == typed.KEPT:
            break
    return found


def families(standings: list[str], at: datetime) -> list[dict[str, str]]:
    """Accounts whose association has one of the standings, with a session, and that association's student."""
    from openhouse.access import associations
    from openhouse.access.models import Association

    rows = associations.with_standing(Association.objects.all(), at=at).filter(standing__in=standings)
    rows = rows.select_related("account", "student").order_by("key")[:SUBJECTS]
    return [{"session": session(row.account), "student": str(row.student.key)} for row in rows]


def main() -> None:
    """Fill the tables and print whom to be."""
    from django.utils import timezone

    at = timezone.now()
    choose_policy(at)
    fill(at)
    account, code = clerk(at)
    found = parents(code)
    told = {
        "clerk": session(account),
        "counter": at_the_counter(code, at),
        "parents": found,
        "lists": lists(account, found),
        "families": families(["active"], at),
        "refused": families(["restricted", "held", "ended"], at),
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    django.setup()
    main()
