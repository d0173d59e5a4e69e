"""The portal's own settings without its limits on tries, or a scanner would see *please wait* from its sixth request on."""

from __future__ import annotations

from openhouse.settings import *  # noqa: F403
from openhouse.settings import MIDDLEWARE

ROOT_URLCONF = "tests.scanning.addresses"
MIDDLEWARE = ["tests.scanning.counting.middleware", *MIDDLEWARE]
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
