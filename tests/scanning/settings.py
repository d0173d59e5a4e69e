"""The portal's own settings without its limits on tries, or a scanner would see *please wait* from its sixth request on."""

from __future__ import annotations

from openhouse.settings import *  # noqa: F403
from openhouse.settings import MIDDLEWARE

ROOT_URLCONF = "tests.scanning.addresses"
MIDDLEWARE = ["tests.scanning.counting.middleware", *MIDDLEWARE]
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 10**9
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 86_400
ACCOUNT_REAUTHENTICATION_TIMEOUT = 86_400
