"""`mulin doctor`: what the operator should still see to, most dangerous first.

Django's own deployment checks, and what only Mulin can know: its keys, its database, its
accounts, its worker.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.utils import timezone
from django.utils.translation import gettext as _

from mulin.ground.upkeep import installation, level
from mulin.ground.upkeep.health import SMALLEST_FREE_BYTES, WORKER_SILENT_AFTER
from mulin.ground.upkeep.safety import faults, unaccepted
from mulin.kit import clock
from mulin.kit.paper.reading import is_reader_there
from mulin.kit.posters import fonts
from mulin.kit.scoping import in_community

#: Django's checks that have no meaning here, and why.
NOT_OURS = {
    "security.W004": "follows from MULIN_HTTPS, as the three below",
    "security.W008": "the proxy that speaks HTTPS sends visitors there",
    "security.W012": "told as plain-http",
    "security.W016": "told as plain-http",
    "security.W009": "told as weak-key",
    "security.W018": "told as debug",
    "security.W005": "subdomains belong to whoever owns the domain",
    "security.W021": "the browsers' preload list is the domain owner's decision",
}

MARKS = {
    level.Standing.FULFILLED: "ok",
    level.Standing.NOT: "!!",
    level.Standing.OPERATOR: " ·",
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
    is_behind = installation.pending_migrations()
    looks = LOOKS_WITHOUT_TABLES if is_behind else LOOKS
    findings = [*_unsafe(is_behind=is_behind), *(one for look in looks for one in look())]
    return sorted(findings, key=lambda finding: not finding.is_danger)


def examine_level() -> list[level.Line]:
    """The items of national level 2 as they stand now."""
    return level.examine(clock.now())


def table(lines: Iterable[level.Line]) -> list[str]:
    """The items for a terminal: mark, clause and name; what is demanded; what is so; what to do."""
    told = []
    for line in lines:
        item = line.item
        sure = _("by the text") if item.sure is level.Sure.TEXT else _("number to be checked")
        told.append(f"{MARKS[line.standing]} {item.clause}  {item.name} ({item.source}, {sure})")
        told.append(_("     demanded: %(what)s") % {"what": item.demand})
        if line.live:
            told.append(_("     here: %(what)s") % {"what": line.live})
        if line.standing is not level.Standing.FULFILLED:
            told.append(_("     to do: %(what)s") % {"what": item.mend})
    told.append(
        _("A check of one's own and no certificate: the level is assessed by a licensed body.")
    )
    return told


def _danger(text: str, source: str) -> Finding:
    return Finding(is_danger=True, text=text, source=source)


def _advice(text: str, source: str) -> Finding:
    return Finding(is_danger=False, text=text, source=source)


def _framework() -> Iterator[Finding]:
    for message in checks.run_checks(include_deployment_checks=True):
        if message.id in NOT_OURS:
            continue
        yield Finding(
            is_danger=message.level >= checks.ERROR,
            text=" ".join(str(message.msg).split()),
            source=message.id or "django",
        )


def _unsafe(*, is_behind: bool) -> Iterator[Finding]:
    """What would stop the start in production, and what the operator took upon themselves."""
    found = faults(installation.facts(is_behind=is_behind))
    stopping = unaccepted(found, settings.MULIN_ACCEPT)
    for one in found:
        if one in stopping:
            yield _danger(one.text, one.fault.value)
        else:
            yield _advice(
                _("Accepted by MULIN_ACCEPT: %(what)s") % {"what": one.text}, one.fault.value
            )


def _keys() -> Iterator[Finding]:
    keys = Path(settings.DATA_DIR, "keys.json")
    if keys.exists():
        yield _advice(
            _(
                "The keys lie beside the data. Keep a copy of %(path)s elsewhere, apart from backups."
            )
            % {"path": keys},
            "keys",
        )


def _disk() -> Iterator[Finding]:
    free = installation.free_bytes()
    if free < SMALLEST_FREE_BYTES:
        yield _danger(
            _("Only %(megabytes)d MB are free for %(folder)s.")
            % {"megabytes": free // 1_000_000, "folder": settings.DATA_DIR},
            "disk",
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


def _backups() -> Iterator[Finding]:
    from mulin.ground.upkeep.queries import worries  # noqa: PLC0415  needs the tables

    for worry in worries(timezone.now()):
        yield Finding(is_danger=worry.is_danger, text=worry.text, source="backup")


Look = Callable[[], Iterator[Finding]]
LOOKS_WITHOUT_TABLES: tuple[Look, ...] = (
    _framework,
    _keys,
    _disk,
    _pictures,
    _reading,
)
LOOKS: tuple[Look, ...] = (*LOOKS_WITHOUT_TABLES, _people, _worker, _backups, _wechat)
