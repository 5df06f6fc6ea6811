"""The demonstration: made once, started over when it was cut off, never poured over real data."""

import fcntl
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.support.serving import environment

PREPARE = """
import os, signal, django
django.setup()
from django.utils import translation
from mulin.demonstration import prepare
from mulin.ground.community.models import Street

def make(say):
    Street.objects.create(name="望海街道")
    if {is_cut_off}:
        os.kill(os.getpid(), signal.SIGKILL)

with translation.override("en"):
    prepare(print, make=make)
print("streets", Street.objects.count())
"""


def prepare(data_dir, *, is_cut_off=False):
    """Make a short demonstration in a process of its own, which may be killed in the middle."""
    return subprocess.run(
        [sys.executable, "-c", PREPARE.format(is_cut_off=is_cut_off)],
        env=environment(data_dir, DJANGO_SETTINGS_MODULE="mulin.settings", MULIN_DEMO="1"),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_making_that_was_cut_off_starts_over_and_one_that_was_not_stays(tmp_path):
    assert prepare(tmp_path, is_cut_off=True).returncode == -signal.SIGKILL
    assert prepare(tmp_path).stdout.splitlines() == [
        "The last making was cut off; starting over …",
        "Making the tables …",
        "Preparing styles and pictures …",
        "streets 1",
    ]
    assert prepare(tmp_path).stdout.splitlines() == ["streets 1"]


def test_a_folder_with_a_real_community_is_left_alone(tmp_path):
    database = tmp_path / "mulin.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE community_street (name text)")
        connection.execute("INSERT INTO community_street VALUES ('望海街道')")
        connection.commit()
    refused = prepare(tmp_path)
    assert refused.returncode == 1
    assert "CannotServe" in refused.stderr
    assert "holds a community already" in refused.stderr
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
        rows = connection.execute("SELECT name FROM community_street").fetchall()
    assert (tables, rows) == ([("community_street",)], [("望海街道",)])


@pytest.mark.parametrize("state", ["making", "made"])
def test_two_makings_at_once_are_refused(tmp_path, state):
    note = tmp_path / "demo.state"
    note.write_text(state)
    with note.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = prepare(tmp_path)
    assert refused.returncode == 1
    assert "Another process is making this demonstration." in refused.stderr
