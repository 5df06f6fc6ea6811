"""The keys without which no backup can be read: where they are, a copy for the safe, their marks.

They never go into a backup: whoever finds a backup must not find its keys with it.
"""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from mulin.ground.upkeep.refusals import NotDone
from mulin.ground.upkeep.rules import SUFFIX

#: Shorter ones could stand in any text by chance.
_SHORTEST: Final = 16
#: By the name in `keys.json`: the setting that takes the place of each.
VARIABLES: Final = {
    "secret": "MULIN_SECRET_KEY",
    "salt": "MULIN_SALT_KEY",
    "index": "MULIN_INDEX_KEY",
    "audit": "MULIN_AUDIT_KEY",
    "backup": "MULIN_BACKUP_KEY",
}


def keys_file() -> Path:
    """Where the installation's own keys lie."""
    return Path(settings.DATA_DIR) / "keys.json"


def backup_key() -> bytes:
    """The key that seals backups; made when it is first asked for, and kept with the others."""
    return _bytes_of(settings.MULIN_BACKUP_KEY or _kept_backup_key())


def backup_key_in(path: Path) -> bytes:
    """The backup key of a copy for the safe. Raises NotDone when none is in it."""
    return _bytes_of(read_copy(path)["backup"])


def read_copy(path: Path) -> dict[str, str]:
    """The keys of a copy for the safe, by name. Raises NotDone."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or not VARIABLES.keys() <= found.keys():
        raise NotDone(
            _("%(path)s is no copy of Mulin's keys. One is made by: mulin keys FILE")
            % {"path": path}
        )
    return {str(name): str(value) for name, value in found.items()}


def present_keys() -> dict[str, str]:
    """The keys in use, by their names in `keys.json`."""
    return {
        "secret": settings.SECRET_KEY,
        "salt": " ".join(settings.SALT_KEY),
        "index": settings.MULIN_INDEX_KEY.decode(),
        "audit": settings.MULIN_AUDIT_KEY.decode(),
        "backup": settings.MULIN_BACKUP_KEY or _kept_backup_key(),
        **(
            {"fallbacks": " ".join(settings.SECRET_KEY_FALLBACKS)}
            if settings.SECRET_KEY_FALLBACKS
            else {}
        ),
    }


_apart: list[Callable[[], Iterable[str]]] = []


def register_apart(keys: Callable[[], Iterable[str]]) -> None:
    """Called once by the `apps.py` of a room with keys of its own that no backup may hold."""
    _apart.append(keys)


def never_inside() -> list[bytes]:
    """What must not be found in a backup, as bytes."""
    each = [one for value in present_keys().values() for one in value.split()]
    each += [one for keys in _apart for one in keys()]
    return sorted({one.encode() for one in each if len(one) >= _SHORTEST})


def write_copy(path: Path) -> None:
    """Write the keys in use into a file for the safe. Raises NotDone beside backups, and for a
    file that is there already.
    """
    folder = path.absolute().parent
    backups = settings.MULIN_BACKUP_DIR
    if (backups and folder.resolve() == Path(backups).resolve()) or any(folder.glob(f"*{SUFFIX}")):
        raise NotDone(
            _(
                "There are backups in %(folder)s. Keys are kept apart from them: choose another place."
            )
            % {"folder": folder}
        )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise NotDone(
            _("%(path)s cannot be written: %(why)s") % {"path": path, "why": error.strerror}
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(present_keys(), file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def marks(keys: Mapping[str, str]) -> dict[str, str]:
    """What tells keys apart without telling them: of each the first, which is the one in use."""
    return {name: _mark(name, keys[name].split()[0]) for name in VARIABLES if name != "backup"}


def missing(wanted: Mapping[str, str]) -> list[str]:
    """The settings whose key is not the one these marks ask for."""
    here = {
        "secret": [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS],
        "salt": list(settings.SALT_KEY),
        "index": [settings.MULIN_INDEX_KEY.decode()],
        "audit": [settings.MULIN_AUDIT_KEY.decode()],
    }
    return [
        VARIABLES[name]
        for name, mark in wanted.items()
        if mark not in {_mark(name, key) for key in here[name]}
    ]


def where() -> str:
    """Where the keys are kept, in words."""
    from_outside = [
        variable
        for variable in VARIABLES.values()
        if os.environ.get(variable) or os.environ.get(f"{variable}_FILE")
    ]
    if not from_outside:
        return str(keys_file())
    if len(from_outside) == len(VARIABLES):
        return ", ".join(from_outside)
    return ", ".join([str(keys_file()), *from_outside])


def _mark(name: str, key: str) -> str:
    return hmac.new(key.encode(), f"mark of {name}".encode(), hashlib.sha256).hexdigest()[:16]


def _bytes_of(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _kept_backup_key() -> str:
    """Installations that are older than their first backup get the key now, once."""
    path = keys_file()
    with (path.parent / "keys.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        if "backup" not in kept:
            kept["backup"] = secrets.token_urlsafe(48)
            replace_keys(kept)
        return kept["backup"]


def replace_keys(keys: Mapping[str, str]) -> None:
    """Put other keys in place, whole or not at all."""
    path = keys_file()
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(dict(keys), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
