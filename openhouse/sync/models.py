"""Every run, and the rows that a run set aside: where and why, never what they held."""

from __future__ import annotations

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

    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    source = models.CharField(max_length=60)
    snapshot = models.DateField(help_text="The day on which the SIS wrote what was brought in.")
    files = models.JSONField(default=dict, help_text="The files that the source stated.")
    actor = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, help_text="Why it failed.")
    report = models.JSONField(default=dict, help_text="Counts, warnings and notes (sync.report).")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "-started_at"], name="sync_run_state")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state="running", ended_at=None)
                | ~models.Q(state="running") & ~models.Q(ended_at=None),
                name="sync_run_ends_once",
            )
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

    class Meta:
        indexes: ClassVar = [models.Index(fields=["run", "file", "column"], name="set_aside_group")]

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"
