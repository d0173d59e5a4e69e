"""The trail's tables. Triggers (migration 0002) refuse every change and removal of an entry on both databases."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One thing that happened. `digest` is SHA-256 over the entry's content and the digest before it (trail.digest)."""

    kind = "append-only"

    position = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    event = models.CharField(max_length=40)  # one of events.Event: a new event is no migration
    actor_kind = models.CharField(max_length=10)
    actor = models.CharField(max_length=64)
    address = models.CharField(max_length=45, blank=True)
    account = models.CharField(max_length=36, blank=True)
    student = models.CharField(max_length=36, blank=True)
    guardian = models.CharField(max_length=36, blank=True)
    detail = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["student", "position"], name="entry_student", condition=~models.Q(student="")),
            models.Index(fields=["account", "position"], name="entry_account", condition=~models.Q(account="")),
            models.Index(fields=["actor", "position"], name="entry_actor"),
            models.Index(fields=["guardian", "position"], name="entry_guardian", condition=~models.Q(guardian="")),
            models.Index(fields=["event", "position"], name="entry_event"),
            models.Index(fields=["at"], name="entry_at"),
        ]

    def __str__(self) -> str:
        return f"entry {self.position}: {self.event}"


class Head(models.Model):
    """The chain's last position and digest: one row, locked by whoever appends, moved by a trigger (migration 0003)."""

    kind = "ordinary"

    position = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"head at {self.position}"


class Name(models.Model):
    """The name that an id in the trail had, kept apart so that it can be erased without breaking the chain.

    A blank one was erased, and stays so: what happens later writes no name there again.
    """

    kind = "ordinary"

    subject = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=800, blank=True)

    def __str__(self) -> str:
        return f"name of {self.subject}"
