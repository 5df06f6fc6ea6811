"""National level 2 (等保二级): what the standard demands of a system, and how it stands here now.

GB/T 22239-2019, chapter 7, as far as a program can show it, and by name what only its operator
can do. Every value is read from this installation at the moment it is asked. This is a self-check:
the level is filed with the police and assessed by a licensed body, not by a program.

The standard's own text could not be read when this was written: numbers and demands are from
summaries and from memory, which `Item.sure` says of each. Check them against the official text
before handing the list to anybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    get_default_password_validators,
)
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Count, Max, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from mulin.ground.audit.anchors import anchored
from mulin.ground.audit.models import Act, Look
from mulin.ground.audit.queries import check_chain
from mulin.ground.community.models import Account, Community, Membership
from mulin.ground.community.rules import TOTP_ROLES, Role
from mulin.ground.community.tenancy import mulin_models
from mulin.ground.notify.models import SweepRun
from mulin.ground.people.models import Consent, Person
from mulin.ground.upkeep import health, installation
from mulin.ground.upkeep.rules import TRY
from mulin.ground.upkeep.safety import is_loopback, weak_keys
from mulin.kit.clock import local_day
from mulin.kit.scoping import in_community

STANDARD: Final = "GB/T 22239-2019"
LAW: Final = "《网络安全法》(2025) 第23条"
#: No number stands in the standard; these are customary, and stricter ones may be asked for.
LEAST_PASSWORD: Final = 8
MOST_TRIES: Final = 10
LONGEST_SESSION: Final = timedelta(hours=12)
STALE_AFTER: Final = timedelta(days=180)
#: How every value begins that an encrypted column holds (Fernet, version 0x80).
SEALED: Final = "gAAAA"


class Standing(StrEnum):
    """How an item stands. What the operator does, no program can see."""

    FULFILLED = "fulfilled"
    NOT = "not fulfilled"
    OPERATOR = "operator"


class Sure(StrEnum):
    """How number and demand were checked."""

    TEXT = "text"
    REPORT = "report"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found here: whether it is as demanded, and the live value."""

    is_fulfilled: bool
    live: str


@dataclass(frozen=True, slots=True)
class Item:
    """One demand. `look` reads the live value; without it the item is the operator's own, and
    `mend` says what they do about it.
    """

    key: str
    clause: str
    name: str | Promise
    demand: str | Promise
    mend: str | Promise
    look: Callable[[datetime], Seen] | None = None
    source: str = STANDARD
    sure: Sure = Sure.MEMORY


@dataclass(frozen=True, slots=True)
class Line:
    """An item as it stands now."""

    item: Item
    standing: Standing
    live: str

    def as_dict(self) -> dict[str, str]:
        """For programs; the words in the language of the moment."""
        item = self.item
        return {
            "key": item.key, "clause": item.clause, "source": item.source, "sure": item.sure.value,
            "item": str(item.name), "demand": str(item.demand), "live": self.live,
            "standing": self.standing.value, "mend": str(item.mend),
        }  # fmt: skip


def examine(now: datetime) -> list[Line]:
    """Every item, in the order of the standard."""
    return [_line(item, now) for item in ITEMS]


def _line(item: Item, now: datetime) -> Line:
    if item.look is None:
        return Line(item, Standing.OPERATOR, "")
    seen = item.look(now)
    return Line(item, Standing.FULFILLED if seen.is_fulfilled else Standing.NOT, seen.live)


# ── communication and boundary ───────────────────────────────────────────────────────────────


def _transport(_now: datetime) -> Seen:
    is_on = bool(settings.HTTPS and settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE)
    days = settings.SECURE_HSTS_SECONDS // 86_400
    if not is_on:
        return Seen(is_fulfilled=False, live=_("HTTPS is not set"))
    return Seen(
        is_fulfilled=days > 0,
        live=_("HTTPS; cookies go by it only; browsers remember it for %(days)d days")
        % {"days": days},
    )


def _listening(_now: datetime) -> Seen:
    address = settings.MULIN_ADDRESS
    return Seen(is_loopback(address), _("listens on %(address)s") % {"address": address})


def _shown(_now: datetime) -> Seen:
    hosts = " ".join(settings.ALLOWED_HOSTS)
    return Seen(
        not settings.DEBUG and "*" not in settings.ALLOWED_HOSTS,
        _("answers to: %(hosts)s; faults in full to visitors: %(debug)s")
        % {"hosts": hosts, "debug": _("yes") if settings.DEBUG else _("no")},
    )


# ── identity and access ──────────────────────────────────────────────────────────────────────


def _staff() -> Any:  # Any: a queryset of accounts, typed by its manager
    return Account.objects.filter(is_active=True, login_name__isnull=False)


def _passwords(_now: datetime) -> Seen:
    rules = get_default_password_validators()
    length = max(
        (rule.min_length for rule in rules if isinstance(rule, MinimumLengthValidator)), default=0
    )
    wanted = {CommonPasswordValidator, NumericPasswordValidator}
    kept = [_algorithm(password) for password in _staff().values_list("password", flat=True)]
    others = sum(1 for algorithm in kept if algorithm not in {"argon2", ""})
    return Seen(
        length >= LEAST_PASSWORD and wanted <= {type(rule) for rule in rules} and not others,
        _(
            "at least %(length)d characters and %(rules)d rules; %(accounts)d names, each once;"
            " %(others)d passwords not kept by Argon2"
        )
        % {"length": length, "rules": len(rules), "accounts": len(kept), "others": others},
    )


def _algorithm(password: str) -> str:
    """By what a password is kept; nothing for an account without one."""
    if not password or password.startswith("!"):
        return ""
    try:
        return str(identify_hasher(password).algorithm)
    except ValueError:
        return "?"


def _second_factor(now: datetime) -> Seen:
    held = Membership.objects.running(now).filter(role__in=[role.value for role in TOTP_ROLES])
    owing = _staff().filter(pk__in=held.values("account"))
    have = owing.filter(pk__in=TOTPDevice.objects.filter(confirmed=True).values("user"))
    staff, with_second = owing.count(), have.count()
    return Seen(
        staff == with_second,
        _("%(have)d of %(staff)d staff accounts have a second factor")
        % {"have": with_second, "staff": staff},
    )


def _lockout(_now: datetime) -> Seen:
    backend = settings.AUTHENTICATION_BACKENDS[0] == "axes.backends.AxesStandaloneBackend"
    is_on = settings.AXES_ENABLED and backend and bool(settings.AXES_COOLOFF_TIME)
    if not is_on:
        return Seen(is_fulfilled=False, live=_("nobody is locked out"))
    return Seen(
        settings.AXES_FAILURE_LIMIT <= MOST_TRIES,
        _("%(tries)d wrong passwords shut the account for %(minutes)d minutes")
        % {
            "tries": settings.AXES_FAILURE_LIMIT,
            "minutes": round(settings.AXES_COOLOFF_TIME * 60),
        },
    )


def _session(_now: datetime) -> Seen:
    age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return Seen(
        age <= LONGEST_SESSION,
        _("signed out after %(hours)d hours") % {"hours": age.total_seconds() // 3600},
    )


def _separation(now: datetime) -> Seen:
    held = Membership.objects.running(now).values("account")
    both = held.annotate(
        installs=Count("pk", filter=Q(role=Role.INSTALLER)),
        audits=Count("pk", filter=Q(role=Role.AUDITOR)),
    ).filter(installs__gt=0, audits__gt=0)
    roles = Membership.objects.running(now).values("role").distinct().count()
    return Seen(
        not both.exists(),
        _("%(roles)d roles held; %(both)d accounts both run the system and read its log")
        % {"roles": roles, "both": both.count()},
    )


def _default_accounts(_now: datetime) -> Seen:
    names = installation.demo_accounts()
    weak = weak_keys(installation.keys())
    return Seen(
        not names and not weak,
        _("%(accounts)d accounts of the demonstration; %(keys)d keys that can be guessed")
        % {"accounts": len(names), "keys": len(weak)},
    )


def _stale_accounts(now: datetime) -> Seen:
    before = now - STALE_AFTER
    unseen = Q(last_login__lt=before) | Q(last_login__isnull=True, created_at__lt=before)
    running = Membership.objects.running(now).values("account")
    stale = _staff().filter(unseen | ~Q(pk__in=running)).count()
    return Seen(
        stale == 0,
        _("%(stale)d accounts without a role now, or unused for %(days)d days")
        % {"stale": stale, "days": STALE_AFTER.days},
    )


# ── audit ────────────────────────────────────────────────────────────────────────────────────


def _audit(now: datetime) -> Seen:
    acts, silent, last = 0, 0, None
    for community in Community.objects.order_by("id"):
        with in_community(community):
            told = Act.objects.aggregate(number=Count("pk"), last=Max("at"))
        acts += told["number"]
        silent += not told["number"]
        last = max(filter(None, (last, told["last"])), default=None)
    return Seen(
        acts > 0 and not silent,
        _("%(acts)d acts: who, when, what, whose; the last on %(day)s")
        % {"acts": acts, "day": local_day(last) if last else "—"},
    )


def _chain(now: datetime) -> Seen:
    acts, faults = 0, 0
    try:
        anchors = anchored()
    except ValueError:
        return Seen(is_fulfilled=False, live=_("the kept heads of the chain cannot be read"))
    for community in Community.objects.order_by("id"):
        with in_community(community):
            seen, findings = check_chain(community.pk, anchors.get(community.pk, {}))
        acts, faults = acts + seen, faults + len(findings)
    return Seen(
        faults == 0,
        _("checked just now: %(acts)d acts, %(faults)d missing, changed or forged;"
          " %(heads)d heads kept outside the database")
        % {"acts": acts, "faults": faults, "heads": sum(map(len, anchors.values()))},
    )  # fmt: skip


def _kept(now: datetime) -> Seen:
    gone, first = 0, None
    for community in Community.objects.order_by("id"):
        with in_community(community):
            oldest = Act.objects.order_by("seq").first()
        if oldest is not None:
            gone += oldest.seq - 1
            first = min(filter(None, (first, oldest.at)))
    return Seen(
        gone == 0,
        _("kept since %(day)s; %(gone)d acts deleted")
        % {"day": local_day(first) if first else "—", "gone": gone},
    )


def _auditor(now: datetime) -> Seen:
    communities = Community.objects.count()
    audited = (
        Membership.objects.running(now)
        .filter(role=Role.AUDITOR, account__is_active=True)
        .values("community")
        .distinct()
        .count()
    )
    return Seen(
        audited == communities,
        _("%(audited)d of %(communities)d communities have an auditor")
        % {"audited": audited, "communities": communities},
    )


# ── data ─────────────────────────────────────────────────────────────────────────────────────


def _encryption(_now: datetime) -> Seen:
    columns = _encrypted_columns()
    plain = 0
    for community in Community.objects.order_by("id"):
        with in_community(community):
            plain += sum(_plain(*column, community.pk) for column in columns if column[2])
    plain += sum(_plain(*column, None) for column in columns if not column[2])
    return Seen(
        plain == 0,
        _("%(columns)d encrypted columns; %(plain)d values in them that are not")
        % {"columns": len(columns), "plain": plain},
    )


def _encrypted_columns() -> list[tuple[str, str, bool]]:
    """Table, column, and whether its rows belong to communities."""
    return [
        (model._meta.db_table, str(field.column), _is_of_communities(model))
        for model in mulin_models()
        for field in model._meta.concrete_fields
        if type(field).__module__.startswith("encrypted_fields")
    ]


def _is_of_communities(model: Any) -> bool:  # Any: a table of any kind
    return any(field.name == "community" for field in model._meta.concrete_fields)


def _plain(table: str, column: str, _is_scoped: bool, community_id: int | None) -> int:  # noqa: FBT001  a row of the list above
    quote = connection.ops.quote_name
    named = quote(column)
    sql = (
        f"SELECT count(*) FROM {quote(table)}"  # noqa: S608  names of our own tables, quoted
        f" WHERE {named} IS NOT NULL AND {named} <> '' AND {named} NOT LIKE %s"
    )
    values: tuple[str | int, ...] = (f"{SEALED}%",)
    if community_id is not None:
        sql, values = f"{sql} AND community_id = %s", (*values, community_id)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


def _walls(_now: datetime) -> Seen:
    open_paths = installation.open_paths(Path(settings.DATA_DIR))
    on_postgres = connection.vendor == "postgresql"
    unwalled = installation.open_tables() if on_postgres else ()
    role = installation.unbound_role() if on_postgres else ""
    return Seen(
        not open_paths and not unwalled and not role,
        _(
            "%(files)d files that other users may read; keys in %(folder)s; %(tables)d tables"
            " without row-level security"
        )
        % {
            "files": len(open_paths), "folder": settings.DATA_DIR, "tables": len(unwalled),
        },
    )  # fmt: skip


def _backup(now: datetime) -> Seen:
    if not settings.MULIN_BACKUP_DIR:
        return Seen(is_fulfilled=False, live=_("no backup is set up"))
    last = health.newest_backup()
    return Seen(
        last is not None and last >= now - health.BACKUP_OLD_AFTER,
        _("the newest of %(day)s in %(folder)s")
        % {
            "day": f"{last:%Y-%m-%d %H:%M}" if last else "—",
            "folder": settings.MULIN_BACKUP_DIR,
        },
    )


def _restore(now: datetime) -> Seen:
    run = SweepRun.objects.filter(name=TRY).first()
    if run is None or run.finished_at is None:
        return Seen(is_fulfilled=False, live=_("never tried"))
    return Seen(
        not run.failures_in_a_row and run.finished_at >= now - health.TRY_OLD_AFTER,
        _("last worked on %(day)s; %(failures)d failed since")
        % {"day": local_day(run.finished_at), "failures": run.failures_in_a_row},
    )


def _residue(now: datetime) -> Seen:
    left = Session.objects.filter(expire_date__lt=now - timedelta(days=1)).count()
    store = import_module(settings.SESSION_ENGINE).__name__.rpartition(".")[2]
    return Seen(
        left == 0,
        _("%(left)d sessions kept longer than a day after their end; kept in: %(store)s")
        % {"left": left, "store": store},
    )


def _personal(_now: datetime) -> Seen:
    people, consents, looks, unexplained = 0, 0, 0, 0
    for community in Community.objects.order_by("id"):
        with in_community(community):
            people += Person.objects.count()
            consents += Consent.objects.count()
            looks += Look.objects.count()
            unexplained += Look.objects.filter(reason="").count()
    return Seen(
        unexplained == 0,
        _(
            "%(people)d people on the roll, %(consents)d consents given or withdrawn;"
            " %(looks)d looks at sensitive things, %(unexplained)d without a reason"
        )
        % {
            "people": people, "consents": consents, "looks": looks, "unexplained": unexplained,
        },
    )  # fmt: skip


ITEMS: Final = (
    Item(
        "rooms", "7.1.1", gettext_lazy("Machine room"),
        gettext_lazy("Place, doors, fire, water, power of the room the machine stands in."),
        gettext_lazy("Yours, or your provider's: keep their certificate of the room."),
    ),
    Item(
        "transport", "7.1.2.2, 7.1.4.1 c), 7.1.4.7", gettext_lazy("What travels"),
        gettext_lazy("Cannot be read or changed on its way, passwords least of all."),
        gettext_lazy("A proxy with HTTPS before Mulin, and MULIN_HTTPS=1."), _transport,
    ),
    Item(
        "boundary", "7.1.3", gettext_lazy("Boundary of the network"),
        gettext_lazy("Firewall, detection of intrusion and of malware, logs of the boundary."),
        gettext_lazy("Yours: let in port 443 only, and keep the proxy's log six months."),
    ),
    Item(
        "identity", "7.1.4.1 a)", gettext_lazy("Names and passwords"),
        gettext_lazy("Everybody has a name of their own; passwords are hard to guess."),
        gettext_lazy("Put the password rules back; who has an old password signs in once."),
        _passwords,
    ),
    Item(
        "password-change", "7.1.4.1 a)", gettext_lazy("Passwords are changed from time to time"),
        gettext_lazy("A rule of the house says how often."),
        gettext_lazy("Yours: Mulin forces nobody. Give out links: mulin setup-link --account NAME"),
    ),
    Item(
        "second-factor", "8.1.4.1 d)", gettext_lazy("Second factor"),
        gettext_lazy("Level 3 demands it of administrators; Mulin of everybody who reads about others."),
        gettext_lazy("It is asked for at the next sign-in; close accounts that nobody uses."),
        _second_factor,
    ),
    Item(
        "lockout", "7.1.4.1 b)", gettext_lazy("Wrong passwords"),
        gettext_lazy("After some wrong tries the door stays shut for a while."),
        gettext_lazy("Put AXES_ENABLED, AXES_FAILURE_LIMIT and AXES_COOLOFF_TIME back."), _lockout,
    ),
    Item(
        "session", "7.1.4.1 b)", gettext_lazy("End of a session"),
        gettext_lazy("Who leaves the machine alone is signed out."),
        gettext_lazy("Set MULIN_SESSION_HOURS lower; assessors like to see less at shared desks."),
        _session,
    ),
    Item(
        "default-accounts", "7.1.4.2 b)", gettext_lazy("Default accounts and passwords"),
        gettext_lazy("None is left as it was delivered."),
        gettext_lazy("Begin with a data folder of its own, and leave the keys to Mulin."),
        _default_accounts,
    ),
    Item(
        "stale-accounts", "7.1.4.2 c)", gettext_lazy("Accounts nobody needs"),
        gettext_lazy("What is not needed any more is closed; nobody shares one."),
        gettext_lazy("Close them on the page Team."), _stale_accounts,
    ),
    Item(
        "separation", "7.1.4.2 d), 7.1.5.1", gettext_lazy("Separate rights"),
        gettext_lazy("Whoever runs the system does not read its log; each has only what they need."),
        gettext_lazy("Give one of the two roles to somebody else on the page Team."), _separation,
    ),
    Item(
        "audit", "7.1.4.3 a), b)", gettext_lazy("Record of acts"),
        gettext_lazy("Everybody's important acts: day and time, who, what, how it ended."),
        gettext_lazy("It is always on. An empty one means that a community was not founded by Mulin."),
        _audit,
    ),
    Item(
        "audit-whole", "7.1.4.3 c)", gettext_lazy("Protection of the record"),
        gettext_lazy("Nobody deletes, changes or overwrites it; it is backed up."),
        gettext_lazy("See what is wrong: mulin audit verify. Then look for who had the database."),
        _chain,
    ),
    Item(
        "audit-kept", "第23条", gettext_lazy("How long the record is kept"),
        gettext_lazy("Six months or longer."),
        gettext_lazy("Restore the acts from a backup; Mulin itself deletes none."), _kept,
        source=LAW, sure=Sure.TEXT,
    ),
    Item(
        "auditor", "7.1.5.2", gettext_lazy("Auditor"),
        gettext_lazy("Somebody is there to read the record, by a role of their own."),
        gettext_lazy("Give somebody the role of auditor on the page Team."), _auditor,
    ),
    Item(
        "listening", "7.1.4.4 a), b)", gettext_lazy("What listens"),
        gettext_lazy("Nothing that is not needed is installed, started or reachable."),
        gettext_lazy("Unset MULIN_ADDRESS, so that only the proxy on this machine reaches Mulin."),
        _listening,
    ),
    Item(
        "shown", "7.1.4.4 d)", gettext_lazy("What strangers are told"),
        gettext_lazy("What comes in is checked; what goes out tells nothing about the inside."),
        gettext_lazy("Unset MULIN_DEBUG, and name your hosts in MULIN_HOSTS."), _shown,
    ),
    Item(
        "updates", "7.1.4.4 c), e)", gettext_lazy("Updates, and who may administer"),
        gettext_lazy("Known faults are mended after a try; administration from known machines only."),
        gettext_lazy("Yours: update system and Mulin (docs/operating.md), and limit who may use ssh."),
    ),
    Item(
        "malware", "7.1.4.5", gettext_lazy("Malware"),
        gettext_lazy("A program against it, kept up to date."),
        gettext_lazy("Yours. Photos are made anew when they come in, so no file is kept as it was."),
    ),
    Item(
        "trusted-start", "7.1.4.6", gettext_lazy("Trusted verification"),
        gettext_lazy("The start of the machine may be verified."),
        gettext_lazy("Yours: the standard says may; ask the maker of the machine."),
    ),
    Item(
        "encryption", "第23条", gettext_lazy("Encryption of what is kept"),
        gettext_lazy("Important data are encrypted."),
        gettext_lazy("Somebody wrote past Mulin. Save the records anew, and find out who."),
        _encryption, source=LAW, sure=Sure.TEXT,
    ),
    Item(
        "walls", "7.1.4.10 b)", gettext_lazy("No way around"),
        gettext_lazy("Nobody reads personal information without being allowed to."),
        gettext_lazy("See mulin doctor: it names the files, tables and the role."), _walls,
    ),
    Item(
        "backup", "7.1.4.8 a)", gettext_lazy("Backup"),
        gettext_lazy("Important data are backed up on the spot and can be restored."),
        gettext_lazy("Set MULIN_BACKUP_DIR (docs/operating-backup.md)."), _backup,
    ),
    Item(
        "restore", "7.1.4.8 a)", gettext_lazy("Try of a restore"),
        gettext_lazy("What was backed up was also restored once."),
        gettext_lazy("Try it by hand as docs/operating-backup.md says."), _restore,
    ),
    Item(
        "off-site", "7.1.4.8 b)", gettext_lazy("Copy elsewhere"),
        gettext_lazy("Backups go to another place at times."),
        gettext_lazy("Yours: copy the folder of backups to another house, and the keys apart."),
    ),
    Item(
        "residue", "7.1.4.9", gettext_lazy("What is left behind"),
        gettext_lazy("What somebody signed in with is gone before its place is used again."),
        gettext_lazy("The worker clears it every six hours: see whether it runs."), _residue,
    ),
    Item(
        "personal", "7.1.4.10 a)", gettext_lazy("Personal information"),
        gettext_lazy("Only what the work needs is collected and looked at."),
        gettext_lazy("Ask who looked, in the record of looks; agree on reasons."), _personal,
    ),
    Item(
        "management", "7.1.6–7.1.10", gettext_lazy("Rules, offices, people, building, running"),
        gettext_lazy("A named officer, written rules, training, contracts, plans for incidents."),
        gettext_lazy("Yours: docs/operating.md says what Mulin gives you for it."),
    ),
    Item(
        "filing", "—", gettext_lazy("Filing and assessment"),
        gettext_lazy("The level is filed with the police and assessed by a licensed body."),
        gettext_lazy("Yours: no program can certify itself."), sure=Sure.REPORT,
    ),
)  # fmt: skip
