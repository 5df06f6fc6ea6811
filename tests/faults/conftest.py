"""Processes of their own on the tests' database, which may be killed at a named point."""

import contextlib
import multiprocessing
import os

import pytest
from django.db import connections

from tests.notify.gateway import gateway as running_gateway

_fork = multiprocessing.get_context("fork")


class Forked:
    """A process that does one thing. `wait()` gives its exit code, -9 for one that was killed."""

    def __init__(self, deed, arguments, failpoint):
        connections.close_all()  # no connection may be shared by two processes
        self.process = _fork.Process(target=self._main, args=(deed, arguments, failpoint))
        self.process.start()
        # The child does the same; whoever comes first, the group is there when it is to be killed.
        with contextlib.suppress(OSError):
            os.setpgid(self.process.pid, self.process.pid)

    @staticmethod
    def _main(deed, arguments, failpoint):
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        if failpoint:
            os.environ["MULIN_FAILPOINT"] = failpoint
        try:
            deed(*arguments)
        finally:
            connections.close_all()

    def wait(self, seconds=60):
        self.process.join(seconds)
        return self.process.exitcode


@pytest.fixture
def fork(transactional_db):
    """`fork(deed, …, failpoint="outbox.after_send")`: do it in a process of its own."""
    started = []

    def begin(deed, *arguments, failpoint=""):
        started.append(Forked(deed, arguments, failpoint))
        return started[-1]

    yield begin
    for child in started:
        if child.process.is_alive():
            os.killpg(child.process.pid, 9)
        child.process.join()


@pytest.fixture
def gateway(settings):
    with running_gateway() as it:
        settings.MULIN_SMS_URL = it.url
        settings.MULIN_MESSAGES_PER_MINUTE = 1000
        yield it
