"""An installation of its own for a process of its own, migrated without the wait."""

import subprocess
import sys
from contextlib import closing

import pytest
from django.db import connection

from tests.support.serving import environment


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
