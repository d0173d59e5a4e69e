"""When somebody proved who they are, as their provider says it: what *sign in again* and an old sign-in there come down to."""

from __future__ import annotations

from datetime import datetime, timedelta

from openhouse.accounts.single_sign_on.configuration import Provider
from openhouse.accounts.single_sign_on.statement import Arrival, SignOnTrouble, Trouble

LEEWAY = timedelta(minutes=1)
"""How far two clocks may differ."""


def moment(arrival: Arrival, provider: Provider, *, at: datetime, hours: int) -> datetime | None:
    """When they did, None where it is not known. Raises SignOnTrouble where it is too long ago for what was asked.

    A provider that never says when (`says_when = false`) is believed to have asked again where that was asked of it.
    """
    again, said = arrival.state.get("again"), arrival.statement.proved_at
    if not provider.says_when:
        return at if again else None
    oldest: datetime | None = None
    if again:
        oldest = datetime.fromisoformat(arrival.state["began_at"]) - LEEWAY
    elif provider.kind == "oidc":  # which was asked for max_age
        oldest = at - timedelta(hours=hours) - LEEWAY
    if again and said is None:
        raise SignOnTrouble(Trouble.NOT_AGAIN, "it does not say when the person signed in: auth_time, AuthnInstant")
    if said is not None and oldest is not None and said < oldest:
        raise SignOnTrouble(Trouble.NOT_AGAIN, "the sign-in there is older than was asked for")
    return min(said, at) if said else None
