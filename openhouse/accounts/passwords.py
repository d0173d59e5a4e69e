"""Password hashing, sized for a school's server, and what makes a long password a short one."""

from __future__ import annotations

import re
import unicodedata

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from openhouse.policy import values


class Argon2id(Argon2PasswordHasher):
    """OWASP's floor for Argon2id: 19 MiB, two passes, one lane. Django's own default takes 100 MB for every running hash."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hashed as one text, however a keyboard composes its accents (NIST SP 800-63B-4 §3.1.1.2)."""
        return super().encode(unicodedata.normalize("NFC", password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether it is the password, composed in whichever way."""
        return super().verify(unicodedata.normalize("NFC", password), encoded)


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


class ContextValidator:
    """Refuses a password that is made of the district's and the portal's own words: whoever guesses begins with them."""

    ALWAYS = (
        "open house",
        "family portal",
        "parent portal",
        "school district",
        "password",
        "welcome",
        "guardian",
        "student",
    )
    LEFT = 8
    """How many letters must be left, at least, once those words and all digits and signs are gone."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError where too little is left."""
        policy = values.at(timezone.now())
        names = [*self.ALWAYS, policy.district_name, policy.sis_name, *policy.district_email_domains]
        words = {word for name in names for word in re.findall(r"\w{3,}", name.lower())}
        left = re.sub(r"[\W\d_]", "", password.lower())
        for word in sorted(words, key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < self.LEFT and len(left) < len(re.sub(r"[\W\d_]", "", password)):
            raise ValidationError(
                _("This password has little in it but the district's own words. Please choose others.")
            )

    def get_help_text(self) -> str:
        """What to do."""
        return _("Words that have nothing to do with school work well.")
