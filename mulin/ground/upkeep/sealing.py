"""One sealed file, written and read as a stream: nobody reads, changes, shortens or swaps it.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015), as age uses it: ChaCha20-Poly1305
over chunks of one size, the nonce counts the chunks and says which is the last, and each file has a
key of its own, derived from the installation's backup key and from the file's head. So a chunk that
is changed, moved, left out or cut off does not open, nor does one of another file. At no time is
more than two chunks in memory.
"""

import hashlib
import hmac
import os
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _

from mulin.ground.upkeep.refusals import NotDone

MAGIC: Final = b"Mulin backup 1\n"
CHUNK: Final = 256 * 1024
_TAG: Final = 16
_SALT: Final = 32
_MARK: Final = 8
_HEAD: Final = len(MAGIC) + _MARK + _SALT


class OtherKey(NotDone):
    """The file was sealed with a key that is not here."""


class CutOff(NotDone):
    """The end of the file is missing."""


class Damaged(NotDone):
    """The file is not what was written."""


def mark_of(key: bytes) -> bytes:
    """Tells keys apart without telling anything of them."""
    return hmac.new(key, b"mark of a backup key", hashlib.sha256).digest()[:_MARK]


class SealedWriter:
    """Seals what is written. Only `close` makes the file whole; without it, it cannot be opened."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        head = MAGIC + mark_of(key) + os.urandom(_SALT)
        self._file = file
        self._cipher = _cipher(key, head)
        self._waiting = bytearray()
        self._count = 0
        file.write(head)

    def write(self, content: bytes) -> None:
        self._waiting += content
        # The last chunk is never empty but in an empty file, so one chunk waits until more comes.
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]

    def close(self) -> None:
        self._seal(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _seal(self, chunk: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._count, is_last=is_last), chunk, None))
        self._count += 1


class SealedReader:
    """Opens what was sealed, chunk by chunk; gives out nothing that was not proved first.

    Raises OtherKey, CutOff or Damaged, at the start or at whichever chunk is not right.
    """

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        head = file.read(_HEAD)
        if head[: len(MAGIC)] != MAGIC[: len(head)] or not head:
            raise Damaged(_("This is no backup of Mulin."))
        if len(head) < _HEAD:
            raise CutOff(_("The backup is cut off: its end is missing. Take another one."))
        if not hmac.compare_digest(head[len(MAGIC) : len(MAGIC) + _MARK], mark_of(key)):
            raise OtherKey(
                _(
                    "The backup was sealed with another key than the one here. Name the keys that"
                    " were kept apart: --keys FILE"
                )
            )
        self._file = file
        self._cipher = _cipher(key, head)
        self._ahead = file.read(CHUNK + _TAG)
        self._count = 0
        self._open = b""
        self._at = 0

    def read(self, size: int) -> bytes:
        """Exactly so many bytes, at most a chunk's worth at once; fewer only at the end."""
        found = self._open[self._at : self._at + size]
        self._at += len(found)
        while len(found) < size and (self._ahead or not self._count):
            self._open, self._at = self._next(), 0
            more = self._open[: size - len(found)]
            self._at = len(more)
            found += more
        return found

    def _next(self) -> bytes:
        sealed, self._ahead = self._ahead, self._file.read(CHUNK + _TAG)
        is_last = not self._ahead
        chunk = self._opened(sealed, is_last=is_last)
        if chunk is None:
            if is_last and self._opened(sealed, is_last=False) is not None:
                raise CutOff(_("The backup is cut off: its end is missing. Take another one."))
            raise Damaged(
                _("The backup is damaged or cut off near byte %(where)d. Take another one.")
                % {"where": _HEAD + self._count * (CHUNK + _TAG)}
            )
        self._count += 1
        return chunk

    def _opened(self, sealed: bytes, *, is_last: bool) -> bytes | None:
        try:
            return self._cipher.decrypt(_nonce(self._count, is_last=is_last), sealed, None)
        except (InvalidTag, ValueError):
            return None


def _cipher(key: bytes, head: bytes) -> ChaCha20Poly1305:
    derived = HKDF(algorithm=SHA256(), length=32, salt=head, info=b"mulin backup").derive(key)
    return ChaCha20Poly1305(derived)


def _nonce(count: int, *, is_last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([is_last])
