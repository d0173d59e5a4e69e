"""The portal's own addresses, in a process that lets an account try a PIN as often as it likes, and locks it at last."""

from __future__ import annotations

from openhouse.access import tries
from openhouse.urls import *  # noqa: F403

TRIES = 20_000
"""More than a scanner makes."""
tries.FREE_TRIES = tries.ADDRESS_TRIES = tries.WRONG_TRIES = 10**9
tries.TRIES_BEFORE_LOCK = TRIES
