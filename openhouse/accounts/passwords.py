"""Password hashing, sized for a school's server."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """OWASP's floor for Argon2id: 19 MiB, two passes, one lane. Django's own default takes 100 MB for every running hash."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
