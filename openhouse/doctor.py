"""`openhouse doctor`: whether what the portal needs around it is there, each in one sentence. Changes nothing."""

from __future__ import annotations

import argparse
import stat
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple


class Finding(NamedTuple):
    """What was found. `fits` is None where it is a choice that somebody should know of."""

    about: str
    fits: bool | None
    words: str


NAMES = "ŻÓŁĆ Жанна Ñandú Øyvind Ελένη"
"""Made-up names with letters that a locale must know to write them small."""
MARKS = {True: "ok", None: "note", False: "WRONG"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(options: argparse.Namespace) -> int:
    """Print every finding; 1 where something is wrong."""
    from django.utils import timezone

    findings = [found for look in LOOKS for found in _guarded(look, timezone.now())]
    for found in findings:
        print(f"{MARKS[found.fits]:<6}{found.about}: {found.words}")
    return 1 if any(found.fits is False for found in findings) else 0


def sis(at: datetime) -> Iterator[Finding]:
    """Whether the SIS can be opened, and how old what it said is. Reads nothing more."""
    from django.utils import timezone

    from openhouse.sync import catalogue, freshness
    from openhouse.sync.refusals import SyncRefused

    address = catalogue.configured()
    if address is None:
        yield Finding("SIS", None, "OPENHOUSE_SIS names none; exports are brought in by hand, with openhouse sync PATH")
    else:
        try:
            source = catalogue.open_configured()
            written = timezone.localtime(source.written_at)
            yield Finding("SIS", True, f"{source.name}, written {written:%Y-%m-%d %H:%M}")
        except SyncRefused as refusal:
            yield Finding("SIS", False, f"{address.kind} does not open. {refusal}")
    as_of = freshness.as_of()
    words = f"as of {timezone.localtime(as_of):%Y-%m-%d %H:%M}" if as_of else "nothing was brought in yet"
    yield Finding("data", True if as_of else None, words)


def lookup(at: datetime) -> Iterator[Finding]:
    """Whether one student can be asked about now, and where. Nobody is asked."""
    from django.conf import settings
    from django.utils import timezone

    from openhouse.sync import catalogue, indexes
    from openhouse.sync.refusals import SyncRefused

    kind = settings.SIS_LOOKUP.kind
    in_files = kind in catalogue.INDEXED
    try:
        asked = catalogue.open_lookup()
        if asked is None:
            words = indexes.missing(at=at) if in_files else "OPENHOUSE_SIS_LOOKUP can name a SIS that answers"
            yield Finding("lookup", None, f"not possible now. {words}")
        elif asked.asked_at:
            words = f"in the export written {timezone.localtime(asked.asked_at):%Y-%m-%d %H:%M}"
            yield Finding("lookup", True, words)
        else:
            yield Finding("lookup", True, f"{kind} is asked; openhouse lookup STUDENT_ID tries it")
    except SyncRefused as refusal:
        yield Finding("lookup", None if in_files else False, f"not possible now. {refusal}")


def names(at: datetime) -> Iterator[Finding]:
    """Whether a search by name finds letters beyond English whatever their case: in PostgreSQL its locale says so."""
    from django.db import connection

    from openhouse import folding

    with connection.cursor() as cursor:
        cursor.execute("SELECT openhouse_fold(%s)", [NAMES])
        if cursor.fetchone()[0] == folding.fold(NAMES):
            yield Finding("names", True, "found whatever their case and accents, in every script")
            return
        cursor.execute("SELECT datctype FROM pg_database WHERE datname = current_database()")
        locale = cursor.fetchone()[0]
    words = (
        f"the database's locale is {locale}: capital letters beyond English (Ж, Ł) are not found by small ones. Make a database "
        "with a UTF-8 locale (createdb --template=template0 --locale=C.UTF-8 NAME), and move the data with pg_dump and pg_restore"
    )
    yield Finding("names", None, words)


def policy(at: datetime) -> Iterator[Finding]:
    """Whether every value that was chosen is still allowed."""
    from openhouse.policy import values

    for words in (outgrown := values.outgrown(at)):
        yield Finding(
            "policy", False, f"{words}. Nothing is served before another is chosen, with openhouse policy set"
        )
    if not outgrown:
        yield Finding("policy", True, "every value chosen is allowed")


def keys(at: datetime) -> Iterator[Finding]:
    """Whether others can read the keys of PINs and sessions."""
    from django.conf import settings

    for name in ("pin-keys", "secret-key"):
        path = Path(settings.HOME, name)
        if path.exists():
            private = not stat.S_IMODE(path.stat().st_mode) & 0o077
            yield Finding(name, private, f"{path} " + ("is its owner's alone" if private else "can be read by others"))
    yield Finding("PINs", True, f"encrypted under the newest of {len(settings.PIN_KEYS)} keys")


LATE = timedelta(minutes=10)
"""So long no task waits where a worker runs, beyond the hour after which one that failed is taken up again."""
GIVEN_UP = timedelta(days=7)
"""So long a task that came to nothing is told of."""
HERE = ("", "localhost", "127.0.0.1", "::1")
"""Hosts that are this machine; so is a path, which is a socket's."""


def database(at: datetime) -> Iterator[Finding]:
    """Whether the line to a database on another machine is encrypted, and its certificate checked."""
    from django.conf import settings

    named = settings.DATABASES["default"]
    host, mode = str(named.get("HOST") or ""), named.get("OPTIONS", {}).get("sslmode")
    if host in HERE or host.startswith("/"):
        yield Finding("database", True, "on this machine")
    elif mode == "verify-full":
        yield Finding("database", True, f"on {host}, encrypted, its certificate checked")
    else:
        words = f"on {host}; end DATABASE_URL with ?sslmode=verify-full, or records may pass in the clear or to another"
        yield Finding("database", None if not settings.HTTPS else False, words)


def server(at: datetime) -> Iterator[Finding]:
    """Whether PostgreSQL, which cannot be told by the portal, is set up so that pages need not wait for it."""
    from django.db import connection

    from openhouse import postgresql

    if connection.vendor == "postgresql":
        yield Finding("WAL", *postgresql.wal())
        yield Finding("memory", *postgresql.memory())


def mail(at: datetime) -> Iterator[Finding]:
    """Whether a mail server is named, and the line to it encrypted."""
    from django.conf import settings

    options: dict[str, Any] = settings.MAILERS["default"].get("OPTIONS", {})  # type: ignore[assignment]
    if "host" in options and options["host"] not in HERE and not (options["use_ssl"] or options["use_tls"]):
        words = f"{options['host']} is spoken to in the clear; write smtps:// or end OPENHOUSE_MAIL_URL with ?tls=1"
        yield Finding("mail", None if not settings.HTTPS else False, words)
    elif "host" in options:
        yield Finding("mail", True, f"sent over {options['host']}:{options['port']} as {settings.DEFAULT_FROM_EMAIL}")
    else:
        fits = None if not settings.HTTPS else False
        yield Finding("mail", fits, f"OPENHOUSE_MAIL_URL names no server; mails are files in {settings.MAIL_DIR}")


def tasks(at: datetime) -> Iterator[Finding]:
    """Whether mails go out: those that the worker gave up this week, and those that wait longer than a worker leaves them."""
    from django.db.models.functions import Coalesce
    from django_tasks_db.models import DBTaskResult

    from openhouse import worker

    ended = DBTaskResult.objects.failed().filter(started_at__gt=at - GIVEN_UP)
    tries = ended.values_list("worker_ids", "started_at")
    over = at - worker.TAKEN_UP_FOR
    failed = sum(len(by) >= worker.TRIES_OF_A_TASK or (began or at) < over for by, began in tries)
    if failed:
        words = f"{failed:,} mails or other tasks were given up in the last week; the worker's log says why"
        yield Finding("tasks", False, words)
    ready = DBTaskResult.objects.ready().alias(since=Coalesce("started_at", "enqueued_at"))
    waiting = ready.filter(since__lt=at - worker.TAKEN_UP_AFTER - LATE).count()
    if waiting:
        yield Finding("tasks", False, f"{waiting:,} mails or other tasks wait; is `openhouse worker` running?")
    if not failed and not waiting:
        yield Finding("tasks", True, "none was given up, and none waits")


def letters(at: datetime) -> Iterator[Finding]:
    """Whether every font is there that letters are set in; else the languages that cannot be printed."""
    from openhouse.letters import languages, typesetting

    there = typesetting.families()
    missing = [str(each.name) for each in languages.LANGUAGES if not {languages.LATIN, *each.fonts} <= there]
    words = "in " + ", ".join(str(each.name) for each in languages.LANGUAGES)
    if missing:
        words = (
            f"no fonts in {typesetting.FONTS} for {', '.join(missing)}; bin/setup brings them, and the wheel has them"
        )
    yield Finding("letters", not missing, words)


def clock(at: datetime) -> Iterator[Finding]:
    """The time zone, and when the last night was due in it."""
    from django.utils import timezone

    from openhouse.policy import values
    from openhouse.sync import schedule

    zone = timezone.get_default_timezone()
    due_at = schedule.due(at, values.at(at), zone)
    nights = f"the last night was due {timezone.localtime(due_at):%Y-%m-%d %H:%M}" if due_at else "no night is due"
    yield Finding("clock", True if due_at else None, f"{timezone.localtime(at):%Y-%m-%d %H:%M} in {zone}; {nights}")


def alarms(at: datetime) -> Iterator[Finding]:
    """Who is told when a sync fails, and what stands."""
    from openhouse.policy import values
    from openhouse.sync.models import Alarm

    told = values.at(at).alarm_emails
    words = (
        f"{len(told)} addresses are told" if told else "policy alarm_emails names nobody: they stand in the log alone"
    )
    yield Finding("alarms", True if told else None, words)
    for alarm in Alarm.objects.filter(cleared_at=None).order_by("pk"):
        yield Finding("alarm", False, f"{alarm.cause}, since {alarm.raised_at:%Y-%m-%d %H:%M} UTC")


def single_sign_on(at: datetime) -> Iterator[Finding]:
    """What each identity provider answers, and what to change. Nobody signs in."""
    from django.conf import settings
    from django.urls import reverse

    from openhouse.accounts.single_sign_on import examination

    if not settings.SSO:
        yield Finding("sign-on", None, "OPENHOUSE_SSO names no identity provider; employees cannot sign in")
    for provider in settings.SSO:
        name = "front:sign_on_callback" if provider.kind == "oidc" else "saml_acs"
        back = f"{settings.URL.geturl().rstrip('/')}{reverse(name, args=[provider.slug])}"
        for fits, words in examination.of(provider, back=back, at=at):
            yield Finding(f"sign-on {provider.slug}", fits, words)
    yield from _groups(at)


def _groups(at: datetime) -> Iterator[Finding]:
    """Groups that carry a role that there is not, or not where policy says."""
    from openhouse.policy import values
    from openhouse.roles import groups

    for each in values.at(at).group_roles:
        if not groups.fits(each["role"], each["school_code"]):
            words = f"policy group_roles gives {each['role']!r} {'at a school' if each['school_code'] else 'district-wide'}, "
            yield Finding("sign-on", False, f"{words}which is no role that is held so; nobody gets it")


LOOKS = (sis, lookup, names, policy, keys, database, server, mail, tasks, letters, clock, alarms, single_sign_on)


def _guarded(look: Callable[[datetime], Iterator[Finding]], at: datetime) -> Iterator[Finding]:
    """What a look finds; where it breaks, of which kind the error was: its words could hold a secret."""
    try:
        yield from look(at)
    except Exception as error:
        yield Finding(look.__name__, False, f"could not be looked at ({type(error).__name__})")
