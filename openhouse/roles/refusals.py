"""Why an action of this room was refused. Each is a class of its own; pages turn it into words."""

from __future__ import annotations

from openhouse.roles.roles import Role


class Refused(Exception):
    """An action was refused. The subclass says why."""


class Misplaced(Refused):
    """The role is not held at such a place."""

    def __init__(self, role: Role) -> None:
        super().__init__()
        self.role = role


class NoSuchPlace(Refused):
    """The SIS names no such school or region."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class NotEmployed(Refused):
    """The SIS names this employee no more."""


class TooManyRequests(Refused):
    """The employee has as many open requests as one may have."""


class HeldAlready(Refused):
    """The employee has this role at this place, and it goes on."""


class NoLongerOpen(Refused):
    """The request was decided or withdrawn meanwhile."""


class OwnRole(Refused):
    """Nobody decides about a role of their own."""


class EndedAlready(Refused):
    """The role was revoked meanwhile."""


class NotDue(Refused):
    """The role does not end soon, so there is nothing to renew."""


class LastAdministrator(Refused):
    """Without this one the district would have no District Administrator."""
