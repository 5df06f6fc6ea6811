"""How the installation is at this moment: what works, what waits, what an operator should see to."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography import x509
from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Max, Min
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mulin import __version__
from mulin.ground.community.models import Community
from mulin.ground.notify.models import Message, SweepRun
from mulin.ground.notify.queries import failed_jobs, late_since
from mulin.ground.upkeep import installation
from mulin.ground.upkeep.rules import SUFFIX, TRY
from mulin.kit.clock import SHANGHAI

#: The worker sweeps each minute; one long job may keep it from that for some.
WORKER_SILENT_AFTER: Final = timedelta(minutes=15)
SMALLEST_FREE_BYTES: Final = 1_000_000_000
#: A nightly backup that is late by half a day did not happen.
BACKUP_OLD_AFTER: Final = timedelta(hours=36)
#: The try of a restore is weekly.
TRY_OLD_AFTER: Final = timedelta(days=10)
CERTIFICATE_SHORT: Final = timedelta(days=21)
MESSAGE_GRACE: Final = timedelta(minutes=5)


class Tone(StrEnum):
    """How much a sign matters, in the words of kit/status.html."""

    GOOD = "jade"
    SOON = "amber"
    BAD = "alarm"
    UNKNOWN = "sky"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that tells how the installation is: what it is now, and what to do about it."""

    label: str | Promise
    tone: Tone
    word: str
    more: str = ""
    todo: str = ""
    moment: datetime | None = None
    leads_to: str = ""


def answers() -> bool:
    """Whether this server can answer pages at all: its database answers, and has Mulin's tables."""
    try:
        Community.objects.order_by().values_list("pk").first()
    except Error:
        return False
    return True


def is_well(now: datetime) -> bool:
    """Whether a monitor may keep quiet. Cheap, writes nothing: strangers may ask, too."""
    return answers() and all(sign.tone is not Tone.BAD for sign in _of_the_house(now))


def signs(community_id: int, now: datetime) -> list[Sign]:
    """Everything for the operator; messages and jobs are those of the community in scope."""
    return [_database(), *_of_the_house(now), _messages(now), _jobs(community_id), _version()]


def _of_the_house(now: datetime) -> Iterator[Sign]:
    yield _worker(now)
    yield _disk()
    yield _backup(now)
    yield _restore(now)
    yield _certificate(now)


def _database() -> Sign:
    label = gettext_lazy("Database")
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(connection.vendor, "")
    if not is_writable():
        return Sign(
            label, Tone.BAD, _("cannot be written to"), kind,
            _("See whether its disk is full or its file belongs to another user."),
        )  # fmt: skip
    if installation.pending_migrations():
        return Sign(label, Tone.BAD, _("is older than this Mulin"), kind, _("Run: mulin migrate"))
    return Sign(label, Tone.GOOD, _("reads and writes"), kind)


def is_writable() -> bool:
    """Whether the database takes what is written: a transaction for writing opens."""
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SHOW transaction_read_only")
                return bool(cursor.fetchone()[0] == "off")
        if not connection.in_atomic_block:  # inside one, SQLite opened it for writing already
            with transaction.atomic():
                pass
    except Error:
        return False
    return not _is_read_only()


def _is_read_only() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only")
        return bool(cursor.fetchone()[0])


def _worker(now: datetime) -> Sign:
    label = gettext_lazy("Background worker")
    last = SweepRun.objects.aggregate(last=Max("started_at"))["last"]
    if last is None:
        return Sign(
            label, Tone.BAD, _("has not worked yet"),
            todo=_("Start it: mulin serve, or mulin work beside it."),
        )  # fmt: skip
    if last < now - WORKER_SILENT_AFTER:
        return Sign(
            label, Tone.BAD, _("is silent"), _("last at work"),
            _("Start it: mulin serve, or mulin work beside it."), last,
        )  # fmt: skip
    return Sign(label, Tone.GOOD, _("works"), _("last at work"), moment=last)


def _disk() -> Sign:
    label, free = gettext_lazy("Disk"), installation.free_bytes()
    gigabytes = _("%(free).1f GB free") % {"free": free / 1e9}
    if free < SMALLEST_FREE_BYTES:
        return Sign(
            label, Tone.BAD, _("nearly full"), gigabytes,
            _("Make room in %(folder)s.") % {"folder": settings.DATA_DIR},
        )  # fmt: skip
    return Sign(label, Tone.GOOD, _("has room"), gigabytes)


def newest_backup() -> datetime | None:
    """When the newest backup was finished, by its file; None without one or without a folder."""
    if not settings.MULIN_BACKUP_DIR:
        return None
    times = [path.stat().st_mtime for path in Path(settings.MULIN_BACKUP_DIR).glob(f"*{SUFFIX}")]
    return datetime.fromtimestamp(max(times), SHANGHAI) if times else None


def _backup(now: datetime) -> Sign:
    label = gettext_lazy("Backup")
    if not settings.MULIN_BACKUP_DIR:
        return Sign(
            label, Tone.UNKNOWN, _("not set up"),
            todo=_("Name a folder on another disk in MULIN_BACKUP_DIR."),
        )  # fmt: skip
    last = newest_backup()
    todo = _("See whether the worker runs and %(folder)s can be written to.") % {
        "folder": settings.MULIN_BACKUP_DIR
    }
    if last is None:
        return Sign(label, Tone.BAD, _("none yet"), todo=todo)
    if last < now - BACKUP_OLD_AFTER:
        return Sign(label, Tone.BAD, _("too old"), _("the last one"), todo, last)
    return Sign(label, Tone.GOOD, _("made"), _("the last one"), moment=last)


def _restore(now: datetime) -> Sign:
    label = gettext_lazy("Try of a restore")
    run = SweepRun.objects.filter(name=TRY).first()
    if run is None or (run.finished_at is None and not run.failures_in_a_row):
        return Sign(
            label, Tone.UNKNOWN, _("not tried yet"),
            todo=_("A backup that was never restored is a hope. Try it as docs/operating-backup.md says."),
        )  # fmt: skip
    if run.failures_in_a_row:
        return Sign(
            label, Tone.BAD, _("failed"), _("last tried"),
            _("The last backups may not be restorable. Try one by hand."), run.started_at,
        )  # fmt: skip
    if run.finished_at is not None and run.finished_at < now - TRY_OLD_AFTER:
        return Sign(label, Tone.SOON, _("long ago"), _("last tried"), moment=run.finished_at)
    return Sign(label, Tone.GOOD, _("worked"), _("last tried"), moment=run.finished_at)


def _certificate(now: datetime) -> Sign:
    label, path = gettext_lazy("Certificate"), settings.MULIN_CERTIFICATE
    if not path:
        return Sign(
            label, Tone.UNKNOWN, _("not watched"),
            todo=_("Name its file in MULIN_CERTIFICATE, so that it does not run out unseen."),
        )  # fmt: skip
    until = certificate_until(Path(path))
    if until is None:
        return Sign(
            label, Tone.BAD, _("cannot be read"), todo=_("Let Mulin's user read %(path)s.") % {"path": path}
        )  # fmt: skip
    days = (until - now).days
    left = ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    if until <= now:
        return Sign(label, Tone.BAD, _("has run out"), todo=_("Renew it at the proxy."))
    if until < now + CERTIFICATE_SHORT:
        return Sign(label, Tone.SOON, _("runs out soon"), left, _("Renew it at the proxy."))
    return Sign(label, Tone.GOOD, _("is valid"), left)


def certificate_until(path: Path) -> datetime | None:
    """How long a certificate (PEM) is good; None when it cannot be read."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None


def _messages(now: datetime) -> Sign:
    label, late = gettext_lazy("Messages"), late_since(now, grace=MESSAGE_GRACE)
    if late:
        oldest = Message.objects.due(now).aggregate(oldest=Min("due_at"))["oldest"]
        count = ngettext(
            "%(count)d message should have left by now.",
            "%(count)d messages should have left by now.",
            late,
        ) % {"count": late}
        return Sign(
            label, Tone.BAD, _("are late"), count + " " + _("The oldest since"), moment=oldest,
            leads_to="notify:deliveries",
        )  # fmt: skip
    return Sign(label, Tone.GOOD, _("none is late"), leads_to="notify:deliveries")


def _jobs(community_id: int) -> Sign:
    label = gettext_lazy("Jobs")
    failing = SweepRun.objects.filter(failures_in_a_row__gt=0).count()
    count = len(failed_jobs(community_id)) + failing
    if count:
        words = ngettext("%(count)d failed", "%(count)d failed", count) % {"count": count}
        return Sign(label, Tone.BAD, words, leads_to="notify:deliveries")
    return Sign(label, Tone.GOOD, _("none failed"), leads_to="notify:deliveries")


def _version() -> Sign:
    return Sign(
        gettext_lazy("Version"), Tone.UNKNOWN, __version__,
        _("runs since"), moment=datetime.fromtimestamp(_STARTED, SHANGHAI),
    )  # fmt: skip


_STARTED: Final = time.time()
