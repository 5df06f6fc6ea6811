"""Making a backup: one sealed file with the database, what people sent, and the ledgers beside it."""

import errno
import fcntl
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from mulin import __version__
from mulin.ground.audit.anchors import anchor_file
from mulin.ground.upkeep import keys
from mulin.ground.upkeep.archive import FORMAT, ArchiveWriter, Manifest, chunks_of
from mulin.ground.upkeep.erased import LEDGER, known_erasures, write_ledger
from mulin.ground.upkeep.placing import finish_if_cut_off
from mulin.ground.upkeep.refusals import NotDone
from mulin.ground.upkeep.rules import SUFFIX, file_name, moment_of, to_keep
from mulin.ground.upkeep.snapshot import snapshot
from mulin.kit.clock import SHANGHAI
from mulin.kit.failpoints import failpoint

FILES: Final = "files"
ANCHORS: Final = "anchors.log"
PART: Final = ".part"
_WORK: Final = "upkeep-"
_PART_IS_LEFT_AFTER: Final = 3600  # seconds in which nothing was written to it


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made."""

    path: Path
    size: int
    rows: int
    files: int
    seconds: float


def back_up(to: Path | None, *, now: datetime) -> Made:
    """Make a backup into a file, or under a name of its own into a folder; without either into
    MULIN_BACKUP_DIR. It appears under its name only when it is whole and on the disk.

    Raises NotDone.
    """
    began = time.monotonic()
    path = _file_for(to, now)
    with alone():
        finish_if_cut_off()
        _drop_parts(path.parent, now)
        with working_folder() as work:
            rows, files = _sealed(path, work, now=now)
        with suppress(OSError):
            write_ledger(path.parent / LEDGER, known_erasures())
    return Made(path, path.stat().st_size, rows, files, time.monotonic() - began)


def _sealed(path: Path, work: Path, *, now: datetime) -> tuple[int, int]:
    part = path.with_name(f"{path.name}.{os.getpid()}{PART}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            archive = ArchiveWriter(file, keys.backup_key(), secrets=keys.never_inside())
            counts = _write(archive, work, now=now)
            file.flush()
            os.fsync(file.fileno())
        failpoint("backup.before_rename")
        part.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise NotDone(_told(error, path)) from error
    except sqlite3.Error as error:  # its copy found no room, or the database itself is damaged
        raise NotDone(_("The database could not be copied: %(why)s") % {"why": error}) from error
    finally:
        part.unlink(missing_ok=True)
    return counts


def drop_old_backups(folder: Path) -> list[Path]:
    """Delete the backups that `rules.to_keep` lets go; nothing else in the folder is touched."""
    by_moment = {
        moment: path
        for path in folder.glob(f"*{SUFFIX}")
        if (moment := moment_of(path.name)) is not None
    }
    kept = to_keep(by_moment)
    dropped = [path for moment, path in sorted(by_moment.items()) if moment not in kept]
    for path in dropped:
        path.unlink(missing_ok=True)
    return dropped


def newest_backup(folder: Path) -> Path | None:
    """The latest backup by its name."""
    named = [path for path in folder.glob(f"*{SUFFIX}") if moment_of(path.name)]
    return max(named, key=lambda path: path.name, default=None)


@contextmanager
def alone() -> Iterator[None]:
    """One backup, restore or move at a time. Raises NotDone while another one is at it."""
    with (Path(settings.DATA_DIR) / "upkeep.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotDone(
                _("Another backup or restore is at work. Wait until it is done.")
            ) from None
        yield


@contextmanager
def working_folder() -> Iterator[Path]:
    """A folder beside the data, as closed as they are, gone in the end; so is what a process that
    was killed left of its own. Only for whoever is `alone`.
    """
    data = Path(settings.DATA_DIR)
    for left in data.glob(f"{_WORK}*/"):
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=data))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Let a new name in it survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _file_for(to: Path | None, now: datetime) -> Path:
    if to is None:
        if not settings.MULIN_BACKUP_DIR:
            raise NotDone(
                _("Say where the backup goes: mulin backup FOLDER, or set MULIN_BACKUP_DIR.")
            )
        to = Path(settings.MULIN_BACKUP_DIR)
    # What is not there may be a disk that is away, and is no name for a file.
    path = to if to.suffix == SUFFIX else to / file_name(now.astimezone(SHANGHAI))
    if not path.parent.is_dir():
        raise NotDone(
            _("There is no folder %(folder)s. Is the disk for backups there?")
            % {"folder": path.parent}
        )
    if path.exists():
        raise NotDone(_("%(path)s is there already. Choose another name.") % {"path": path})
    files = Path(settings.FILES_DIR).resolve()
    if files == path.parent.resolve() or files in path.parent.resolve().parents:
        raise NotDone(_("A backup cannot lie among the files it holds. Choose another folder."))
    return path


def _write(archive: ArchiveWriter, work: Path, *, now: datetime) -> tuple[int, int]:
    # Heads of chains that are older than the database are found in it; newer ones would not be.
    anchors = anchor_file().read_bytes() if anchor_file().exists() else b""
    with snapshot(work) as moment:
        failpoint("backup.after_snapshot")
        for name, chunks in moment.members():
            archive.add(name, chunks, packed=True)
        # After the database: what its rows name was there before them.
        files = 0
        for path in _files():
            with suppress(FileNotFoundError), path.open("rb") as file:  # deleted meanwhile
                name = f"{FILES}/{path.relative_to(settings.FILES_DIR).as_posix()}"
                archive.add(name, chunks_of(file), packed=False)
                files += 1
        archive.add(ANCHORS, iter([anchors]), packed=True)
        write_ledger(work / LEDGER, known_erasures())
        archive.add(LEDGER, iter([(work / LEDGER).read_bytes()]), packed=True)
        archive.close(
            Manifest(
                format=FORMAT, made_at=now.isoformat(), version=__version__,
                database=moment.database, migrations=moment.migrations, rows=moment.rows,
                columns=moment.columns, keys=keys.marks(keys.present_keys()),
            )
        )  # fmt: skip
        return sum(moment.rows.values()), files


def _files() -> Iterator[Path]:
    """What people sent; a link would lead out of the folder and is left."""
    for folder, _folders, names in os.walk(settings.FILES_DIR):
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _drop_parts(folder: Path, now: datetime) -> None:
    """What a backup that was killed left. Another installation may be at work in the same folder:
    what it writes is young.
    """
    for left in folder.glob(f"*{SUFFIX}.*{PART}"):
        with suppress(OSError):
            if left.stat().st_mtime < now.timestamp() - _PART_IS_LEFT_AFTER:
                left.unlink()


def _told(error: OSError, path: Path) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _("The disk is full; no backup was made. Make room in %(folder)s.") % {
            "folder": error.filename or path.parent
        }
    return _("%(path)s could not be written: %(why)s") % {
        "path": path,
        "why": error.strerror or error,
    }
