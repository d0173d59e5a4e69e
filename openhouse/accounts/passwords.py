"""Password hashing, sized for a school's server, and what makes a long password a short one."""

from __future__ import annotations

import re

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class Argon2id(Argon2PasswordHasher):
    """OWASP's floor for Argon2id: 19 MiB, two passes, one lane. Django's own default takes 100 MB for every running hash."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class RepetitionValidator:
    """Refuses a password that is one piece again and again: fifteen characters of it are worth one piece."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError where the piece is as short as eight characters or a common password."""
        found = re.fullmatch(r"(.+?)\1+", password, re.DOTALL)
        if found and (len(found.group(1)) <= 8 or found.group(1).lower() in CommonPasswordValidator().passwords):
            raise ValidationError(_("This password repeats itself. Several different words in a row work well."))

    def get_help_text(self) -> str:
        """What to do."""
        return _("Several different words in a row work well.")
