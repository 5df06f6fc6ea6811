"""Encrypted columns share one derivation of their keys, and it is the library's own."""

from base64 import urlsafe_b64decode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from django.conf import settings
from django.test import override_settings
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField


def test_all_columns_have_the_same_keys_derived_once():
    first, second = EncryptedTextField(), EncryptedCharField(max_length=9)
    assert first.keys is second.keys
    assert second.to_python(first.get_prep_value("王小明")) == "王小明"


def test_the_keys_are_what_the_library_writes_with():
    found = []
    for salt in settings.SALT_KEY:
        kdf = PBKDF2HMAC(hashes.SHA256(), length=32, salt=salt.encode(), iterations=100_000)
        found.append(kdf.derive(settings.SECRET_KEY.encode()))
    assert [urlsafe_b64decode(key) for key in EncryptedTextField().keys] == found


def test_other_secrets_give_other_keys():
    written = EncryptedTextField().get_prep_value("王小明")
    with override_settings(SECRET_KEY="another", SALT_KEY=["another"]):
        assert EncryptedTextField().to_python(written) == written  # can't be read
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert len(EncryptedTextField().keys) == 2
        assert EncryptedTextField().to_python(written) == "王小明"
