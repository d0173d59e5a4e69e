"""Why a sync is refused. Each text says what is wrong, where, and what to do; never a value out of a file."""

import traceback
from pathlib import Path


class Elsewhere(Exception):
    """An error that nobody foresaw, in a process that the run started (sync.beside): its kind and place."""


def kind_and_place(error: BaseException) -> str:
    """An error that nobody foresaw, by its kind and place: its own text could hold a value out of a file."""
    if isinstance(error, Elsewhere):
        return str(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(where.filename).name}, line {where.lineno}"


class SyncRefused(Exception):
    """The sync stops before anything changes."""


def reason_of(error: BaseException) -> str:
    """Why a run failed, as it is kept: a refusal in its own words, anything else by its kind and place."""
    return str(error) if isinstance(error, SyncRefused) else kind_and_place(error)


class SourceRefused(SyncRefused):
    """What the SIS handed over cannot be read as a whole."""


class NothingRemembered(SourceRefused):
    """The source says what changed since a statement that the portal does not remember."""


class SyncHeld(SyncRefused):
    """Another sync is running; two at once could not both be last."""


class LookupHeld(SyncRefused):
    """What the SIS says of one student would let somebody in where there is a restriction, or stands in an export that a person
    decides about: no lookup goes past the brake."""


class SyncOutOfOrder(SyncRefused):
    """The clock, or the export, lies before the last sync that landed."""
