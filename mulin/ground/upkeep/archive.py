"""What lies in a backup, one member after the other, and at the end the list of all of it.

Each member is a name and frames of bytes; tables are packed, photos are so already. The list
(`Manifest`) comes last, since size and SHA-256 of a member are known only then.
"""

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _

from mulin.ground.upkeep.refusals import NotDone
from mulin.ground.upkeep.sealing import CHUNK, Damaged, SealedReader, SealedWriter

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_MEMBER, _END = b"M", b"E"
_LENGTH: Final = struct.Struct(">I")
_NAME: Final = struct.Struct(">H?")


@dataclass
class Manifest:
    """What a backup says of itself."""

    format: int
    made_at: str  # ISO 8601, with its zone
    version: str  # of Mulin
    database: str  # "sqlite" or "postgresql"
    migrations: dict[str, list[str]]
    rows: dict[str, int]  # by table
    columns: dict[str, list[str]]  # by table; of PostgreSQL only
    keys: dict[str, str]  # marks of the keys without which it cannot be read
    members: dict[str, tuple[int, str]] = field(default_factory=dict)  # name: size, SHA-256

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def of_json(cls, text: bytes) -> "Manifest":
        """Raises NotDone for a form that this Mulin does not know."""
        told: dict[str, Any] = json.loads(text)  # Any: JSON
        if told.get("format") != FORMAT:
            raise NotDone(
                _("The backup was made by a newer Mulin (%(version)s). Install that one first.")
                % {"version": told.get("version", "?")}
            )
        told["members"] = {name: (size, digest) for name, (size, digest) in told["members"].items()}
        return cls(**told)


class KeyInside(NotDone):
    """A key lies in what was to be backed up."""


class ArchiveWriter:
    """Puts members into a sealed file. `secrets` are what must never lie in one."""

    def __init__(self, file: BinaryIO, key: bytes, *, secrets: Sequence[bytes]) -> None:
        self._sealed = SealedWriter(file, key)
        self._secrets = secrets
        self._longest = max(map(len, secrets), default=1)
        self.members: dict[str, tuple[int, str]] = {}

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool) -> None:
        """Put one member in. Raises KeyInside when one of the secrets stands in it."""
        title = name.encode()
        self._sealed.write(_MEMBER + _NAME.pack(len(title), packed) + title)
        digest, size, before = hashlib.sha256(), 0, b""
        packer = zlib.compressobj(1)
        for chunk in chunks:
            before = self._look_for_keys(before + chunk, name)
            digest.update(chunk)
            size += len(chunk)
            self._frame(packer.compress(chunk) if packed else chunk)
        if packed:
            self._frame(packer.flush())
        self._sealed.write(_LENGTH.pack(0))
        self.members[name] = (size, digest.hexdigest())

    def close(self, manifest: Manifest) -> None:
        """Write the list of everything; the file is whole only now."""
        manifest.members = self.members
        text = manifest.as_json()
        self._sealed.write(_END + _LENGTH.pack(len(text)) + text)
        self._sealed.close()

    def _look_for_keys(self, text: bytes, name: str) -> bytes:
        """A key may lie across two chunks, so the end of each is looked at with the next."""
        if any(secret in text for secret in self._secrets):
            raise KeyInside(
                _("A key stands in %(name)s. Keys never go into a backup; take it out of there.")
                % {"name": name}
            )
        return text[-self._longest + 1 :] if self._longest > 1 else b""

    def _frame(self, content: bytes) -> None:
        if content:
            self._sealed.write(_LENGTH.pack(len(content)) + content)


def unpack(file: BinaryIO, key: bytes, into: Path) -> Manifest:
    """Write all members into a folder and prove each against the list; the list.

    Raises NotDone when anything is not as it was written.
    """
    sealed = SealedReader(file, key)
    found: dict[str, tuple[int, str]] = {}
    while (kind := sealed.read(1)) == _MEMBER:
        length, packed = _NAME.unpack(_exactly(sealed, _NAME.size))
        name = _exactly(sealed, length).decode()
        found[name] = _write(_frames(sealed, packed=packed), _place(into, name))
    if kind != _END:
        raise Damaged(_("The backup is damaged: its list is missing. Take another one."))
    (length,) = _LENGTH.unpack(_exactly(sealed, _LENGTH.size))
    text = _exactly(sealed, length)
    if sealed.read(1):
        raise Damaged(_("The backup is damaged: something follows its end. Take another one."))
    manifest = Manifest.of_json(text)
    if manifest.members != found:
        wrong = sorted(dict(found.items() ^ manifest.members.items()))
        raise Damaged(
            _("The backup is damaged: %(name)s is not what was written.") % {"name": wrong[0]}
        )
    (into / MANIFEST).write_bytes(text)
    return manifest


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """A file, piece by piece."""
    while piece := file.read(CHUNK):
        yield piece


def _frames(sealed: SealedReader, *, packed: bool) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    while True:
        (length,) = _LENGTH.unpack(_exactly(sealed, _LENGTH.size))
        if not length:
            break
        while length:
            piece = _exactly(sealed, min(length, CHUNK))
            length -= len(piece)
            if not packed:
                yield piece
                continue
            while piece:
                yield unpacker.decompress(piece, CHUNK)
                piece = unpacker.unconsumed_tail
    if packed:
        yield unpacker.flush()


def _write(pieces: Iterator[bytes], path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            file.write(piece)
    return size, digest.hexdigest()


def _place(into: Path, name: str) -> Path:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts:
        raise Damaged(_("The backup names a place outside of it: %(name)s") % {"name": name})
    return into.joinpath(*parts)


def _exactly(sealed: SealedReader, size: int) -> bytes:
    found = sealed.read(size)
    if len(found) != size:
        raise Damaged(_("The backup is damaged: its list is missing. Take another one."))
    return found
