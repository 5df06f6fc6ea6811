"""`mulin migrate` twice at one moment: the tables are made by one, and the other waits."""

import fcntl
import os
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_migrate

from mulin.kit.management.commands.migrate import LOCK

pytestmark = pytest.mark.django_db


def is_held():
    """Whether another process would have to wait."""
    if connection.vendor == "postgresql":
        with psycopg.connect(
            **connection.get_connection_params() | {"cursor_factory": None}
        ) as other:
            return not other.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0]
    other = os.open(Path(connection.settings_dict["NAME"]).parent, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(other)
    return False


def test_nobody_else_changes_the_tables_meanwhile():
    seen = set()

    def look(**_told):
        seen.add(is_held())

    pre_migrate.connect(look)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        pre_migrate.disconnect(look)
    assert seen == {True}
    assert not is_held()
