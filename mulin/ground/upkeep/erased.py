"""Who was erased stays erased: the ledgers of all places put together.

A ledger holds ids and times, no personal data. It lies in the database, beside it, beside the
backups, and in each backup; a restore replays what any of them says.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from mulin.ground.community.models import Community
from mulin.ground.people.actions.erasure import (
    LedgerEntry,
    append_to_ledger,
    ledger,
    ledger_path,
    read_ledger,
)
from mulin.ground.people.models import Erasure
from mulin.kit.scoping import in_community

LEDGER = "erasures.jsonl"


def known_erasures(*more: Path) -> list[LedgerEntry]:
    """Every erasure that the database and the ledgers here know of, and those in `more` files."""
    return _once([*_in_database(), *ledgers_beside(*more)])


def ledgers_beside(*more: Path) -> list[LedgerEntry]:
    """What the ledgers outside the database know of, and those in `more` files."""
    paths = [ledger_path(), *more]
    if settings.MULIN_BACKUP_DIR:
        paths.append(Path(settings.MULIN_BACKUP_DIR) / LEDGER)
    return _once(one for path in paths for one in read_ledger(path))


def write_ledger(path: Path, entries: Iterable[LedgerEntry]) -> None:
    """Add what the ledger lacks; nothing is ever taken out of it."""
    known = {(one.community_id, one.person_id) for one in read_ledger(path)}
    append_to_ledger(
        path, [one for one in entries if (one.community_id, one.person_id) not in known]
    )


def _in_database() -> Iterator[LedgerEntry]:
    if Erasure._meta.db_table not in connection.introspection.table_names():
        return
    for community in Community.objects.order_by("id"):
        with in_community(community):
            yield from ledger()


def _once(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    found: dict[tuple[int, int], LedgerEntry] = {}
    for one in entries:
        found.setdefault((one.community_id, one.person_id), one)
    return list(found.values())
