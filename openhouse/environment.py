"""Reading the environment: what each variable means, and how a wrong one is told."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

MEANINGS = {
    "OPENHOUSE_DIR": "is a folder that the portal may write to, for example /var/lib/openhouse",
    "OPENHOUSE_URL": "is the portal's public address, for example https://families.example.org",
    "OPENHOUSE_PIN_KEYS": "holds Fernet keys, newest first, for example one that `openhouse keys new` prints",
    "OPENHOUSE_PIN_KEY_FILE": "names a file of Fernet keys, newest first, for example /etc/openhouse/pin-keys",
    "OPENHOUSE_TRUSTED_PROXIES": "is how many proxies stand before the portal, for example 1",
    "OPENHOUSE_TIME_ZONE": "is the district's time zone, for example America/Los_Angeles",
    "OPENHOUSE_DEMO": "is set by openhouse demo alone, which serves on this machine and no other",
    "OPENHOUSE_MAIL_URL": "is a mail server, for example smtp://name:password@mail.example.org:587?tls=1",
    "DATABASE_URL": "names a PostgreSQL database, for example postgresql://openhouse@localhost/openhouse",
}


@contextlib.contextmanager
def reading(name: str) -> Iterator[str]:
    """A variable's value, blank where it is not set. What is wrong with it is told by its name and an example, never its value."""
    try:
        yield os.environ.get(name, "")
    except (ValueError, LookupError, OSError) as error:
        raise ImproperlyConfigured(f"{name} {MEANINGS[name]} ({type(error).__name__})") from None


def insist(fits: object) -> None:
    """Raises ValueError where a value does not fit, for `reading` to put into words."""
    if not fits:
        raise ValueError


def private_file(path: Path, make: str) -> str:
    """The content of a file that only its owner may read; made with `make` where it is not there yet."""
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # made 0600 by the standard library
            file.write(make + "\n")
            file.flush()
            with contextlib.suppress(FileExistsError):  # two at once: the first one's file stays
                os.link(file.name, path)
    return path.read_text().strip()
