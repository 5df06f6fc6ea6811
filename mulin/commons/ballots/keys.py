"""What a vote locks by files that no backup holds: its signing keys, and what is read before all is told.

The database keeps the signing keys encrypted under a key that lies in `DATA_DIR/urn/`, outside the
database and outside every backup. When the file is destroyed at the end of the vote, what backups,
write-ahead logs and replicas hold of the keys is noise, and nobody can sign a ballot any more.

From the sealing on a second file locks what is read of the paper and opened of the urn, pictures
included, until the vote is published: whoever reads the database, its log or a backup finds no part
of a result. The same words about the same sheet are the same under lock, so that two readings are
compared without being opened.
"""

import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from mulin.commons.ballots.blindrsa import SecretKey

#: Words under lock have the length of a multiple of this, so that the length tells nothing.
_STEP: Final = 512


class KeysGone(LookupError):  # noqa: N818  says what happened
    """The file that unlocks an election's keys, or what was read, is not here."""


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "urn"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _file(election_id: int) -> Path:
    return _folder() / f"{election_id}.key"


def make_lock(election_id: int) -> None:
    """A fresh lock; raises FileExistsError where there is one already."""
    _write(_file(election_id), Fernet.generate_key())


def _write(path: Path, key: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())


def has_lock(election_id: int) -> bool:
    """Whether this installation can still sign for an election."""
    return _file(election_id).exists()


def lock(election_id: int, key: SecretKey) -> str:
    """The key as it may lie in the database."""
    plain = json.dumps([str(key.p), str(key.q)]).encode()
    return _fernet(election_id).encrypt_at_time(plain, 0).decode("ascii")


def unlock(election_id: int, locked: str) -> SecretKey:
    """The key again. Raises KeysGone after its lock was destroyed."""
    try:
        p, q = json.loads(_fernet(election_id).decrypt(locked.encode("ascii")))
    except InvalidToken as error:
        raise KeysGone from error
    return SecretKey(int(p), int(q))


def destroy_lock(election_id: int) -> None:
    """Overwrite and remove the lock; safe to run twice."""
    _destroy(_file(election_id))


def _destroy(path: Path) -> None:
    if not path.exists():
        return
    handle = os.open(path, os.O_WRONLY)
    with os.fdopen(handle, "wb") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink(missing_ok=True)


def _fernet(election_id: int) -> Fernet:
    try:
        return Fernet(_file(election_id).read_bytes())
    except (FileNotFoundError, ValueError) as error:
        raise KeysGone from error


# ── what is read before all is told ──────────────────────────────────────────────────────────


def _box(election_id: int) -> Path:
    return _folder() / f"{election_id}.box"


def make_box_lock(election_id: int) -> None:
    """A lock for what will be read; one that is there stays."""
    path = _box(election_id)
    if path.exists():
        return
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    _write(fresh, AESSIV.generate_key(512))
    try:
        # Two at once: whoever links first made it, whole.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def has_box_lock(election_id: int) -> bool:
    """Whether this installation can still open what was read."""
    return _box(election_id).exists()


def shut(election_id: int, about: str, plain: bytes) -> str:
    """Words as they may lie in the database; the same about the same are the same.

    Raises KeysGone where the lock is not here.
    """
    padded = plain.ljust(-(-max(len(plain), 1) // _STEP) * _STEP)
    return b64encode(shut_file(election_id, about, padded)).decode("ascii")


def unshut(election_id: int, about: str, words: str) -> bytes:
    """The words again. Raises KeysGone."""
    return unshut_file(election_id, about, b64decode(words)).rstrip()


def shut_file(election_id: int, about: str, content: bytes) -> bytes:
    """A file as it may lie on the disk. Raises KeysGone."""
    return _cipher(election_id).encrypt(content, [about.encode()])


def unshut_file(election_id: int, about: str, content: bytes) -> bytes:
    """The file again. Raises KeysGone."""
    try:
        return _cipher(election_id).decrypt(content, [about.encode()])
    except InvalidTag as error:
        raise KeysGone from error


@contextmanager
def laid_open(content: bytes) -> Iterator[Path]:
    """A file in clear for as long as the block runs, where no backup looks; what a run that was
    killed has left there goes. One at a time.
    """
    folder = _folder() / "read"
    folder.mkdir(mode=0o700, exist_ok=True)
    for left in folder.iterdir():
        left.unlink(missing_ok=True)
    with NamedTemporaryFile(dir=folder) as file:
        file.write(content)
        file.flush()
        yield Path(file.name)


def destroy_box_lock(election_id: int) -> None:
    """Overwrite and remove it; safe to run twice."""
    _destroy(_box(election_id))


def _cipher(election_id: int) -> AESSIV:
    try:
        return AESSIV(_box(election_id).read_bytes())
    except (FileNotFoundError, ValueError) as error:
        raise KeysGone from error
