"""Every run, the rows that a run set aside, what a rehearsal would change, which students were looked up, and alarms."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class SyncRun(models.Model):
    """One try to bring the SIS's facts in."""

    kind = "ordinary"

    class State(models.TextChoices):
        RUNNING = "running"
        LANDED = "landed"
        FAILED = "failed"
        DIED = "died"
        REHEARSED = "rehearsed"  # a dry run: nothing was to change
        WAITING = "waiting"  # the brake held it: somebody decides (sync.waiting)
        ACCEPTED = "accepted"  # the next landing with the same differences goes past the brake
        LET_IN = "let in"  # the next landing with the same differences brings in endings and restrictions alone
        THROWN_AWAY = "thrown away"
        SUPERSEDED = "superseded"  # a later run landed, or waits in its place, before anybody decided

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=20, choices=State, default=State.RUNNING)
    source = models.CharField(max_length=60)
    snapshot = models.DateField(help_text="The day on which the SIS wrote what was brought in.")
    written_at = models.DateTimeField(null=True, help_text="When the SIS wrote it.")
    files = models.JSONField(default=dict, help_text="The files that the source stated.")
    actor = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, help_text="Why it failed.")
    report = models.JSONField(default=dict, help_text="Counts, warnings and notes (sync.report).")
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text="Of the bytes and of all that decides what they mean."
    )
    statement = models.CharField(max_length=32, blank=True, help_text="Names what it stated, where that is remembered.")
    position = models.CharField(
        max_length=40, blank=True, help_text="Up to where in the SIS's changes it read (Ed-Fi)."
    )
    differences = models.CharField(max_length=64, blank=True, help_text="A digest of what it would change, or changed.")
    brakes = models.JSONField(default=list, help_text="Why it waits for a person (sync.brake).")
    step = models.CharField(
        max_length=20, blank=True, help_text="What it is doing: reading, checking, comparing, landing."
    )
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, help_text="When it last said how far it is.")
    due_at = models.DateTimeField(
        null=True, help_text="The night it belongs to (sync.schedule); null when asked for by hand."
    )
    attempt = models.IntegerField(default=1)
    decided_by = models.CharField(
        max_length=64, blank=True, help_text="Who accepted it, let its endings in, or threw it away."
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "-started_at"], name="sync_run_state")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state="running", ended_at=None)
                | ~models.Q(state="running") & ~models.Q(ended_at=None),
                name="sync_run_ends_once",
            ),
            models.UniqueConstraint(fields=["due_at", "attempt"], name="sync_run_one_attempt"),
        ]

    def __str__(self) -> str:
        return f"sync run {self.pk}: {self.state}"


class SetAsideRow(models.Model):
    """A row of a file that broke a rule. Yesterday's facts stayed for its key."""

    kind = "ordinary"

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="set_aside")
    file = models.CharField(max_length=60)
    line = models.BigIntegerField()
    column = models.CharField(max_length=255, blank=True)
    reason = models.CharField(max_length=255)
    value = models.TextField(blank=True, help_text="What stands there: for the console, never for output or logs.")
    digest = models.BigIntegerField(default=0, help_text="Of the whole row: the same one the night before is no news.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["run", "file", "column"], name="set_aside_group"),
            models.Index(fields=["run", "digest", "line"], name="set_aside_again"),
        ]

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


class Difference(models.Model):
    """One row of the mirror that a rehearsed or waiting run would change: the facts before (null: new) and after (null: ended).

    `key` is the thing's sourcedId, or the student's of a pair (a guardianship, an enrolment), whose other end is `other`.
    """

    kind = "ordinary"

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="would_change")
    entity = models.CharField(max_length=20)
    change = models.CharField(max_length=10)  # new, returned, changed, ended
    key = models.CharField(max_length=255)
    other = models.CharField(max_length=255, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["run", "entity", "change"], name="difference_entity")]

    def __str__(self) -> str:
        return f"{self.entity} {self.change}"


class LookedUp(models.Model):
    """A person whose facts came from asking the SIS about one student: no statement written before `at` overrules them."""

    kind = "ordinary"

    sourced_id = models.CharField(max_length=255, primary_key=True)
    at = models.DateTimeField()
    is_student = models.BooleanField(
        default=False, help_text="Whether they were asked about, or came with the student."
    )

    def __str__(self) -> str:
        return f"looked up at {self.at:%Y-%m-%d %H:%M}"


class Alarm(models.Model):
    """Something that somebody must know, once: a night that failed, data that is old, a run that waits for a person."""

    kind = "ordinary"

    class Cause(models.TextChoices):
        NIGHT_MISSED = "night missed"
        DATA_OLD = "data old"
        RUN_WAITS = "run waits"

    cause = models.CharField(max_length=20, choices=Cause)
    occasion = models.CharField(max_length=64, help_text="Which night, data or run: one occasion is told once.")
    detail = models.JSONField(default=dict, help_text="Counts, times and reasons for the mail: no personal data.")
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(help_text="When the worker was last asked to tell it, or that it is over.")
    told_at = models.DateTimeField(null=True, help_text="When that was told.")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["cause", "occasion"], name="alarm_one_occasion")]

    def __str__(self) -> str:
        return f"{self.cause}: {self.occasion}"
