"""Policy's one table: what was chosen, by whom, from when until when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Choice(models.Model):
    """A value the district chose for one name of `policy.values`. Ended, never overwritten."""

    kind = "ordinary"

    name = models.CharField(max_length=60)
    value = models.JSONField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    chosen_by = models.CharField(max_length=64, blank=True, help_text="The key of whoever chose it, as in the trail.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(valid_until__isnull=True), name="one_current_choice"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} since {self.valid_from:%Y-%m-%d}"
