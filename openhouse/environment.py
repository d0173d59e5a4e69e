"""Reading the environment: what each variable means, and how a wrong one is told."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

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
    "OPENHOUSE_SIS": "is the SIS that is read every night, as KIND:ADDRESS or KIND:ADDRESS?OPTION=VALUE, "
    "for example oneroster-csv:/srv/openhouse/drop or oneroster-rest:https://sis.example.org/ims/oneroster/rostering/v1p2",
    "OPENHOUSE_SIS_LOOKUP": "is the SIS that is asked about one student, for example ed-fi:https://api.example.org",
    "OPENHOUSE_SIS_CLIENT_ID": "is the portal's name at the SIS, which a SIS over the network needs, for example openhouse",
    "OPENHOUSE_SIS_CLIENT_SECRET_FILE": "names a file with the portal's secret at the SIS, which a SIS over the network needs, "
    "for example /etc/openhouse/sis-secret",
    "OPENHOUSE_SIS_TOKEN_URL": "is where the SIS gives out tokens, for example https://sis.example.org/oauth/token",
    "OPENHOUSE_SSO": "names a TOML file of the identity providers that employees sign in with, for example /etc/openhouse/sso.toml",
    "DATABASE_URL": "names a PostgreSQL database, for example postgresql://openhouse@localhost/openhouse",
}

SIS_FILES = ("oneroster-csv", "ed-fi-xml", "sds")
"""Kinds of SIS that write files, into a folder that the portal reads."""
SIS_SERVERS = ("oneroster-rest", "ed-fi")
"""Kinds of SIS that are asked over the network."""


class SisAddress(NamedTuple):
    """A SIS: of which kind, where, and how it is read. All blank where none is named."""

    kind: str
    place: str
    options: Mapping[str, str] = MappingProxyType({})


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


def sis_address(text: str) -> SisAddress:
    """The SIS that a text such as `sds:/srv/drop` or `oneroster-csv:/srv/drop?strict=true` names. Raises ValueError."""
    address, mark, query = text.partition("?")
    options = dict(parse_qsl(query, strict_parsing=True)) if mark else {}
    kind, _colon, place = address.partition(":")
    insist(not text or (kind in SIS_FILES and Path(place).is_absolute()) or (kind in SIS_SERVERS and is_safe(place)))
    return SisAddress(kind, place, options)


def is_safe(address: str) -> bool:
    """Whether it is a web address that keeps what it carries to itself: https, or this very machine."""
    found = urlsplit(address)
    on_this_machine = found.scheme == "http" and found.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(found.hostname and found.port != 0) and (found.scheme == "https" or on_this_machine)


def mailer(address: str, folder: Path) -> dict[str, object]:
    """The mail server that an address names, or a folder of files. Raises ValueError."""
    if not address:
        return {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": str(folder)}}
    found = urlsplit(address)
    insist(found.scheme in ("smtp", "smtps") and found.hostname)
    options = {
        "host": found.hostname,
        "port": found.port or (465 if found.scheme == "smtps" else 587),
        "username": unquote(found.username or ""),
        "password": unquote(found.password or ""),
        "use_ssl": found.scheme == "smtps",
        "use_tls": parse_qs(found.query).get("tls") == ["1"],
        "timeout": 20,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
