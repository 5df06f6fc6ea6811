"""The worker: one process that guards, one that does the jobs.

django-q gives each step of its line a process: one fetches jobs from the table, one does them, one
keeps what came of them, one guards the three, and one waits for the guard. At one job at a time the
middle three take turns, so here one process does what they do, with their own functions, and its
guard is the process that was started: three processes less hold memory. What stands in the schedule
is put in line by the worker, too: the guard then needs no database, whose tables alone are 6 MB.
"""

import os
import select
import signal
import time
import uuid
from collections import deque
from contextlib import AbstractContextManager, nullcontext
from multiprocessing.sharedctypes import RawValue
from types import FrameType, SimpleNamespace
from typing import Any, Final

from django.utils import timezone
from django_q.brokers import Broker
from django_q.brokers.orm import ORM
from django_q.cluster import Sentinel, get_mp_context
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.monitor import monitor
from django_q.pusher import pusher
from django_q.scheduler import scheduler
from django_q.signing import SignedPackage
from django_q.worker import worker

STOP: Final = "STOP"  # django-q's word for the end of a line
#: A job in hand gets this long to end; the whole tree gets 30 seconds (mulin/serving.py).
SECONDS_TO_STOP: Final = 25
#: Between two looks into the schedule, as django-q's own guard has it.
SECONDS_BETWEEN_LOOKS: Final = 30
#: A worker that has done jobs and finds none for so long ends; its successor is small again.
SECONDS_OF_REST: Final = 5
#: What a worker that ended by itself leaves in its timer, so that its guard knows.
RECYCLED: Final = -2
#: What is kept of a job whose worker never came back from it, in the shape of a traceback's end.
LOST: Final = "WorkerLost: each worker that did it died in it"
Job = dict[str, Any]  # Any: whatever django-q packs


class Flag:
    """Set once, in this process or in one forked from it; a wait for it ends at once.

    A multiprocessing.Event can't be set by a signal's handler in the process that waits for it: the
    handler would wait for the waiter. A pipe holds nobody.
    """

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()

    def set(self) -> None:
        os.write(self._writing, b"x")

    def is_set(self) -> bool:
        return self.wait(0)

    def wait(self, seconds: float) -> bool:
        return bool(select.select([self._reading], [], [], seconds)[0])


class Timer:
    """The seconds that a job has left, seen by guard and worker; -1 when none is running.

    Without a lock: a worker killed while it held one would stop its guard for ever. What two writes
    at one moment can do is end a worker that rests, and the guard starts the next.
    """

    def __init__(self) -> None:
        self._value = RawValue("f", -1)

    @property
    def value(self) -> float:
        return float(self._value.value)

    @value.setter
    def value(self, seconds: float) -> None:
        self._value.value = seconds

    def get_lock(self) -> AbstractContextManager[None]:
        return nullcontext()


class Counter:
    """What the worker takes jobs from and hands results to, in its own process."""

    def __init__(self, broker: Broker, stopping: Flag, timer: Timer) -> None:
        self._broker = broker
        self._stopping = stopping
        self._timer = timer
        self._fetched: deque[Job] = deque()
        self._looked = self._this_look()
        self._done_at: float | None = None

    def get(self) -> Job | str:
        """The next job, waited for; STOP when the worker is to end."""
        once = SimpleNamespace(is_set=lambda: True)
        while not self._fetched:
            if self._stopping.is_set():
                return STOP
            if self._has_rested():
                self._timer.value = RECYCLED
                return STOP
            if self._looked != self._this_look():
                self._looked = self._this_look()
                scheduler(broker=self._broker)
            # One round of fetching, which rests for a moment when there is nothing.
            pusher(self, once, self._broker)
        return self._fetched.popleft()

    def put(self, job: Job) -> None:
        """A job that was fetched stands in line; one that was done is kept and ticked off.

        django-q counts the tries of jobs that come back. One that takes its worker down never does:
        it is counted in its own row of the table before it is done.
        """
        if "success" in job:
            self._keep(job)
            return
        job["tries"] = job.get("tries", 0) + 1
        if job["tries"] > Conf.MAX_ATTEMPTS > 0:
            now = timezone.now()
            self._keep(job | {"success": False, "result": LOST, "started": now, "stopped": now})
            self._broker.acknowledge(job["ack_id"])
        else:
            OrmQ.objects.filter(pk=job["ack_id"]).update(payload=SignedPackage.dumps(job))
            self._fetched.append(job)

    def _has_rested(self) -> bool:
        return self._done_at is not None and time.monotonic() - self._done_at > SECONDS_OF_REST

    @staticmethod
    def _this_look() -> int:
        """By the machine's own clock, so that one worker goes on where the last one ended."""
        return int(time.monotonic() / SECONDS_BETWEEN_LOOKS)

    def _keep(self, job: Job) -> None:
        self._done_at = time.monotonic()
        monitor(SimpleNamespace(get=iter((job, STOP)).__next__), self._broker)


class _Within:
    """Fetching and keeping, which the guard need not look after: they live in the worker."""

    pid = 0

    def is_alive(self) -> bool:
        return True


class Line(ORM):  # type: ignore[misc]  # django-q says nothing of types
    """django-q's line of jobs in the database; the guard holds it too, and never asks it anything.

    As django-q has it, making a line opens the database: for SQLite 8 MB in a process without a need.
    """

    def __init__(self) -> None:
        self.list_key = Conf.CLUSTER_NAME
        self.cache = self.get_cache()
        self._info = None


class Guard(Sentinel):  # type: ignore[misc]  # django-q says nothing of types
    """django-q's guard, over one process that does everything."""

    def __init__(self) -> None:
        super().__init__(Flag(), Flag(), uuid.uuid4(), broker=Line(), start=False)
        self.event_out = Flag()
        signal.signal(signal.SIGTERM, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stop_event.set()

    def spawn_worker(self) -> None:
        timer = Timer()
        counter = Counter(self.broker, self.event_out, timer)
        process = get_mp_context().Process(
            target=_work, args=(counter, timer, self.timeout), daemon=Conf.DAEMONIZE_WORKERS
        )
        process.timer = timer
        self.pool.append(process)
        process.start()

    def spawn_pusher(self) -> _Within:
        return _Within()

    def spawn_monitor(self) -> _Within:
        return _Within()

    def stop(self) -> None:
        """Let the worker end what it does; what takes too long is done again by the next."""
        self.event_out.set()
        for process in self.pool:
            process.join(SECONDS_TO_STOP)
            if process.is_alive():
                process.kill()
                process.join()


def _work(counter: Counter, timer: Timer, timeout: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    worker(counter, counter, timer, timeout)


def run() -> None:
    """Do jobs until told to stop by SIGTERM."""
    Guard().start()
