"""`mulin serve`: the web server and the worker in one process tree under one parent.

The parent loads Mulin once and then only forks: its children share that memory, and a dead child
is replaced at once. When the parent goes, however it goes, the whole tree goes with it.
"""

import ctypes
import gc
import hashlib
import logging
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections
from django.urls import URLResolver, get_resolver
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from encrypted_fields.fields import EncryptedTextField

from mulin.ground.upkeep.safety import faults, is_production, unaccepted
from mulin.kit.memory import give_back, let_go_of_code

#: Two processes of one thread each served most pages per second on two cores.
WEB_WORKERS = 2
#: A child gets this long to finish what it does when the tree is stopped.
SECONDS_TO_STOP = 30
#: A child that dies more often than this within the time below cannot be helped from here.
DEATHS_TO_GIVE_UP = 5
SECONDS_OF_DEATHS = 60
#: Between two looks whether a backup is due.
SECONDS_BETWEEN_LOOKS = 60
PR_SET_PDEATHSIG = 1

logger = logging.getLogger("mulin.serving")
_fork = multiprocessing.get_context("fork")


class CannotServe(Exception):  # noqa: N818  a sentence for the operator
    """Why the server does not start, and what to do."""


# ── what must be there before the first page ─────────────────────────────────────────────────


def collect_static() -> None:
    """Put hashed and compressed copies of styles and scripts in their place, if any changed."""
    found = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            found.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    stamp = Path(settings.DATA_DIR, "static.stamp")
    manifest = Path(settings.STATIC_ROOT, "staticfiles.json")
    if manifest.exists() and stamp.exists() and stamp.read_text("ascii") == found.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(found.hexdigest(), "ascii")


def check_port(address: str, port: int) -> None:
    """Raise CannotServe if something else listens there.

    The server shares its port among its own processes, so two Mulins would share it unnoticed.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise CannotServe(
                _(
                    "Mulin cannot listen on %(address)s:%(port)d (%(why)s). Choose another MULIN_PORT."
                )
                % {"address": address, "port": port, "why": error.strerror}
            ) from None


# ── the children ─────────────────────────────────────────────────────────────────────────────


def _run_web(address: str, port: int) -> None:
    from granian import Granian  # noqa: PLC0415  the worker alone does without it
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    Granian(
        "mulin.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=WEB_WORKERS,
        blocking_threads=1,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_STOP // 2,
        log_level=LogLevels.warning,
    ).serve()


def _run_jobs() -> None:
    from mulin.working import run  # noqa: PLC0415  the web alone does without it

    run()


def _run_alarms() -> None:
    from mulin.circle.alarms.jobs import run_watch  # noqa: PLC0415  needs Django set up

    run_watch()


def _run_broker() -> None:
    from mulin.circle.alarms.mqtt import run_broker  # noqa: PLC0415  only where devices use it

    run_broker()


def _run_listener() -> None:
    from mulin.circle.alarms.mqtt import run_listener  # noqa: PLC0415  likewise

    run_listener()


def _run_upkeep() -> None:
    """Look each minute what is due; what is done, is done in a process that ends with it."""
    from mulin.ground.upkeep.jobs import run_due  # noqa: PLC0415  needs Django set up
    from mulin.kit import clock  # noqa: PLC0415  likewise

    def work() -> int:
        run_due(clock=clock.now)
        return 0

    while True:
        apart(work)
        time.sleep(SECONDS_BETWEEN_LOOKS)


@dataclass
class Child:
    """One branch of the tree, and how it has fared. One that `ends` is not started again when it
    ended well.
    """

    name: str
    run: Callable[[], None]
    ends: bool = False
    process: ForkProcess | None = None
    deaths: list[float] = field(default_factory=list)
    starts_at: float = 0.0

    def start(self) -> None:
        self.process = _fork.Process(target=self._main, name=self.name)
        self.process.start()

    def _main(self) -> None:
        # Ctrl-C is for the parent, who then ends each child once: told twice, a web process hangs.
        os.setpgrp()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        self.run()

    def is_done(self) -> bool:
        """It had an end, and has come to it."""
        return self.ends and self.process is not None and self.process.exitcode == 0

    def is_gone(self) -> bool:
        return self.process is not None and self.process.exitcode is not None

    def bury(self, now: float) -> None:
        """Note a death; the next start comes at once, then after 1, 2, 4 … seconds."""
        assert self.process is not None  # noqa: S101  only a started child can be gone
        logger.error("%s ended with code %s", self.name, self.process.exitcode)
        self.process.close()
        self.process = None
        self.deaths = [at for at in self.deaths if now - at < SECONDS_OF_DEATHS] + [now]
        self.starts_at = now + (2 ** (len(self.deaths) - 2) if len(self.deaths) > 1 else 0)


# ── the parent ───────────────────────────────────────────────────────────────────────────────


class Supervisor:
    """Keeps its children alive until it is told to stop."""

    def __init__(self, children: Iterable[Child]) -> None:
        self._children = list(children)
        self._is_stopping = False

    def run(self, *, on_start: Callable[[], bool] | None = None) -> int:
        """Serve until SIGTERM or SIGINT; the exit code is 1 if a child could not be kept alive.

        `on_start` is asked every tenth of a second until it says that it has done its part.
        """
        reader, writer = socket.socketpair()
        for end in (reader, writer):
            end.setblocking(False)
        signal.set_wakeup_fd(writer.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        code = 0
        try:
            while not self._is_stopping:
                if self._start_what_is_due():
                    code = 1
                    break
                if on_start is not None and on_start():
                    on_start = None
                    let_go_of_code()
                self._wait(reader, 0.1 if on_start else None)
        finally:
            self._end_all()
        return code

    def _stop(self, *_: object) -> None:
        self._is_stopping = True

    def _start_what_is_due(self) -> bool:
        """Replace the dead; True if one of them is past help."""
        now = time.monotonic()
        self._children = [child for child in self._children if not child.is_done()]
        for child in self._children:
            if child.is_gone():
                child.bury(now)
                if len(child.deaths) >= DEATHS_TO_GIVE_UP:
                    logger.critical("%s does not stay alive; Mulin stops", child.name)
                    return True
            if child.process is None and child.starts_at <= now:
                child.start()
        return False

    def _wait(self, reader: socket.socket, seconds: float | None) -> None:
        """Sleep until a child ends, a signal comes, or a start is due."""
        waiting = [child.starts_at for child in self._children if child.process is None]
        if waiting:
            pause = max(0.0, min(waiting) - time.monotonic())
            seconds = pause if seconds is None else min(seconds, pause)
        alive = [child.process.sentinel for child in self._children if child.process is not None]
        if reader in wait([reader, *alive], seconds):
            reader.recv(4096)

    def _end_all(self) -> None:
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for process in running:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.exitcode is None:
                process.kill()
                process.join()


def apart(work: Callable[[], int]) -> int:
    """Do heavy work in a process of its own, so that its memory goes when it is done; its result.

    `work` returns an exit code. A work that is killed counts as 1.
    """
    _end_with_parent()
    connections.close_all()

    def run() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        sys.exit(work())

    process = _fork.Process(target=run, name="preparation")
    process.start()
    process.join()
    ended_with = process.exitcode
    return ended_with if ended_with is not None and ended_with >= 0 else 1


@cache
def _end_with_parent() -> None:
    """After every fork below the parent: a process whose parent was killed ends too.

    Otherwise a `kill -9` of the parent would leave servers behind that hold the port, and workers
    that do each job beside their successors. Linux only.
    """
    if sys.platform != "linux":
        return
    prctl = ctypes.CDLL(None).prctl
    parents: list[int] = [os.getpid()]

    def remember() -> None:
        parents[0] = os.getpid()

    def bind_to_parent() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parents[0]:
            os.kill(os.getpid(), signal.SIGTERM)

    os.register_at_fork(before=remember, after_in_child=bind_to_parent)


def _load() -> None:
    """Load what every child would work out for itself, and then hold for itself."""
    for model in apps.get_models():
        model._meta.get_fields()  # what is related to what: asked of all models for any of them
        model._meta.fields_map  # noqa: B018  likewise
    EncryptedTextField().keys  # noqa: B018  derived for all columns


def _load_web() -> None:
    """Load all that the web processes would each load for themselves."""
    import granian  # noqa: F401, PLC0415  the worker alone does without it

    import mulin.wsgi  # noqa: F401, PLC0415  builds the chain of middleware

    for code in dict(settings.LANGUAGES):
        with translation.override(code):
            translation.gettext("")
            # Reading the names loads every view, too; each language has its own.
            _load_names(get_resolver())


def _load_names(resolver: URLResolver) -> None:
    for _prefix, of_namespace in resolver.namespace_dict.values():
        _load_names(of_namespace)


def _answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), 0.5).close()
    except OSError:
        return False
    return True


def serve(
    *, address: str, port: int, jobs: bool = True, on_ready: Callable[[], None],
    beside: Iterable[Child] = (),
) -> int:  # fmt: skip
    """Run web server and worker, and what goes on `beside` them, until told to stop; the exit code.

    Calls `on_ready` once when pages are answered. Raises CannotServe if the port is taken, the
    database is older than the code, or residents would come and a setting is unsafe.
    """
    check_port(address, port)
    _check_broker()
    _check(address, and_then=collect_static)
    _load_web()
    children = [Child("web server", lambda: _run_web(address, port))]
    if jobs:
        children += _workers()
    children += beside

    def tell_when_open() -> bool:
        if not _answers(address, port):
            return False
        on_ready()
        return True

    return _run_tree(children, on_start=tell_when_open)


def work(*, address: str) -> int:
    """Run the worker alone until told to stop; the exit code. Raises CannotServe.

    `address` is where the web server listens: it tells whether residents come.
    """
    _check(address)
    return _run_tree(_workers())


def _check_broker() -> None:
    """Raise CannotServe where devices would call by MQTT and there is nobody to answer."""
    if not settings.MULIN_MQTT:
        return
    from mulin.circle.alarms.mqtt import broker_program  # noqa: PLC0415  only where devices use it

    if not broker_program():
        raise CannotServe(_("Mosquitto is not installed: apt install mosquitto"))
    check_port(settings.MULIN_MQTT_ADDRESS, settings.MULIN_MQTT_PORT)


def _workers() -> list[Child]:
    children = [Child("worker", _run_jobs), Child("alarms", _run_alarms)]
    if settings.MULIN_MQTT:
        children += [Child("broker", _run_broker), Child("listener", _run_listener)]
    if settings.MULIN_BACKUP_DIR:
        children.append(Child("upkeep", _run_upkeep))
    return children


def _check(address: str, *, and_then: Callable[[], None] | None = None) -> None:
    """Raise CannotServe if the database is older than the code, or in production something is
    unsafe; else do what comes next. All of it apart, so that its memory goes.
    """
    is_ready, is_old, first_unsafe = 0, 3, 10

    def look() -> int:
        from mulin.ground.upkeep.installation import pending_migrations  # noqa: PLC0415  needs Django set up
        from mulin.ground.upkeep.refusals import NotDone  # noqa: PLC0415  likewise
        from mulin.ground.upkeep.restoring import finish_if_cut_off  # noqa: PLC0415  likewise

        try:
            finish_if_cut_off()
        except NotDone as refusal:
            logger.error("%s", refusal)  # noqa: TRY400  a sentence for the operator
            return 1
        if pending_migrations():
            return is_old
        if unsafe := _unsafe(address):
            for text in unsafe:
                print(f"!! {text}", file=sys.stderr, flush=True)  # noqa: T201  for the operator
            return first_unsafe + len(unsafe)
        if and_then is not None:
            and_then()
        return is_ready

    code = apart(look)
    if code == is_old:
        raise CannotServe(_("The database is older than this Mulin. Run: mulin migrate"))
    if code > first_unsafe:
        count = code - first_unsafe
        raise CannotServe(
            ngettext(
                "Residents would come, so Mulin does not open with this unsafe setting.",
                "Residents would come, so Mulin does not open with these %(count)d unsafe settings.",
                count,
            )
            % {"count": count}
        )
    if code != is_ready:
        raise CannotServe(_("Mulin could not prepare its start; the reason stands above."))


def _unsafe(address: str) -> list[str]:
    """In production: each unsafe setting that was not accepted, and how it is mended."""
    if not is_production(
        is_demanded=settings.MULIN_PRODUCTION, is_demo=settings.MULIN_DEMO, address=address,
        hosts=settings.ALLOWED_HOSTS,
    ):  # fmt: skip
        return []
    from mulin.ground.upkeep.installation import facts  # noqa: PLC0415  needs Django set up

    found = faults(facts(is_behind=False))
    return [one.text for one in unaccepted(found, settings.MULIN_ACCEPT)]


def _run_tree(children: list[Child], *, on_start: Callable[[], bool] | None = None) -> int:
    _end_with_parent()
    _load()
    # No connection may be shared by two processes.
    connections.close_all()
    # What is frozen the collector doesn't touch, and so the children don't copy it.
    gc.collect()
    give_back()
    gc.freeze()
    return Supervisor(children).run(on_start=on_start)
