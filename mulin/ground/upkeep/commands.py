"""`mulin backup`, `mulin restore`, `mulin keys`, `mulin move`, `mulin bench seed`.

What they do is loaded when it is asked for: every `mulin serve` knows the commands, and on SQLite
does without the 9 MB of PostgreSQL's driver.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _

import mulin
from mulin.ground.upkeep import keys
from mulin.ground.upkeep.refusals import NotDone
from mulin.kit import clock
from mulin.kit.command_line import Commands

if TYPE_CHECKING:
    from mulin.ground.upkeep.staged import Proved

Run = Callable[[argparse.Namespace], int]


def register(commands: Commands) -> None:
    """Add this floor's commands."""
    says = _("write everything but the keys into one sealed file, while Mulin runs")
    parser = commands.add_parser("backup", help=says, description=says)
    parser.add_argument(
        "to", nargs="?", type=Path, metavar="FILE|FOLDER",
        help=_("where it goes; without it into MULIN_BACKUP_DIR"),
    )  # fmt: skip
    parser.set_defaults(run=_backup)

    says = _("prove a backup and put it in place of what is there, which is put aside")
    parser = commands.add_parser("restore", help=says, description=says)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help=_("the backup"))
    parser.add_argument(
        "--try", action="store_true", dest="only_try",
        help=_("only prove it, in a place of its own, and touch nothing"),
    )  # fmt: skip
    parser.add_argument(
        "--replace", action="store_true", help=_("a community lives here: put it aside")
    )
    parser.add_argument(
        "--keys", type=Path, metavar="FILE", help=_("the keys that were kept apart")
    )
    parser.add_argument("--staged", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=_restore)

    says = _("say where the keys are, or copy them into a file for the safe")
    parser = commands.add_parser("keys", help=says, description=says)
    parser.add_argument("to", nargs="?", type=Path, metavar="FILE", help=_("the copy"))
    parser.set_defaults(run=_keys)

    says = _("carry everything into another database: SQLite to PostgreSQL, or back")
    parser = commands.add_parser("move", help=says, description=says)
    parser.add_argument(
        "--to", required=True, metavar="URL",
        help=_("such as postgres://mulin@127.0.0.1/mulin, or sqlite:////srv/mulin.sqlite3"),
    )  # fmt: skip
    parser.add_argument(
        "--community", metavar="SLUG",
        help=_("only this community, beside those that live there; with the same keys"),
    )  # fmt: skip
    parser.add_argument(
        "--files", type=Path, metavar="FOLDER",
        help=_("with --community: copy its files into this folder of files"),
    )  # fmt: skip
    parser.set_defaults(run=_move)

    says = _("fill an empty database with a made-up county, to measure at its size")
    parser = commands.add_parser("bench seed", help=says, description=says)
    parser.add_argument(
        "--of", type=int, default=100, metavar="N",
        help=_("one part of N of 400 communities with 4,000,000 people"),
    )  # fmt: skip
    parser.set_defaults(run=_seed)


def _saying_why(run: Run) -> Run:
    """A refusal is a sentence and the code 1."""

    @wraps(run)
    def told(chosen: argparse.Namespace) -> int:
        try:
            return run(chosen)
        except NotDone as refusal:
            print(refusal, file=sys.stderr)
            return 1

    return told


@_saying_why
def _seed(chosen: argparse.Namespace) -> int:
    beside = Path(mulin.__file__).resolve().parent.parent
    if not (beside / "bench" / "seed.py").is_file():
        raise NotDone(_("The measuring is not installed. It lies in the source code of Mulin."))
    # In a process of its own: an installation that measures nothing loads none of it.
    return subprocess.run(  # noqa: S603  our own module, by our own Python
        [sys.executable, "-m", "bench.seed", f"--of={chosen.of}"], cwd=beside, check=False
    ).returncode


@_saying_why
def _backup(chosen: argparse.Namespace) -> int:
    from mulin.ground.upkeep.making import back_up  # noqa: PLC0415  see above

    made = back_up(chosen.to, now=clock.now())
    print(
        _("%(path)s: %(rows)s rows and %(files)s files, %(size)s MB, in %(seconds)s s")
        % {
            "path": made.path, "rows": f"{made.rows:,}", "files": f"{made.files:,}",
            "size": f"{made.size / 1_000_000:,.1f}", "seconds": f"{made.seconds:.0f}",
        }
    )  # fmt: skip
    if _is_beside_data(made.path):
        print(_("It lies on the disk of the data: take it to another place as well."))
    print(
        _(
            "The keys are not in it, and without them nobody can read it. They are in %(where)s;"
            " keep a copy of them apart from the backups, in a safe: mulin keys FILE"
        )
        % {"where": keys.where()}
    )
    return 0


@_saying_why
def _restore(chosen: argparse.Namespace) -> int:
    from mulin.ground.upkeep.restoring import restore, try_restore  # noqa: PLC0415  see above

    if chosen.staged:
        return _prove()
    if chosen.file is None:
        print(_("Say which backup: mulin restore FILE"), file=sys.stderr)
        return 2
    if chosen.only_try:
        _tell(try_restore(chosen.file, keys_from=chosen.keys))
        print(_("It can be restored. Nothing was changed here."))
        return 0
    proved, aside = restore(
        chosen.file, now=clock.now(), replace=chosen.replace, keys_from=chosen.keys
    )
    _tell(proved)
    print(_("It is in place. What was there before lies in %(aside)s.") % {"aside": aside})
    print(_("Everybody has to sign in again. Start Mulin: mulin serve"))
    return 0


def _prove() -> int:
    """The child's part (see `staged`): what it found, or why not, as JSON."""
    from mulin.ground.upkeep.staged import prove  # noqa: PLC0415  see above

    try:
        found: dict[str, object] = asdict(prove(clock.now()))
    except NotDone as refusal:
        found = {"refused": str(refusal)}
    connections.close_all()
    print(json.dumps(found))
    return 0


def _tell(proved: "Proved") -> None:
    made = clock.parse_local(proved.made_at).astimezone(clock.SHANGHAI)
    print(
        _(
            "A backup of %(when)s: %(communities)s communities, %(tables)s tables with %(rows)s"
            " rows, %(acts)s acts, %(files)s files."
        )
        % {
            "when": f"{made:%Y-%m-%d %H:%M}", "communities": proved.communities,
            "tables": proved.tables, "rows": f"{proved.rows:,}", "acts": f"{proved.acts:,}",
            "files": f"{proved.files:,}",
        }
    )  # fmt: skip
    print(_("Every byte is as it was written, the database is sound, the record of acts is whole."))
    if proved.erased_again:
        print(
            _("%(count)s records that were erased since were erased again.")
            % {"count": proved.erased_again}
        )
    if proved.files_missing:
        print(
            _("%(count)s files that the database names were not there when it was made.")
            % {"count": proved.files_missing}
        )


@_saying_why
def _keys(chosen: argparse.Namespace) -> int:
    keys.backup_key()
    if chosen.to is None:
        print(_("The keys are in %(where)s.") % {"where": keys.where()})
        print(_("Copy them into a file for the safe: mulin keys FILE"))
        return 0
    keys.write_copy(chosen.to)
    print(
        _(
            "The keys were copied into %(path)s. Whoever has it can read every backup: print it or"
            " put it on a stick, lock it away apart from the backups, and delete it here."
        )
        % {"path": chosen.to}
    )
    return 0


@_saying_why
def _move(chosen: argparse.Namespace) -> int:
    from mulin.ground.upkeep.moving import move, move_community  # noqa: PLC0415  see above

    if chosen.community:
        moved = move_community(chosen.to, chosen.community, chosen.files)
    else:
        moved = move(chosen.to)
    print(
        _("%(tables)s tables with %(rows)s rows were moved, and each was compared row by row.")
        % {"tables": moved.tables, "rows": f"{moved.rows:,}"}
    )
    if chosen.community:
        print(_("The community stays here, too, unchanged. Close it here before it works there."))
        return 0
    print(
        _("From now on set MULIN_DATABASE_URL=%(url)s and start: mulin serve") % {"url": chosen.to}
    )
    print(_("The old database stays where it is, unchanged. Files and keys stay in place too."))
    return 0


def _is_beside_data(path: Path) -> bool:
    return path.stat().st_dev == Path(settings.DATA_DIR).stat().st_dev
