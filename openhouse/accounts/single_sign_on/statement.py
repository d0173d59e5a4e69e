"""What an identity provider said of a person, whichever protocol it spoke; and what can be wrong with what it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Statement:
    """Who (`issuer` and `subject`, for good; the `district_id` where it says one), their groups, how and when they proved it.

    `strengths` are the words of `amr` and `acr`, or of AuthnContextClassRef. `proved_at` is None where the provider does not say.
    """

    provider: str
    issuer: str
    subject: str
    district_id: str
    groups: frozenset[str]
    strengths: frozenset[str]
    proved_at: datetime | None

    def __post_init__(self) -> None:
        """Raises ValueError for what no database can look up."""
        if "\0" in self.subject + self.district_id:
            raise ValueError("a name with a zero byte")


@dataclass(frozen=True)
class Arrival:
    """A statement that was checked, and what was kept on this side when the person was sent off: `next`, `again`."""

    statement: Statement
    state: Mapping[str, Any]


class Trouble(models.TextChoices):
    """Why no statement could be had. The words are for the person who wants to sign in."""

    UNREACHABLE = "unreachable", _("The district's sign-in service does not answer, or answers too slowly.")
    BROKEN = "broken", _("The district's sign-in service answered something that the portal does not understand.")
    CANCELLED = "cancelled", _("The sign-in was cancelled before it was finished.")
    REFUSED = "refused", _("The district's sign-in service did not let you go on to this portal.")
    STALE = "stale", _("This sign-in was begun in another window, too long ago, or was used already.")
    NOT_AGAIN = "not again", _("The district's sign-in service let you on without asking you to sign in again.")
    UNPROVEN = "unproven", _("What the district's sign-in service said of you could not be proven.")


class SignOnTrouble(Exception):
    """No statement. `hint` is for the log and the doctor: it never holds a value that came from outside."""

    def __init__(self, trouble: Trouble, hint: str = "") -> None:
        super().__init__(hint or trouble.value)
        self.trouble, self.hint = trouble, hint


class Arrived(Exception):
    """Ends allauth's own flow where it would look for an account: everything after that is the district's to decide."""

    def __init__(self, arrival: Arrival) -> None:
        super().__init__()
        self.arrival = arrival


def texts(given: Any) -> frozenset[str]:
    """The words of a claim that is a list or one word; nothing where it is neither."""
    parts = given if isinstance(given, list | tuple) else [given]
    return frozenset(str(part).strip() for part in parts if isinstance(part, str | int) and str(part).strip())
