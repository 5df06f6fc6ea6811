"""With which settings Mulin does not open to residents, and how each is mended.

Pure: what is so is gathered in `installation.facts`. In production a fault stops the start; at any
other time `mulin doctor` tells of it. Some faults an operator may take upon themselves, by name.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: SQLite releases in which two connections that reset the log together can damage the database
#: <https://sqlite.org/wal.html#walresetbug>.
WAL_RACE: Final = ((3, 7, 0), (3, 51, 2))
#: A key shorter than this, or of fewer different characters, was typed and not drawn.
LEAST_KEY, LEAST_DIFFERENT = 32, 10
#: How keys begin that stand in some program's source or instructions.
KNOWN_KEYS: Final = ("django-insecure-", "test-key-", "changeme", "change-me", "secret", "insecure")
LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "testserver"})


class Fault(StrEnum):
    """What may be unsafe. Its value is the name by which it is told, and accepted."""

    DEBUG = "debug"
    DEMO = "demo"
    DEMO_ACCOUNTS = "demo-accounts"
    WEAK_KEY = "weak-key"
    PLAIN_HTTP = "plain-http"
    HOSTS = "hosts"
    FILE_MODE = "file-mode"
    SQLITE = "sqlite"
    DATABASE_ROLE = "database-role"
    ROW_SECURITY = "row-security"
    MIGRATIONS = "migrations"


#: What an operator may take upon themselves: a closed network without HTTPS; a file system that
#: knows no modes. Everything else has no reason that would hold.
ACCEPTABLE: Final = frozenset({Fault.PLAIN_HTTP, Fault.FILE_MODE})

SENTENCES: Final[dict[Fault, tuple[str | Promise, str | Promise]]] = {
    Fault.DEBUG: (
        gettext_lazy("Faults are shown to visitors with everything Mulin knows at that moment."),
        gettext_lazy("Unset MULIN_DEBUG."),
    ),
    Fault.DEMO: (
        gettext_lazy("This is the demonstration: everybody knows its passwords."),
        gettext_lazy("Unset MULIN_DEMO and begin with a data folder of its own."),
    ),
    Fault.DEMO_ACCOUNTS: (
        gettext_lazy("Accounts of the demonstration can sign in here: %(what)s."),
        gettext_lazy("Begin with a data folder of its own: MULIN_DATA_DIR."),
    ),
    Fault.WEAK_KEY: (
        gettext_lazy(
            "These keys can be guessed, are the same as another, or are missing: %(what)s."
        ),
        gettext_lazy(
            "Leave them unset, then Mulin draws its own; or draw each with: openssl rand -base64 48"
        ),
    ),
    Fault.PLAIN_HTTP: (
        gettext_lazy("What residents type travels readable: there is no HTTPS."),
        gettext_lazy(
            "Put a proxy with HTTPS before Mulin (deploy/Caddyfile) and set MULIN_HTTPS=1; in a"
            " closed network without one set MULIN_ACCEPT=plain-http."
        ),
    ),
    Fault.HOSTS: (
        gettext_lazy("Mulin answers to any host name."),
        gettext_lazy("Name yours in MULIN_HOSTS."),
    ),
    Fault.FILE_MODE: (
        gettext_lazy("Other users of this machine may read or change: %(what)s."),
        gettext_lazy("Run: chmod -R go= %(folder)s"),
    ),
    Fault.SQLITE: (
        gettext_lazy("SQLite %(what)s can damage its database."),
        gettext_lazy("Install what requirements.txt names: SQLite 3.51.3 or newer."),
    ),
    Fault.DATABASE_ROLE: (
        gettext_lazy("Mulin's database role %(what)s passes by row-level security."),
        gettext_lazy("Give it a role made with: CREATE ROLE … LOGIN NOSUPERUSER NOBYPASSRLS"),
    ),
    Fault.ROW_SECURITY: (
        gettext_lazy("Tables without row-level security: %(what)s."),
        gettext_lazy("Run: mulin migrate"),
    ),
    Fault.MIGRATIONS: (
        gettext_lazy("The database is older than this Mulin."),
        gettext_lazy("Run: mulin migrate"),
    ),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What an installation is like, as far as its safety goes."""

    is_debug: bool
    is_demo: bool
    is_https: bool
    hosts: tuple[str, ...]
    keys: dict[str, str]
    data_dir: str
    open_paths: tuple[str, ...]
    is_behind: bool
    sqlite_version: tuple[int, ...] | None = None
    unbound_role: str = ""
    open_tables: tuple[str, ...] = ()
    demo_accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsafe:
    """One fault as it was found; `what` are the things it was found in."""

    fault: Fault
    data_dir: str = ""
    what: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is so, and how it is mended."""
        said, mended = SENTENCES[self.fault]
        values = {"what": ", ".join(self.what), "folder": self.data_dir}
        return _("%(said)s %(mended)s") % {"said": said % values, "mended": mended % values}


def is_production(
    *, is_demanded: bool, is_demo: bool, address: str, hosts: Collection[str]
) -> bool:
    """Whether residents may be at the other end: it was said so; or this is no demonstration, and
    it listens beyond this machine or answers to a name that is not this machine's.
    """
    if is_demanded:
        return True
    reaches_out = not is_loopback(address) or any(host not in LOCAL_NAMES for host in hosts)
    return reaches_out and not is_demo


def is_loopback(address: str) -> bool:
    """Whether nobody but this machine reaches an address to listen on."""
    if address == "localhost":
        return True
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def faults(facts: Facts) -> list[Unsafe]:
    """Everything that is unsafe, also what was accepted."""
    version = facts.sqlite_version
    races = version is not None and WAL_RACE[0] <= version <= WAL_RACE[1]
    weak = weak_keys(facts.keys)
    found: tuple[tuple[Fault, bool, tuple[str, ...]], ...] = (
        (Fault.DEBUG, facts.is_debug, ()),
        (Fault.DEMO, facts.is_demo, ()),
        (Fault.DEMO_ACCOUNTS, bool(facts.demo_accounts), facts.demo_accounts),
        (Fault.WEAK_KEY, bool(weak), weak),
        (Fault.PLAIN_HTTP, not facts.is_https, ()),
        (Fault.HOSTS, "*" in facts.hosts, ()),
        (Fault.FILE_MODE, bool(facts.open_paths), facts.open_paths),
        (Fault.SQLITE, races, (".".join(map(str, version or ())),)),
        (Fault.DATABASE_ROLE, bool(facts.unbound_role), (facts.unbound_role,)),
        (Fault.ROW_SECURITY, bool(facts.open_tables), facts.open_tables),
        (Fault.MIGRATIONS, facts.is_behind, ()),
    )
    return [Unsafe(fault, facts.data_dir, what) for fault, is_so, what in found if is_so]


def unaccepted(found: Collection[Unsafe], accepted: Collection[str]) -> list[Unsafe]:
    """Those faults that nobody took upon themselves."""
    return [one for one in found if one.fault not in ACCEPTABLE or one.fault not in accepted]


def weak_keys(keys: dict[str, str]) -> tuple[str, ...]:
    """The names of keys that are missing, known, too plain, or used for two things."""
    values = list(keys.values())
    return tuple(
        name
        for name, key in keys.items()
        if len(key) < LEAST_KEY
        or len(set(key)) < LEAST_DIFFERENT
        or key.lower().startswith(KNOWN_KEYS)
        or values.count(key) > 1
    )
