"""Sessions at rest: a copy of the database opens nobody's session and reads nothing in one.

A row's key is the digest of the cookie's key, and what the session holds (codes that were mailed, a secret that is being set up)
is sealed under the keys that PINs are sealed under. The row names its account, so that the account's sessions can be ended.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from openhouse import cipher
from openhouse.accounts.models import Session
from openhouse.questions import Given, Question

OPEN = Question(
    lambda: Session.objects.filter(pk=Given("key", CharField()), expire_date__gt=Given("at", DateTimeField()))
)
KEEP = "UPDATE accounts_session SET session_data = %s, expire_date = %s, account_id = %s WHERE session_key = %s"


def _words(session_dict: dict[str, Any]) -> str:
    return json.dumps(session_dict, separators=(",", ":"))


def at_rest(session_key: str) -> str:
    """The key of the row that belongs to a cookie's key."""
    return hashlib.sha256(session_key.encode()).hexdigest()


class SessionStore(db.SessionStore):
    """Django's own, with digests for keys and sealed content."""

    _kept: tuple[str | None, str] | None = None
    """The key, and what the session held, when it was saved."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Rows of this room."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        row = OPEN.first(key=at_rest(self.session_key or ""), at=timezone.now())
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        """Whether a session has this key."""
        return super().exists(at_rest(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of what the session holds now."""
        made = super().create_model_instance(data)
        key, account = at_rest(made.session_key), data.get(SESSION_KEY)
        return Session(
            session_key=key, session_data=made.session_data, expire_date=made.expire_date, account_id=account
        )

    def save(self, must_create: bool = False) -> None:
        """Keep what the session holds, once until it changes. Raises UpdateError where it was ended meanwhile.

        On PostgreSQL in one plain statement: the ORM took three, and half the time of an empty page. SQLite has one writer at a
        time, and waits for it well only where a transaction begins.
        """
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        now = self.session_key, _words(dict(self.items()))
        if now != self._kept:
            self._update()
            self._kept = now

    def _update(self) -> None:
        if connection.vendor != "postgresql":
            super().save()
            return
        row = self.create_model_instance(dict(self.items()))
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [row.session_data, row.expire_date, row.account_id, row.session_key])
            if not cursor.rowcount:
                raise UpdateError

    def keep(self) -> None:
        """Save what was changed before the answer leaves, in a transaction that goes on. Where the session was ended meanwhile,
        that stays for the middleware to find out and to say."""
        if self.modified:
            with suppress(UpdateError):
                self.save()

    def delete(self, session_key: str | None = None) -> None:
        """End a session; this one, where none is named."""
        if key := session_key or self.session_key:
            Session.objects.filter(pk=at_rest(key)).delete()

    def encode(self, session_dict: dict[str, Any]) -> str:
        """What the session holds, sealed."""
        return cipher.seal(_words(session_dict)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What the session holds; nothing where it was changed, or its key is lost."""
        text = cipher.unseal(session_data.encode() if isinstance(session_data, str) else session_data)
        return json.loads(text) if text else {}
