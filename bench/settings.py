"""The portal's own settings, and what only the bench adds: an empty page, and on request a count of statements."""

from __future__ import annotations

import os

from openhouse.settings import *  # noqa: F403
from openhouse.settings import MIDDLEWARE

ROOT_URLCONF = "bench.floor"
if os.environ.get("OPENHOUSE_BENCH_COUNT"):
    MIDDLEWARE = ["bench.counting.middleware", *MIDDLEWARE]
