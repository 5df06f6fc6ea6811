"""Sweeps: each in its time, one worker at once, a fault stays where it is."""

import os
import socket
import threading
from datetime import timedelta

import pytest
from django.db import connection

from mulin.ground.notify import sweeps
from mulin.ground.notify.models import SweepRun
from mulin.ground.notify.sweeps import CLAIM, register_sweep, run_due_sweeps
from mulin.kit.scoping import current_community
from tests.clock import NOW
from tests.factories.community import CommunityFactory

HOUR = timedelta(hours=1)


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(sweeps, "_sweeps", {})


@pytest.fixture
def towns(db, registry):
    return [CommunityFactory(), CommunityFactory()]


def at(moment):
    return run_due_sweeps(clock=lambda: moment)


def test_a_sweep_runs_in_every_community_in_its_scope_and_then_waits(towns):
    seen = []
    register_sweep("look", HOUR, lambda town, now: seen.append((town, current_community(), now)))
    assert at(NOW) == ["look"]
    assert seen == [(town, town, NOW) for town in towns]
    assert at(NOW + HOUR - timedelta(seconds=1)) == []
    assert at(NOW + HOUR) == ["look"]
    assert SweepRun.objects.get().finished_at == NOW + HOUR


def test_a_night_off_costs_nothing_but_time(towns):
    ran = []
    register_sweep("look", timedelta(minutes=5), lambda _town, now: ran.append(now))
    at(NOW)
    at(NOW + timedelta(hours=9))
    assert ran == [NOW, NOW, NOW + timedelta(hours=9), NOW + timedelta(hours=9)]


def test_a_fault_in_one_community_leaves_the_others_and_the_next_sweep_alone(towns):
    ran = []

    def stumble(town, now):
        if town == towns[0]:
            raise ValueError("王奶奶 13800000001")
        ran.append(town)

    register_sweep("stumble", HOUR, stumble)
    register_sweep("walk", HOUR, lambda town, _now: ran.append(town))
    assert at(NOW) == ["stumble", "walk"]
    assert ran == [towns[1], *towns]
    run = SweepRun.objects.get(name="stumble")
    assert run.failures_in_a_row == 1
    assert run.finished_at is None
    assert "ValueError in stumble" in run.last_error
    assert "13800000001" not in run.last_error
    at(NOW + HOUR)
    assert SweepRun.objects.get(name="stumble").failures_in_a_row == 2
    register_sweep("stumble", HOUR, lambda _town, _now: None)
    at(NOW + 2 * HOUR)
    mended = SweepRun.objects.get(name="stumble")
    assert (mended.failures_in_a_row, mended.last_error) == (0, "")


def test_a_sweep_that_is_at_work_elsewhere_is_left_alone(towns):
    ran = []
    register_sweep("look", HOUR, lambda town, _now: ran.append(town))
    SweepRun.objects.create(
        name="look", started_at=NOW - HOUR, claimed_until=NOW + timedelta(minutes=5),
        claimed_by="elsewhere:1",
    )  # fmt: skip
    assert at(NOW) == []
    assert at(NOW + CLAIM) == ["look"]


def test_a_sweep_whose_worker_died_here_is_taken_up_at_once(towns):
    ran = []
    register_sweep("look", HOUR, lambda town, _now: ran.append(town))
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    SweepRun.objects.create(
        name="look", started_at=NOW, claimed_until=NOW + CLAIM,
        claimed_by=f"{socket.gethostname()}:{child}",
    )  # fmt: skip
    assert at(NOW + timedelta(seconds=1)) == ["look"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_run_one_sweep_at_once(registry):
    towns = [CommunityFactory(), CommunityFactory()]
    ran, problems, start = [], [], threading.Barrier(2)
    register_sweep("look", HOUR, lambda town, _now: ran.append(town))

    def work():
        try:
            start.wait()
            at(NOW)
        except Exception as problem:  # noqa: BLE001  told in the assertion below
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert ran == towns
