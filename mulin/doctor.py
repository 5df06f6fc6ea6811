"""`mulin doctor`: what the operator should still see to, most dangerous first.

Django's own deployment checks, and what only Mulin can know: its keys, its database, its
accounts, its worker.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from mulin.kit.paper.reading import is_reader_there
from mulin.kit.posters import fonts
from mulin.kit.scoping import in_community
from mulin.serving import pending_migrations

#: SQLite releases in which two connections that reset the log together can damage the database.
WAL_RACE = ((3, 7, 0), (3, 51, 2))
SMALLEST_FREE_BYTES = 1_000_000_000
WORKER_SILENT_AFTER = timedelta(minutes=15)
#: Django's checks that have no meaning here, and why.
NOT_OURS = {
    "security.W005": "subdomains belong to whoever owns the domain",
    "security.W021": "the browsers' preload list is the domain owner's decision",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    is_danger: bool
    text: str
    source: str

    @property
    def mark(self) -> str:
        """A danger must be seen to before residents' data comes in; the rest is advice."""
        return "!!" if self.is_danger else " ·"

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def examine() -> list[Finding]:
    """All findings, dangers first."""
    looks = LOOKS if not pending_migrations() else LOOKS_WITHOUT_TABLES
    findings = [finding for look in looks for finding in look()]
    return sorted(findings, key=lambda finding: not finding.is_danger)


def _danger(text: str, source: str) -> Finding:
    return Finding(is_danger=True, text=text, source=source)


def _advice(text: str, source: str) -> Finding:
    return Finding(is_danger=False, text=text, source=source)


def _framework() -> Iterator[Finding]:
    for message in checks.run_checks(include_deployment_checks=True):
        if message.id in NOT_OURS:
            continue
        yield Finding(
            is_danger=message.level >= checks.ERROR or message.id == "security.W018",
            text=" ".join(str(message.msg).split()),
            source=message.id or "django",
        )


def _mode_of_working() -> Iterator[Finding]:
    if settings.MULIN_DEMO:
        yield _danger(_("This is the demonstration: everybody knows its passwords."), "demo")
    if "*" in settings.ALLOWED_HOSTS:
        yield _danger(_("Mulin answers to any host name. Name yours in MULIN_HOSTS."), "hosts")


def _keys() -> Iterator[Finding]:
    folder = Path(settings.DATA_DIR)
    for path in (folder / "keys.json", *folder.glob("*.sqlite3")):
        if path.exists() and path.stat().st_mode & 0o077:
            yield _danger(
                _("Other users of this machine may read %(path)s. Run: chmod 600") % {"path": path},
                "file-mode",
            )
    if (folder / "keys.json").exists():
        yield _advice(
            _(
                "The keys lie beside the data. Keep a copy of %(path)s elsewhere, apart from backups."
            )
            % {"path": folder / "keys.json"},
            "keys",
        )


def _database() -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        version = sqlite3.sqlite_version_info
        if WAL_RACE[0] <= version <= WAL_RACE[1]:
            yield _danger(
                _("SQLite %(version)s can damage its database; 3.51.3 or newer is needed.")
                % {"version": ".".join(map(str, version))},
                "sqlite",
            )
    if connection.vendor == "postgresql":
        yield from _postgres()
    if pending_migrations():
        yield _danger(_("The database is older than this Mulin. Run: mulin migrate"), "migrations")
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < SMALLEST_FREE_BYTES:
        yield _danger(
            _("Only %(megabytes)d MB are free for %(folder)s.")
            % {"megabytes": free // 1_000_000, "folder": settings.DATA_DIR},
            "disk",
        )


def _postgres() -> Iterator[Finding]:
    from mulin.ground.community.tenancy import tenant_models  # noqa: PLC0415  needs the tables

    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            yield _danger(
                _("Mulin's database role passes by row-level security. Give it an ordinary role."),
                "database-role",
            )
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        walled = {row[0] for row in cursor.fetchall()}
    open_tables = {model._meta.db_table for model in tenant_models()} - walled
    if open_tables:
        yield _danger(
            _("Tables without row-level security: %(tables)s. Run: mulin migrate")
            % {"tables": ", ".join(sorted(open_tables))},
            "row-security",
        )


def _people() -> Iterator[Finding]:
    from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: PLC0415  needs the tables

    from mulin.ground.community.models import Account  # noqa: PLC0415  needs the tables

    staff = Account.objects.filter(is_active=True, login_name__isnull=False)
    with_second = TOTPDevice.objects.filter(confirmed=True).values("user")
    names = [str(account.login_name) for account in staff.exclude(pk__in=with_second)[:10]]
    if names:
        yield _danger(
            _("Accounts that sign in with a password and no second factor: %(names)s")
            % {"names": ", ".join(names)},
            "second-factor",
        )


def _worker() -> Iterator[Finding]:
    from mulin.ground.notify.models import SweepRun  # noqa: PLC0415  needs the tables

    lately = timezone.now() - WORKER_SILENT_AFTER
    if not SweepRun.objects.filter(finished_at__gt=lately).exists():
        yield _danger(_("The worker has not swept lately. Is `mulin serve` running?"), "worker")
    if not (settings.MULIN_SMS_URL or settings.EMAIL_URL):
        yield _advice(_("No way leads out: set MULIN_SMS_URL or MULIN_EMAIL_URL."), "channels")


def _pictures() -> Iterator[Finding]:
    if fonts() is None:
        yield _advice(
            _(
                "No font with Chinese for pictures: install Noto Sans CJK, or name one in MULIN_FONT."
            ),
            "font",
        )


def _reading() -> Iterator[Finding]:
    if not is_reader_there():
        yield _advice(
            _("Nothing reads filled-in sheets of paper here. Run: make reading"), "reading"
        )


def _wechat() -> Iterator[Finding]:
    from mulin.ground.community.models import Community  # noqa: PLC0415  needs the tables
    from mulin.ground.notify.queries import wechat_door, what_is_missing  # noqa: PLC0415  likewise

    for community in Community.objects.order_by("id"):
        with in_community(community):
            account = wechat_door()
        if account is None:
            continue
        missing = [str(what) for what in what_is_missing(account)]
        if missing:
            yield _advice(
                _("The service account of %(community)s lacks: %(what)s")
                % {"community": community.name, "what": "; ".join(missing)},
                "wechat",
            )
        if not community.host:
            yield _advice(
                _(
                    "Messages lead nowhere: %(community)s has no host. Set it: mulin host %(slug)s HOST"
                )
                % {"community": community.name, "slug": community.slug},
                "wechat",
            )
        if not settings.HTTPS:
            yield _danger(
                _("WeChat sends people back without HTTPS. Set MULIN_HTTPS=1 behind your proxy."),
                "wechat",
            )


Look = Callable[[], Iterator[Finding]]
LOOKS_WITHOUT_TABLES: tuple[Look, ...] = (
    _framework,
    _mode_of_working,
    _keys,
    _database,
    _pictures,
    _reading,
)
LOOKS: tuple[Look, ...] = (*LOOKS_WITHOUT_TABLES, _people, _worker, _wechat)
