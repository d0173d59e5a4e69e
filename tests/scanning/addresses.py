"""The portal's own addresses, in a process that counts no wrong tries against anybody."""

from __future__ import annotations

from openhouse.access import tries
from openhouse.urls import *  # noqa: F403

tries.FREE_TRIES = tries.TRIES_BEFORE_LOCK = tries.ADDRESS_TRIES = tries.WRONG_TRIES = 10**9
