"""Keys of cases: each case has its own, wrapped by one that lies in a file of its own.

The file (`MULIN_MEDIATION_KEYS`, by default `mediation-keys.json` beside the database) is in no
backup, and `mulin keys` does not copy it: whoever has database, backup and the installation's other
keys still reads nothing. Where the file is on a stick that is pulled out, the room is locked.

It holds the wrapping keys, the newest first, and the key of the marks by which a person is found in
an earlier case. A case whose wrapped key was thrown away is read by nobody any more.
"""

import fcntl
import hmac
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mulin.kit.refusals import Refused

_MARK_LENGTH: Final = 32
#: A token of Fernet tells the second it was made; ours tell none.
_NO_TIME: Final = 0


class KeyAway(Refused):
    """The key file is not there, is damaged, or is not the one the case was sealed with."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The mediation room is locked: its key file is not here. Ask whoever runs the computer."
            )
        )


class Box:
    """What one case keeps, opened with its key."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def seal(self, values: Any) -> str:  # Any: what JSON holds
        """Text for a column."""
        told = json.dumps(values, ensure_ascii=False).encode()
        return self._fernet.encrypt_at_time(told, _NO_TIME).decode()

    def open(self, sealed: str) -> Any:  # Any: what JSON holds
        """What was sealed. Raises KeyAway."""
        try:
            return json.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken:
            raise KeyAway from None

    def seal_bytes(self, content: bytes) -> bytes:
        """A file."""
        return self._fernet.encrypt_at_time(content, _NO_TIME)

    def open_bytes(self, sealed: bytes) -> bytes:
        """A file that was sealed. Raises KeyAway."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise KeyAway from None


def key_file() -> Path:
    """Where the wrapping keys lie."""
    return Path(settings.MULIN_MEDIATION_KEYS)


def fresh_key(*, may_found: bool) -> tuple[str, Box]:
    """A new case's key, wrapped, and its box. `may_found`: no case of the community is sealed yet,
    so that a missing file may be made. Raises KeyAway.
    """
    if may_found and not key_file().exists():
        _found()
    key = Fernet.generate_key()
    wrapped = _wrapping().encrypt(key).decode()
    return wrapped, Box(key)


def box_of(wrapped: str) -> Box:
    """The box of a case. Raises KeyAway; also when its key was thrown away."""
    try:
        return Box(_wrapping().decrypt(wrapped.encode()))
    except InvalidToken:
        raise KeyAway from None


def marker(community_id: int) -> Callable[[int], str]:
    """Gives for a person thirty-two hex digits that tell whether two parties are one. The key is
    read once. Raises KeyAway.
    """
    key = str(_kept()["marks"]).encode()

    def mark(person_id: int) -> str:
        told = f"{community_id}:{person_id}".encode()
        return hmac.new(key, told, sha256).hexdigest()[:_MARK_LENGTH]

    return mark


def rewrapped(wrapped: str) -> str:
    """The same key under the newest wrapping key. Raises KeyAway."""
    try:
        return _wrapping().rotate(wrapped.encode()).decode()
    except InvalidToken:
        raise KeyAway from None


def add_wrapping_key() -> None:
    """From now on cases are wrapped by a new key; the older ones still open. Raises KeyAway."""
    with _alone():
        kept = _kept()
        _put({**kept, "wrapping": [Fernet.generate_key().decode(), *kept["wrapping"]]})


def drop_older_keys() -> None:
    """Only once every case is wrapped anew. Raises KeyAway."""
    with _alone():
        kept = _kept()
        _put({**kept, "wrapping": kept["wrapping"][:1]})


def write_copy(path: Path) -> None:
    """A copy for the safe. Raises KeyAway, OSError for a file that is there already."""
    content = json.dumps(_kept()).encode()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def kept_apart() -> list[str]:
    """What must stand in no backup."""
    if not key_file().exists():
        return []
    kept = _kept()
    return [*kept["wrapping"], kept["marks"]]


def _wrapping() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in _kept()["wrapping"]])


def _kept() -> dict[str, Any]:  # Any: what the file holds
    try:
        found = json.loads(key_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or not {"wrapping", "marks"} <= found.keys():
        raise KeyAway
    return found


def _found() -> None:
    with _alone():
        if not key_file().exists():
            _put({"wrapping": [Fernet.generate_key().decode()], "marks": token_urlsafe(48)})


@contextmanager
def _alone() -> Iterator[None]:
    with (Path(settings.DATA_DIR) / "mediation-keys.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _put(keys: dict[str, Any]) -> None:  # Any: what the file holds
    """Whole or not at all."""
    path = key_file()
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(keys, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
