"""With what Mulin does not open to residents, and that it opens with everything else."""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation

from mulin.ground.upkeep import installation
from mulin.ground.upkeep.safety import (
    ACCEPTABLE,
    SENTENCES,
    Facts,
    Fault,
    faults,
    is_loopback,
    is_production,
    unaccepted,
    weak_keys,
)
from tests.factories.community import AccountFactory
from tests.support.serving import environment, free_port, running

DRAWN = "kq3vX9mW2bT7yR5nZ8cJ4hD6fG1sL0pA"
SAFE = Facts(
    is_debug=False, is_demo=False, is_https=True, hosts=("xinjie.example.cn",),
    keys={"MULIN_SECRET_KEY": DRAWN, "MULIN_SALT_KEY": DRAWN[::-1]}, data_dir="/srv/mulin",
    open_paths=(), is_behind=False, sqlite_version=(3, 53, 4),
)  # fmt: skip
UNSAFE = [
    (Fault.DEBUG, {"is_debug": True}, ()),
    (Fault.DEMO, {"is_demo": True}, ()),
    (Fault.DEMO_ACCOUNTS, {"demo_accounts": ("小陈",)}, ("小陈",)),
    (Fault.WEAK_KEY, {"keys": {"MULIN_SECRET_KEY": "short"}}, ("MULIN_SECRET_KEY",)),
    (Fault.PLAIN_HTTP, {"is_https": False}, ()),
    (Fault.HOSTS, {"hosts": ("xinjie.example.cn", "*")}, ()),
    (Fault.FILE_MODE, {"open_paths": ("/srv/mulin/keys.json",)}, ("/srv/mulin/keys.json",)),
    (Fault.SQLITE, {"sqlite_version": (3, 7, 0)}, ("3.7.0",)),
    (Fault.SQLITE, {"sqlite_version": (3, 51, 2)}, ("3.51.2",)),
    (Fault.DATABASE_ROLE, {"unbound_role": "postgres"}, ("postgres",)),
    (Fault.ROW_SECURITY, {"open_tables": ("people_person",)}, ("people_person",)),
    (Fault.MIGRATIONS, {"is_behind": True}, ()),
]


def test_a_safe_installation_has_no_fault():
    assert faults(SAFE) == []
    assert faults(replace(SAFE, sqlite_version=None)) == []


@pytest.mark.parametrize(("fault", "change", "what"), UNSAFE)
def test_each_unsafe_setting_is_found_alone(fault, change, what):
    found = faults(replace(SAFE, **change))
    assert [(one.fault, one.what) for one in found] == [(fault, what)]


def test_every_fault_is_tried_above_and_says_how_it_is_mended():
    assert {fault for fault, _change, _what in UNSAFE} == set(Fault) == set(SENTENCES)
    with translation.override("en"):
        texts = [faults(replace(SAFE, **change))[0].text for _fault, change, _what in UNSAFE]
    assert "%(" not in "".join(texts)
    assert texts[6] == (
        "Other users of this machine may read or change: /srv/mulin/keys.json."
        " Run: chmod -R go= /srv/mulin"
    )


@pytest.mark.parametrize(
    ("key", "is_weak"),
    [
        ("", True),
        ("a" * 64, True),
        (DRAWN[:31], True),
        (f"django-insecure-{DRAWN}", True),
        (f"test-key-of-version-0.1-{DRAWN}", True),
        (DRAWN, False),
    ],
)
def test_a_key_that_was_not_drawn_is_weak(key, is_weak):
    assert weak_keys({"MULIN_AUDIT_KEY": key}) == (("MULIN_AUDIT_KEY",) if is_weak else ())


def test_one_key_for_two_things_is_weak():
    assert weak_keys({"A": DRAWN, "B": DRAWN, "C": DRAWN[::-1]}) == ("A", "B")


def test_only_what_may_be_accepted_is_accepted():
    found = faults(replace(SAFE, is_https=False, is_debug=True, open_paths=("keys.json",)))
    everything = [fault.value for fault in Fault]
    assert [one.fault for one in unaccepted(found, everything)] == [Fault.DEBUG]
    assert [one.fault for one in unaccepted(found, ["plain-http"])] == [
        Fault.DEBUG, Fault.FILE_MODE,
    ]  # fmt: skip
    assert {"plain-http", "file-mode"} == ACCEPTABLE


@pytest.mark.parametrize(
    ("demanded", "demo", "address", "hosts", "expected"),
    [
        (False, False, "127.0.0.1", ["localhost", "127.0.0.1", "[::1]"], False),
        (False, False, "::1", ["localhost"], False),
        (False, False, "0.0.0.0", ["localhost"], True),  # noqa: S104  is only compared
        (False, False, "::", ["localhost"], True),
        (False, False, "192.168.1.5", ["localhost"], True),
        (False, False, "mulin.example", ["localhost"], True),
        (False, False, "127.0.0.1", ["xinjie.example.cn"], True),
        (False, False, "127.0.0.1", ["*"], True),
        (False, True, "0.0.0.0", ["*"], False),  # noqa: S104  is only compared
        (True, False, "127.0.0.1", ["localhost"], True),
        (True, True, "127.0.0.1", ["localhost"], True),
    ],
)
def test_production_is_where_residents_may_be_at_the_other_end(
    demanded, demo, address, hosts, expected
):
    found = is_production(is_demanded=demanded, is_demo=demo, address=address, hosts=hosts)
    assert found is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("[::1]", True), ("localhost", True), ("10.0.0.1", False)],
)  # fmt: skip
def test_what_only_this_machine_reaches(address, expected):
    assert is_loopback(address) is expected


# ── what is gathered ─────────────────────────────────────────────────────────────────────────


def test_files_that_others_may_read_and_a_folder_they_may_write_to(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    names = ("keys.json", "mulin.sqlite3", "mulin.sqlite3-wal", "anchors.log")
    for name in names:
        (folder / name).touch(mode=0o600)
    assert installation.open_paths(folder) == ()
    for name in names:
        (folder / name).chmod(0o640)
    assert {Path(path).name for path in installation.open_paths(folder)} == set(names)
    for name in names:
        (folder / name).chmod(0o600)
    folder.chmod(0o777)
    assert installation.open_paths(folder) == (str(folder),)
    folder.chmod(0o755)
    assert installation.open_paths(folder) == ()


@pytest.mark.django_db
def test_what_is_gathered_is_what_is_set(settings, on_postgres):
    settings.SALT_KEY = []
    AccountFactory(display_name="示范的", is_demo=True)
    AccountFactory(display_name="示范的，关了", is_demo=True, is_active=False)
    AccountFactory(display_name="自己的")
    found = installation.facts(is_behind=False)
    assert found.demo_accounts == ("示范的",)
    assert found.keys["MULIN_SALT_KEY"] == ""
    assert (found.unbound_role, found.open_tables) == ("", ())
    assert (found.sqlite_version is None) is on_postgres
    assert installation.facts(is_behind=True).demo_accounts == ()


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_table_without_its_wall_and_a_role_above_it_are_seen():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_person NO FORCE ROW LEVEL SECURITY")
        assert installation.open_tables() == ("people_person",)
    assert installation.unbound_role() == ""


# ── the commands ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def installed(django_db_setup, django_db_blocker, tmp_path):
    """The environment of a fresh installation: the tables are those of the tests' database.

    On SQLite they are copied, on PostgreSQL the database is the same one; nothing may be written
    there, so no worker runs.
    """
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    settings = connection.settings_dict
    if connection.vendor == "postgresql":
        address = f"{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
        return environment(folder, MULIN_DATABASE_URL=f"postgres://{address}")
    import sqlite3  # noqa: PLC0415  the one that Mulin puts in the standard one's place

    copy = folder / "mulin.sqlite3"
    with closing(sqlite3.connect(settings["NAME"])) as tables:
        tables.execute("VACUUM INTO ?", [str(copy)])
    copy.chmod(0o600)
    return environment(folder)


@pytest.fixture
def mulin():
    """Run `mulin …` in an environment to its end."""

    def run(env, *arguments, **more):
        return subprocess.run(
            [sys.executable, "-m", "mulin", *arguments],
            env=env | more, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    return run


@pytest.mark.parametrize("command", ["serve", "work"])
def test_an_unsafe_production_does_not_open_and_says_why(installed, mulin, command):
    refused = mulin(
        installed, command, MULIN_ADDRESS="0.0.0.0", MULIN_PORT=str(free_port()),  # noqa: S104
        MULIN_HOSTS="*", MULIN_DEBUG="1", MULIN_SECRET_KEY="django-insecure-1",
    )  # fmt: skip
    assert refused.returncode == 1
    said = refused.stderr.splitlines()
    assert [line[:2] for line in said[:-1]] == ["!!"] * 4
    for words in ("MULIN_DEBUG", "MULIN_SECRET_KEY", "MULIN_HTTPS=1", "MULIN_HOSTS"):
        assert words in refused.stderr
    assert said[-1] == (
        "Residents would come, so Mulin does not open with these 4 unsafe settings."
    )


def test_a_safe_production_opens(installed, tmp_path):
    log = tmp_path / "mulin.log"
    more = {name: value for name, value in installed.items() if name.startswith("MULIN_")}
    del more["MULIN_DATA_DIR"]
    with running(
        "serve", "--without-worker", data_dir=Path(installed["MULIN_DATA_DIR"]),
        MULIN_PRODUCTION="1", MULIN_HTTPS="1", MULIN_LOG_FILE=str(log), **more,
    ):  # fmt: skip
        pass  # it answered a page
    told = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert ("mulin.request", "HEAD") in {(line["logger"], line.get("method")) for line in told}
    assert log.stat().st_mode & 0o077 == 0


def test_what_cannot_be_accepted_stops_the_start(installed, mulin):
    refused = mulin(installed, "doctor", MULIN_ACCEPT="debug")
    assert (refused.returncode, refused.stderr) == (
        2,
        "MULIN_ACCEPT may name plain-http and file-mode, not 'debug'.\n",
    )
