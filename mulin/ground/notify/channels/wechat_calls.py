"""What the service account tells Mulin: how a call is signed, unwrapped and read.

A call is signed with the token that both sides know. In the encrypted mode its content is AES in
CBC as WeChat documents it: sixteen random bytes, the length, the message, the app id.
"""

import base64
import binascii
import hmac
import struct
from collections.abc import Mapping
from typing import Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from mulin.ground.notify.rules import wechat_signature

MOST_BYTES: Final = 65_536
_KEY_SIGNS: Final = 43
_BLOCK: Final = 32
_RANDOM: Final = 16
_HEAD: Final = _RANDOM + 4


class NotOfWeChat(Exception):  # noqa: N818  it says what the call is not
    """The call is not signed as it must be, or can't be read."""


def check(given: str, *parts: str) -> None:
    """Raises NotOfWeChat for a wrong signature."""
    if not hmac.compare_digest(given.encode(), wechat_signature(*parts).encode()):
        raise NotOfWeChat("wrong signature")


def is_key(key: str) -> bool:
    """Whether this is an EncodingAESKey: 43 letters and digits."""
    try:
        return len(key) == _KEY_SIGNS and len(base64.b64decode(f"{key}=", validate=True)) == _BLOCK
    except binascii.Error:
        return False


def event_in(
    content: bytes, query: Mapping[str, str], *, token: str, key: str, app_id: str
) -> dict[str, str]:
    """The fields of what was told. Raises NotOfWeChat for anything but a well signed call."""
    time, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if query.get("encrypt_type") != "aes":
        if key:
            # Where encryption was agreed, an open call is somebody else's.
            raise NotOfWeChat("an open call")
        check(query.get("signature", ""), token, time, nonce)
        return _fields(content)
    wrapped = _fields(content).get("Encrypt", "")
    check(query.get("msg_signature", ""), token, time, nonce, wrapped)
    return _fields(unwrap(wrapped, key=key, app_id=app_id))


def unwrap(wrapped: str, *, key: str, app_id: str) -> bytes:
    """The message in an encrypted call. Raises NotOfWeChat."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415  loaded when the first call comes

    try:
        secret = base64.b64decode(f"{key}=", validate=True)
        cipher = Cipher(algorithms.AES256(secret), modes.CBC(secret[:_RANDOM])).decryptor()
        padded = cipher.update(base64.b64decode(wrapped, validate=True)) + cipher.finalize()
        plain = padded[: -padded[-1]] if 1 <= padded[-1] <= _BLOCK else b""
        (length,) = struct.unpack(">I", plain[_RANDOM:_HEAD])
    except (ValueError, IndexError, struct.error) as fault:
        raise NotOfWeChat("not to be decrypted") from fault
    message, owner = plain[_HEAD : _HEAD + length], plain[_HEAD + length :]
    if len(message) != length or owner != app_id.encode():
        raise NotOfWeChat("of another account")
    return message


def _fields(content: bytes) -> dict[str, str]:
    """One level of fields; entities and document types are refused by the parser."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as fault:
        raise NotOfWeChat("no XML") from fault
    return {str(child.tag): (child.text or "").strip() for child in root}
