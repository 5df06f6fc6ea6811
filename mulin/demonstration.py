"""`mulin demo`: a community that is full of life at the first start and merely opens at the next.

A note in the data folder says how far the making got. A making that was cut off starts over from
an empty database, and a folder that holds anything else is never touched.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mulin.ground.upkeep.installation import pending_migrations
from mulin.serving import CannotServe, collect_static

MAKING, MADE = "making", "made"

Say = Callable[[str], None]


def prepare(say: Say, *, make: Callable[[Say], object]) -> None:
    """See to it that the demonstration stands, by `make` at the first start; `say` tells each step.

    Raises CannotServe if the data folder holds another installation, or another process is making
    the demonstration at this moment.
    """
    note = Path(settings.DATA_DIR, "demo.state")
    with _alone(note):
        state = note.read_text("ascii")
        if state == MADE:
            if pending_migrations():
                say(_("Bringing the database up to this version …"))
                call_command("migrate", interactive=False, verbosity=0)
            return
        if state == MAKING:
            say(_("The last making was cut off; starting over …"))
            _forget_everything()
        elif connection.introspection.table_names():
            raise CannotServe(
                _("%(folder)s holds a community already. Choose another folder: MULIN_DATA_DIR")
                % {"folder": settings.DATA_DIR}
            )
        note.write_text(MAKING, "ascii")
        say(_("Making the tables …"))
        call_command("migrate", interactive=False, verbosity=0)
        say(_("Preparing styles and pictures …"))
        collect_static()
        with _without_waiting():
            make(say)
        note.write_text(MADE, "ascii")


def fill_years() -> None:
    """Live through the years before the present, in a process of the tree that ends with them."""
    from mulin.site import demo_parts, demo_years  # noqa: PLC0415  the first start makes their tables

    demo_years.fill(demo_parts.PARTS)


def welcome(url: str, accounts: Iterable[tuple[str | Promise, str, str]]) -> str:
    """What the terminal shows once pages are answered: the address, and whom to sign in as.

    Each account is a role, the name to type, and what else it takes to get in.
    """
    lines = [f"  {role}: {name}  {how}" for role, name, how in accounts]
    return "\n".join(
        ["", _("Mulin is open at %(url)s") % {"url": url}, *lines, _("Ctrl-C closes it.")]
    )


@contextmanager
def _without_waiting() -> Iterator[None]:
    """Let SQLite not wait for the disk: what a power cut takes of a making is made anew anyway."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _alone(note: Path) -> Iterator[None]:
    """Hold the note: two makings at once would each undo the other."""
    with note.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotServe(_("Another process is making this demonstration.")) from None
        yield


def _forget_everything() -> None:
    """Take away what a cut-off making left. The note proves that nothing else stands there."""
    if connection.vendor != "sqlite":
        raise CannotServe(
            _("The making was cut off. Empty the database and the data folder, then start again.")
        )
    connections.close_all()
    database = Path(settings.DATABASES["default"]["NAME"])
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    shutil.rmtree(settings.FILES_DIR, ignore_errors=True)
