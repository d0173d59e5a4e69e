"""Why an action of this room was refused. Each is a class of its own; pages turn it into words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openhouse.access.models import Act
    from openhouse.accounts.models import Account
    from openhouse.district.models import Guardian, Student


class Refused(Exception):
    """An action was refused. The subclass says why."""


class PinRefused(Refused):
    """Student ID, birth date and PIN do not match one live PIN. Never says which part was wrong."""


class TooManyTries(Refused):
    """The account or its address has to wait until a moment, or (`until` is None) until staff unlock it."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__()
        self.until = until


class LimitReached(Refused):
    """The account has as many students as policy allows and no exception."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit


class GuardianTaken(Refused):
    """The guardian is tied to another account already."""


class AccountTaken(Refused):
    """The account is tied to another SIS person already; only staff can tie a second record."""


class NotOffered(Refused):
    """The student is not, or no longer, one whom the family's PIN lets in without another (domain rule 15)."""


class NotLegalGuardian(Refused):
    """The SIS does not name this person as a current legal guardian of an enrolled student."""


class NoBirthDate(Refused):
    """The SIS has no birth date for the student, and policy gives no PIN without one."""


class RightsPassed(Refused):
    """The student is 18 and holds the rights."""


class GuardianRestricted(Refused):
    """The SIS restricts this guardian, or has a restriction that policy cannot read: a PIN of theirs would match nothing."""


class PinNotLive(Refused):
    """The PIN was used, has expired or is locked: a new one has to be made first."""


class SecondPersonNeeded(Refused):
    """A restriction or a hold is on these students' records: a second employee has to agree first (domain rule 17)."""

    def __init__(
        self,
        act: Act,
        students: Sequence[Student],
        *,
        guardian: Guardian | None = None,
        account: Account | None = None,
        other: Account | None = None,
    ) -> None:
        super().__init__()
        self.act, self.students = act, students
        self.guardian, self.account, self.other = guardian, account, other


class NothingToAsk(Refused):
    """No restriction stands on the record (any more): one person is enough."""


class NotTheirs(Refused):
    """Who would decide is who asked, or the request is decided or expired."""


class DeactivatedForCause(Refused):
    """The help desk deactivated the account for cause: only the help desk lifts that (domain rule 8)."""


class AccountNotActive(Refused):
    """The account, or one of two that would be merged, is deactivated, or its email is not confirmed."""


class SameAccount(Refused):
    """An account cannot be merged with itself."""


class IdentityCheckNeeded(Refused):
    """Three PINs of the student died of wrong tries this school year: an identity check comes first (domain rule 4)."""


class NotVerified(Refused):
    """Nobody verified within the hour that the account's owner is this guardian (domain rule 11)."""


class OwnFamily(Refused):
    """The employee is a contact of the student (domain rule 9)."""


class TooManyChecks(Refused):
    """The guardian had as many identity checks today as policy allows (domain rule 11)."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit


class CheckOver(Refused):
    """The identity check is over an hour old, has ended, or its PIN was shown already: a new one is needed."""
