"""The signing keys of an election: locked by a file that no backup holds, gone with that file.

The database keeps them encrypted under a key that lies in `DATA_DIR/urn/`, outside the database and
outside every backup. When the file is destroyed at the end of the vote, what backups, write-ahead
logs and replicas hold of the keys is noise, and nobody can sign a ballot any more.
"""

import json
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from mulin.commons.ballots.blindrsa import SecretKey


class KeysGone(LookupError):  # noqa: N818  says what happened
    """The file that unlocks an election's keys is not here."""


def _file(election_id: int) -> Path:
    return Path(settings.DATA_DIR) / "urn" / f"{election_id}.key"


def make_lock(election_id: int) -> None:
    """A fresh lock; raises FileExistsError where there is one already."""
    path = _file(election_id)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(Fernet.generate_key())
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
    path = _file(election_id)
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
