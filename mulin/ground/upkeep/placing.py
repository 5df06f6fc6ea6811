"""What was proved takes the place of what is there, at one moment; what was there is put aside.

Until the switch everything that is there works as before: the restored files are added beside its
own (their names are random, so none is in the way). The switch is one rename of the database file,
or one transaction that renames two schemas. What remains to be done after it stands in a note, and
whoever starts next finishes it (`finish_if_cut_off`).
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.utils.translation import gettext as _
from psycopg import errors, sql

from mulin.ground.audit.anchors import anchor_file
from mulin.ground.people.actions.erasure import ledger_path, read_ledger
from mulin.ground.upkeep import postgres
from mulin.ground.upkeep.erased import LEDGER, write_ledger
from mulin.ground.upkeep.refusals import NotDone
from mulin.ground.upkeep.snapshot import DATABASE
from mulin.kit.failpoints import failpoint

FILES: Final = "files"
_SECONDS_TO_WAIT: Final = 2


@dataclass(frozen=True, slots=True)
class Note:
    """What is being put in place, kept on the disk until it is done."""

    staged: str  # the folder that was proved
    aside: str  # the folder for what was there
    database: str  # the proved database file, ready to be renamed; empty on PostgreSQL
    schema: str  # the proved schema; empty on SQLite
    aside_schema: str


def is_in_use() -> bool:
    """Whether a community lives in the database already, or nobody can tell."""
    if connection.vendor == "sqlite" and not _database_file().exists():
        return False
    try:
        if "community_community" not in connection.introspection.table_names():
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM community_community LIMIT 1")
            return cursor.fetchone() is not None
    except DatabaseError:
        return True


def put_in_place(staged: Path, aside: Path, *, schema: str) -> None:
    """Put the proved data folder (and schema) in place, what was there into `aside`.

    Raises NotDone while Mulin runs.
    """
    connections.close_all()
    with _alone_in_database() as database:
        aside.mkdir(mode=0o700)
        note = Note(
            staged=str(staged), aside=str(aside), database="" if schema else str(_near(staged)),
            schema=schema, aside_schema=aside.name.replace("-", "_") if schema else "",
        )  # fmt: skip
        _write(note)
        _copy_aside(aside)
        _link_tree(staged / FILES, Path(settings.FILES_DIR))
        write_ledger(ledger_path(), read_ledger(staged / LEDGER))
        os.sync()
        failpoint("restore.before_switch")
        _switch(note, database)
        failpoint("restore.after_switch")
    _finish(note)


def is_cut_off() -> bool:
    """Whether a restore is being put in place, or was killed while it was."""
    return _note_file().exists()


def finish_if_cut_off() -> None:
    """End what a restore that was killed left: forward if it had switched, else back. Only for
    whoever is alone: it may not be killed but still at work.
    """
    if not is_cut_off():
        return
    note = Note(**json.loads(_note_file().read_text(encoding="utf-8")))
    if _has_switched(note):
        _finish(note)
        return
    if note.schema:
        drop_schema(note.schema)
    else:
        Path(note.database).unlink(missing_ok=True)
    shutil.rmtree(note.staged, ignore_errors=True)
    shutil.rmtree(note.aside, ignore_errors=True)
    _note_file().unlink()


def make_schema(name: str) -> None:
    """An empty schema in which a backup is proved. Raises NotDone where the role may not."""
    drop_schema(name)
    with closing(postgres.connect()) as database:
        try:
            database.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        except errors.InsufficientPrivilege:
            raise NotDone(
                _("Mulin's database role may not make a schema. Let it own the database.")
            ) from None


def drop_schema(name: str) -> None:
    """Take it away with all that is in it."""
    with closing(postgres.connect()) as database:
        # Table by table: all at once takes more locks than a server has room for by default.
        names = database.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", [name]
        ).fetchall()
        for (table,) in names:
            database.execute(
                # A part went with its whole.
                sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(name, table))
            )
        database.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))


@contextmanager
def nobody_else() -> Iterator[None]:
    """Nobody writes into the database while this lasts. Raises NotDone while Mulin runs."""
    connections.close_all()
    with _alone_in_database():
        yield


# ── alone ────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _alone_in_database() -> Iterator["postgres.Connection | None"]:
    if connection.vendor == "sqlite":
        with _alone_in_file(_database_file()):
            yield None
        return
    with closing(postgres.connect()) as database:
        if others := postgres.others_connected(database):
            raise _still_open(", ".join(others))
        yield database


@contextmanager
def _alone_in_file(path: Path) -> Iterator[None]:
    """Hold the database file, without its log, so that nobody opens it meanwhile."""
    if not path.exists():
        yield
        return
    with closing(sqlite3.connect(path, timeout=_SECONDS_TO_WAIT, isolation_level=None)) as held:
        try:
            # Refused as long as anybody has it open; writes the log back into the file.
            held.execute("PRAGMA journal_mode=DELETE")
            held.execute("PRAGMA locking_mode=EXCLUSIVE")
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise _still_open(str(path)) from error
        except sqlite3.DatabaseError:
            pass  # too damaged to be held, which may be why it is to be replaced
        yield


def _still_open(by: str) -> NotDone:
    return NotDone(
        _("Mulin still has its database open (%(who)s). Stop it first, then try again.")
        % {"who": by}
    )


# ── the switch ───────────────────────────────────────────────────────────────────────────────


def _near(staged: Path) -> Path:
    """The proved database beside its place, whole in one file, so that one rename is enough."""
    proved, path = staged / DATABASE, _database_file()
    with _alone_in_file(proved):
        pass
    near = path.with_name(f".{path.name}.restored")
    shutil.move(proved, near)
    return near


def _switch(note: Note, database: "postgres.Connection | None") -> None:
    if database is None:
        path = _database_file()
        Path(note.database).replace(path)
        _sync(path.parent)
        return
    with database.transaction():
        row = database.execute("SELECT current_schema()").fetchone()
        here = str(row[0]) if row else "public"
        for old, new in ((here, note.aside_schema), (note.schema, here)):
            database.execute(
                sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(
                    sql.Identifier(old), sql.Identifier(new)
                )
            )


def _has_switched(note: Note) -> bool:
    if not note.schema:
        return not Path(note.database).exists()
    with closing(postgres.connect()) as database:
        found = database.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [note.schema])
        return found.fetchone() is None


def _copy_aside(aside: Path) -> None:
    """What is there, once more, in a folder of its own; files as further names of the same."""
    if connection.vendor == "sqlite":
        path = _database_file()
        if path.exists():
            _link(path, aside / path.name)
        for suffix in ("-wal", "-shm"):  # only of a database that could not be held
            left = path.with_name(path.name + suffix)
            if left.exists():
                shutil.move(left, aside / left.name)
    _link_tree(Path(settings.FILES_DIR), aside / FILES)
    for beside in (anchor_file(), ledger_path()):
        if beside.exists():
            shutil.copy2(beside, aside / beside.name)


def _finish(note: Note) -> None:
    """What no page depends on. Safe to be done again."""
    staged, aside, live = Path(note.staged), Path(note.aside), Path(settings.FILES_DIR)
    for old in _files_in(aside / FILES):
        restored = staged / FILES / old
        if not restored.exists():
            (live / old).unlink(missing_ok=True)
        elif restored.read_bytes() != (aside / FILES / old).read_bytes():
            (live / old).unlink(missing_ok=True)
            _link(restored, live / old)
    if (staged / anchor_file().name).exists():
        (staged / anchor_file().name).replace(anchor_file())
    shutil.rmtree(staged, ignore_errors=True)
    _note_file().unlink(missing_ok=True)
    _sync(Path(settings.DATA_DIR))


# ── files ────────────────────────────────────────────────────────────────────────────────────


def _database_file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _note_file() -> Path:
    return Path(settings.DATA_DIR) / "restore.json"


def _write(note: Note) -> None:
    draft = _note_file().with_suffix(".draft")
    draft.write_text(json.dumps(asdict(note)), encoding="utf-8")
    draft.replace(_note_file())


def _files_in(folder: Path) -> Iterator[Path]:
    for place, _folders, names in os.walk(folder):
        for name in names:
            yield Path(place, name).relative_to(folder)


def _link_tree(source: Path, into: Path) -> None:
    for file in _files_in(source):
        target = into / file
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            _link(source / file, target)


def _link(source: Path, target: Path) -> None:
    """A second name for the same content, or a copy where the file system knows none."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        shutil.copy2(source, target)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
