"""A password hasher whose hashes every Mulin can check, and that costs the tests no time."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 at the least work it allows; the real hasher accepts what it makes."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
