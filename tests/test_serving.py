"""The process tree: it opens, mends itself, and leaves nothing behind."""

import http.client
import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import psutil
import pytest
from django_q.brokers.orm import ORM

from mulin.working import Line
from tests.support.serving import environment, free_port, running

SECONDS = 20


def until(claim):
    """Wait until it is so; the machine may be slow, but not for ever."""
    deadline = time.monotonic() + SECONDS
    while not claim():
        assert time.monotonic() < deadline, claim
        time.sleep(0.02)


def mulin(*arguments, data_dir, **more):
    return subprocess.run(
        [sys.executable, "-m", "mulin", *arguments],
        env=environment(data_dir, **more),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """A data folder with an empty community's tables."""
    folder = tmp_path_factory.mktemp("data")
    assert mulin("migrate", data_dir=folder).returncode == 0
    return folder


@pytest.fixture
def served(data_dir):
    with running("serve", data_dir=data_dir) as (address, process):
        parent = psutil.Process(process.pid)
        # Web parent and two processes; the worker's guard and the one that does the jobs; the watch.
        until(lambda: len(parent.children(recursive=True)) == 6)
        yield address, parent


def answers(address):
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=5)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except OSError:
        return False
    else:
        return True
    finally:
        connection.close()


def lives(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_dead_child_is_replaced(served):
    address, parent = served
    for child in parent.children():
        family = [child, *child.children(recursive=True)]
        child.kill()
        until(lambda family=family: not any(map(lives, family)))
        until(lambda: len(parent.children(recursive=True)) == 6 and answers(address))


def test_a_dead_grandchild_is_replaced(served):
    address, parent = served
    # The watch does its work itself.
    for child in [child for child in parent.children() if child.children()]:
        first = child.children()[0]
        first.kill()
        until(lambda first=first: not lives(first))
        until(lambda: len(parent.children(recursive=True)) == 6 and answers(address))


def test_a_killed_parent_leaves_nothing_behind(served):
    _address, parent = served
    family = parent.children(recursive=True)
    parent.kill()
    until(lambda: not any(map(lives, family)))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_tree_in_good_order(served, number):
    _address, parent = served
    family = parent.children(recursive=True)
    parent.send_signal(number)
    assert parent.wait(SECONDS) == 0
    assert not any(map(lives, family))


def test_ctrl_c_reaches_only_the_parent(served):
    _address, parent = served
    groups = {os.getpgid(child.pid) for child in parent.children(recursive=True)}
    assert os.getpgid(parent.pid) not in groups


def test_a_taken_port_is_told_of(served, data_dir):
    address, _parent = served
    port = str(urlsplit(address).port)
    second = mulin("serve", data_dir=data_dir, MULIN_PORT=port)
    assert second.returncode == 1
    assert f"127.0.0.1:{port}" in second.stderr
    assert "MULIN_PORT" in second.stderr


def test_an_old_database_is_not_served(tmp_path):
    refused = mulin("serve", data_dir=tmp_path, MULIN_PORT=str(free_port()))
    assert (refused.returncode, refused.stderr) == (
        1,
        "The database is older than this Mulin. Run: mulin migrate\n",
    )


def test_a_port_that_is_none_is_refused(data_dir):
    refused = mulin("serve", data_dir=data_dir, MULIN_PORT="eighty")
    assert (refused.returncode, refused.stderr) == (
        1,
        "MULIN_PORT must be a port number, not “eighty”.\n",
    )


def test_the_guard_of_the_worker_holds_a_line_that_opens_no_database():
    """A test without a database may not open one: django-q's own line does."""
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        ORM()
    assert Line().list_key == "mulin"
