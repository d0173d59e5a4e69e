"""Under which key each live PIN stands, and having the worker encrypt them all under the newest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db.models import F
from django.tasks import task
from django.utils import timezone

from openhouse.access import pins
from openhouse.access.models import Pin
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.audit.trail import Actor


@dataclass(frozen=True)
class Held:
    """How many live PINs stand under the key at this place in the key file, 1 the newest; 0: under none that is there.

    `oldest_at` is when the oldest of these PINs was made.
    """

    place: int
    pins: int
    oldest_at: datetime | None


def count(*, at: datetime) -> list[Held]:
    """Every key's live PINs, in the file's order; a line for PINs without a key only where there are some."""
    keys = [Fernet(key) for key in settings.PIN_KEYS]
    live = Pin.objects.filter(ended_at=None, expires_at__gt=at).order_by(F("made_at"))
    found: Counter[int] = Counter()
    oldest: dict[int, datetime] = {}
    for sealed, made_at in live.values_list("sealed", "made_at").iterator(chunk_size=2_000):
        place = _place(keys, bytes(sealed or b""))
        found[place] += 1
        oldest.setdefault(place, made_at)
    places = [*range(1, len(keys) + 1), *([0] if found[0] else [])]
    return [Held(place, found[place], oldest.get(place)) for place in places]


def _place(keys: list[Fernet], sealed: bytes) -> int:
    for place, key in enumerate(keys, start=1):
        try:
            key.extract_timestamp(sealed)  # checks the signature alone: nothing is decrypted to be counted
        except InvalidToken:
            continue
        return place
    return 0


def last() -> Entry | None:
    """The trail's entry of the last time."""
    return Entry.objects.filter(event=Event.KEYS_ROTATED).order_by("-position").first()


def ask(*, by: Actor) -> None:
    """Have the worker do it, on record as this actor's."""
    rotate.enqueue(by.kind, by.key)


@task
def rotate(kind: str, key: str) -> None:
    """Encrypt every live PIN under the newest key, one after the other."""
    pins.rotate(by=Actor(kind, key), at=timezone.now())
