"""One key for all encrypted columns of a process, derived when the first of them is asked for.

The library derives it anew for each column: the tenth part of a second each, some seconds in all,
and each process that was forked before does it again.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.functional import cached_property
from encrypted_fields.fields import EncryptedFieldMixin

_derive = EncryptedFieldMixin.keys.func


def share_keys() -> None:
    """From here on every encrypted column asks for the same keys, and finds them derived."""
    shared = cached_property(_keys)
    shared.__set_name__(EncryptedFieldMixin, "keys")
    EncryptedFieldMixin.keys = shared


def _keys(_field: Any) -> list[bytes]:  # Any: the library says nothing of types
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return _derived(secrets, tuple(settings.SALT_KEY))


@cache
def _derived(_secrets: tuple[str, ...], _salts: tuple[str, ...]) -> list[bytes]:
    """By the library's own way from the settings, which hold these."""
    keys: list[bytes] = _derive(None)
    return keys
