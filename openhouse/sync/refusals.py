"""Why a sync is refused. Each text says what is wrong, where, and what to do; never a value out of a file."""


class SyncRefused(Exception):
    """The sync stops before anything changes."""


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
