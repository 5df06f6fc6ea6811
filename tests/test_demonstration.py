"""The demonstration: made once, started over when it was cut off, never poured over real data."""

import fcntl
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date

import pytest

from mulin.cli import main
from mulin.kit.clock import start_of_day
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.visits import Noted, record_visits
from mulin.parlour.reception.models import Visit
from mulin.site.demo_note import progress
from mulin.site.demo_scene import Scene
from mulin.site.demo_years import Part, Span, fill, live_once, plan, spans
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


def test_so_few_people_or_no_number_of_years_are_not_understood(capsys):
    for typed in (["--people", "12"], ["--years", "many"]):
        with pytest.raises(SystemExit) as ended:
            main(["demo", *typed])
        assert ended.value.code == 2
    assert "300" in capsys.readouterr().err


TREE = """
import os, sys, time
from pathlib import Path
from mulin.serving import Child, Supervisor

log = Path(sys.argv[1])

def fill():
    with log.open("a") as written:
        written.write("filled ")
    if len(log.read_text().split()) < 2:
        os._exit(9)  # cut off, once

tree = Supervisor([Child("years", fill, ends=True), Child("web", lambda: time.sleep(60))])
tree.run(on_start=lambda: len(log.read_text().split()) > 1 and len(tree._children) == 1 and tree._stop())
print(log.read_text())
"""


def test_the_filling_is_started_again_when_it_was_cut_off_and_not_when_it_is_done(tmp_path):
    log = tmp_path / "log"
    log.write_text("")
    done = subprocess.run(
        [sys.executable, "-c", TREE, str(log)], env=environment(tmp_path), capture_output=True,
        text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.stdout.split() == ["filled", "filled"], done.stderr


# ── the years behind the present ─────────────────────────────────────────────────────────────


def day(year, month, number):
    return start_of_day(date(year, month, number))


def test_years_come_newest_first_and_end_where_the_present_begins():
    found = spans(date(2020, 7, 1), day(2022, 9, 30))
    assert [(one.since, one.until) for one in found] == [
        (day(2022, 1, 1), day(2022, 9, 30)),
        (day(2021, 1, 1), day(2022, 1, 1)),
        (day(2020, 7, 1), day(2021, 1, 1)),
    ]
    assert [one.since for one in found[0].months()][:2] == [day(2022, 9, 1), day(2022, 8, 1)]
    assert next(found[0].months()).until == day(2022, 9, 30)
    assert [one.year for one in spans(date(2020, 7, 1), day(2022, 9, 30), most=1)] == [2022]
    assert spans(date(2020, 7, 1), day(2022, 1, 1), most=0) == []


@pytest.mark.django_db
def test_a_part_that_was_cut_off_is_made_anew_and_one_that_was_made_is_not(cast):
    scene, span = Scene(cast.xinjie, {}, [], []), Span(day(2024, 1, 1), day(2025, 1, 1))

    def life(_scene, _since, now):
        record_visits([Noted(at=now, reason="chat")], by=cast.chen.actor, now=now)
        if is_cut_off:
            raise KeyboardInterrupt

    part = Part("visits", life)
    with in_community(cast.xinjie):
        is_cut_off = True
        with pytest.raises(KeyboardInterrupt):
            live_once(part, span, scene)
        assert Visit.objects.count() == 0
        is_cut_off = False
        assert [live_once(part, span, scene) for _time in range(2)] == [True, False]
        assert Visit.objects.count() == 1


@pytest.mark.django_db
def test_a_long_part_that_was_cut_off_is_passed_over(cast):
    scene, span, times = Scene(cast.xinjie, {}, [], []), Span(day(2024, 1, 1), day(2025, 1, 1)), []

    def life(_scene, _since, _now):
        times.append(1)
        raise KeyboardInterrupt

    part = Part("work", life, is_whole=False)
    with in_community(cast.xinjie):
        with pytest.raises(KeyboardInterrupt):
            live_once(part, span, scene)
        assert live_once(part, span, scene) is False
    assert times == [1]


@pytest.mark.django_db
def test_staff_see_how_far_the_years_are_until_all_are_there(cast, client, settings, tmp_path):
    settings.DATA_DIR, settings.MULIN_DEMO = tmp_path, True
    cast.enter(client, cast.chen)
    part = Part("visits", lambda _scene, _since, _now: None)
    plan(until=day(2022, 1, 1), people=900, parts=[part])
    page = client.get("/today/").content.decode()
    assert "正补 2021 年，共 2 年，这是第 1 年" in page
    assert '<progress max="100" value="0"' in page
    settings.MULIN_DEMO = False
    assert "<progress" not in client.get("/today/").content.decode()
    settings.MULIN_DEMO = True
    seen = []
    fill([part], sleep=lambda _seconds: seen.append(progress()))
    assert [(one.year, one.number, one.percent) for one in seen] == [(2021, 1, 0), (2020, 2, 50)]
    assert progress() is None
    assert "<progress" not in client.get("/today/").content.decode()
