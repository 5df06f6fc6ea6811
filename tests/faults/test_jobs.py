"""Jobs survive kill -9 of the whole worker, and what runs twice has its effect once."""

import logging
import os
import signal
import threading
import time
from datetime import timedelta

import psutil
import pytest
import requests
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_q.conf import Conf
from django_q.models import Failure, OrmQ, Schedule
from django_q.signals import post_execute, pre_execute

from mulin import working
from mulin.ground.community.rules import Actor, Grant, Role
from mulin.ground.notify import queue, sweeps
from mulin.ground.notify.actions import retry_job
from mulin.ground.notify.jobs import ensure_schedules
from mulin.ground.notify.models import Message
from mulin.ground.notify.queries import failed_jobs
from mulin.ground.notify.queue import enqueue, register_job
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import CommunityFactory

COUNT = 12


@pytest.fixture
def community(transactional_db):
    return CommunityFactory()


@pytest.fixture
def jobs(monkeypatch, gateway):
    """A queue that gives a lost job out again after seconds, and jobs of the test's own."""
    for name, value in {"TIMEOUT": 2, "RETRY": 3, "POLL": 0.05, "GUARD_CYCLE": 0.1}.items():
        monkeypatch.setattr(Conf, name, value)
    monkeypatch.setattr(queue, "_jobs", {})
    monkeypatch.setattr(sweeps, "_sweeps", {})
    logging.getLogger("django-q").setLevel(logging.CRITICAL + 1)

    def ring_at(community, now, *, house):
        # The effect is keyed: done twice, it is there once.
        Message.objects.get_or_create(
            community=community, key=f"house-{house}",
            defaults={
                "created_at": now, "topic": "x", "recipient_kind": "house", "recipient_id": house,
                "way": "door", "state": "task", "due_at": now,
            },
        )  # fmt: skip
        requests.post(gateway.url, json={"key": str(house)}, timeout=5)

    def stumble(community, now, *, house):
        requests.post(gateway.url, json={"key": "stumbled"}, timeout=5)
        raise ValueError("王奶奶 13800000001")

    register_job("ring-at", ring_at)
    register_job("stumble", stumble)


def rang(gateway):
    return {sent["key"] for sent in gateway.seen} - {"begun"}


def everything_done(gateway):
    return lambda: len(rang(gateway)) == COUNT


def all_written(community, seconds=60):
    """Whether each bell is written down in the end: one may have rung in a hand that was cut off,
    and its job comes back only after a while.
    """
    deadline = time.monotonic() + seconds
    with in_community(community):
        while time.monotonic() < deadline:
            if Message.objects.filter(recipient_kind="house").count() == COUNT:
                return True
            time.sleep(0.05)
    return False


def is_gone(process, seconds=60):
    """Whether the process has ended in the end."""
    deadline = time.monotonic() + seconds
    while psutil.pid_exists(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not psutil.pid_exists(process)


def kill(worker):
    os.killpg(worker.process.pid, signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL


def test_jobs_survive_the_death_of_the_whole_worker(fork, gateway, community, jobs):
    with in_community(community):
        for house in range(COUNT):
            enqueue("ring-at", community=community, house=house)
    first = fork(working.run)
    assert gateway.wait_for(lambda: len(gateway.seen) >= 3)
    kill(first)
    before = len(gateway.seen)
    fork(working.run)
    assert gateway.wait_for(everything_done(gateway))
    assert all_written(community)
    assert len(gateway.seen) - COUNT <= before


@pytest.mark.parametrize("point", ["jobs.before_work", "jobs.after_work"])
def test_a_job_cut_off_at_this_point_is_done_by_the_next_worker(
    fork, gateway, community, jobs, point
):
    with in_community(community):
        for house in range(COUNT):
            enqueue("ring-at", community=community, house=house)

    def say_that_it_begins(**_):
        requests.post(gateway.url, json={"key": "begun"}, timeout=5)

    pre_execute.connect(say_that_it_begins)
    doomed = fork(working.run, failpoint=point)
    assert gateway.wait_for(lambda: any(sent["key"] == "begun" for sent in gateway.seen))
    pre_execute.disconnect(say_that_it_begins)
    kill(doomed)
    fork(working.run)
    assert gateway.wait_for(everything_done(gateway))
    assert all_written(community)


def test_a_job_that_fails_is_kept_without_its_words_and_can_be_done_again(
    fork, gateway, community, jobs
):
    with in_community(community):
        enqueue("stumble", community=community, house=1)
        enqueue("ring-at", community=community, house=2)
    worker = fork(working.run)
    assert gateway.wait_for(lambda: "2" in rang(gateway))
    os.kill(worker.process.pid, signal.SIGTERM)
    assert worker.wait() == 0  # it notes what it has done, then goes
    assert Failure.objects.count() == 1
    with in_community(community):
        (failure,) = failed_jobs(community.pk)
        assert (failure.name, failure.fault) == ("stumble", "ValueError")
        head = Actor(community.pk, grants=(Grant(Role.HEAD),))
        retry_job(failure.id, by=head, community=community, now=NOW)
        assert failed_jobs(community.pk) == []
    assert failed_jobs(CommunityFactory().pk) == []


def test_a_job_that_never_ends_is_cut_off_and_kept_as_failed_and_the_next_is_done(
    fork, gateway, community, jobs
):
    def never_end(community, now, *, house):
        requests.post(gateway.url, json={"key": "begun"}, timeout=5)
        threading.Event().wait()

    register_job("never-end", never_end)
    with in_community(community):
        enqueue("never-end", community=community, house=1)
        enqueue("ring-at", community=community, house=2)
    fork(working.run)
    assert gateway.wait_for(lambda: "2" in rang(gateway))
    with in_community(community):
        assert [failure.name for failure in failed_jobs(community.pk)] == ["never-end"]


def test_a_job_that_takes_its_worker_down_is_kept_as_failed_and_the_next_is_done(
    fork, gateway, community, jobs, monkeypatch
):
    monkeypatch.setattr(Conf, "RETRY", 1)
    monkeypatch.setattr(Conf, "MAX_ATTEMPTS", 2)

    def take_down(community, now, *, house):
        requests.post(gateway.url, json={"key": "begun"}, timeout=5)
        os.kill(os.getpid(), signal.SIGKILL)

    def say_that_it_is_noted(task, **_):
        requests.post(gateway.url, json={"key": f"noted {task['name']}"}, timeout=5)

    register_job("take-down", take_down)
    with in_community(community):
        enqueue("take-down", community=community, house=1)
        enqueue("ring-at", community=community, house=2)
    post_execute.connect(say_that_it_is_noted)
    try:
        fork(working.run)
        assert gateway.wait_for(lambda: {"noted take-down", "2"} <= rang(gateway))
    finally:
        post_execute.disconnect(say_that_it_is_noted)
    assert sum(sent["key"] == "begun" for sent in gateway.seen) == 2
    with in_community(community):
        assert [(one.name, one.fault) for one in failed_jobs(community.pk)] == [
            ("take-down", "WorkerLost")
        ]
    assert not OrmQ.objects.exists()


def ring(url):
    requests.post(url, json={"key": "planned"}, timeout=5)


def test_what_stands_in_the_schedule_is_begun_by_the_worker(
    fork, gateway, community, jobs, monkeypatch
):
    monkeypatch.setattr(working, "SECONDS_BETWEEN_LOOKS", 0.1)
    Schedule.objects.create(
        func="tests.faults.test_jobs.ring", args=f"'{gateway.url}'", schedule_type=Schedule.ONCE,
        next_run=NOW - timedelta(days=999), repeats=1,
    )  # fmt: skip
    fork(working.run)
    assert gateway.wait_for(lambda: "planned" in rang(gateway))
    assert len(gateway.seen) == 1


def test_a_worker_that_rests_makes_room_for_a_fresh_one(
    fork, gateway, community, jobs, monkeypatch
):
    monkeypatch.setattr(working, "SECONDS_OF_REST", 0.1)

    def tell_its_number(community, now, *, house):
        requests.post(gateway.url, json={"key": f"{house} by {os.getpid()}"}, timeout=5)

    register_job("tell-its-number", tell_its_number)
    fork(working.run)
    for house in (1, 2):
        with in_community(community):
            enqueue("tell-its-number", community=community, house=house)
        assert gateway.wait_for(lambda house=house: len(gateway.seen) == house)
        assert is_gone(int(gateway.seen[-1]["key"].split()[-1]))
    assert len({sent["key"].split()[-1] for sent in gateway.seen}) == 2


def test_a_job_is_undone_with_the_act_that_asked_for_it(community, jobs):
    with in_community(community), transaction.atomic():
        enqueue("ring-at", community=community, house=1)
        transaction.set_rollback(True)
    assert OrmQ.objects.count() == 0


def test_an_unknown_job_is_refused_when_it_is_queued(community, jobs):
    with pytest.raises(LookupError):
        enqueue("no-such-job", community=community)


def test_however_often_a_worker_starts_there_is_one_schedule(community, jobs):
    for _ in range(3):
        ensure_schedules()
    assert Schedule.objects.filter(name="sweeps").count() == 1
    with CaptureQueriesContext(connection) as queries:
        ensure_schedules()
    assert len(queries) <= 8
