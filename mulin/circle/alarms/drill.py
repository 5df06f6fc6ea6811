"""`mulin alarm drill`: many alarms, and a kill at each named point. What was lost, what came twice.

Each point of failure has a community of its own with one elder and one device for each alarm. A
process does the work and is killed when it has passed the point so many times; the next one starts
and goes on, as after a power cut, until all kills are used up, and one that lives ends the work.
What a device got a receipt for, and what arrived at the gateway, lie in files outside the database,
and are compared with the register in the end.

The parent loads Django once and never opens a connection: every process is a fork of it.
"""

import json
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connections
from django.utils import translation

from mulin.circle.alarms.actions.answering import go
from mulin.circle.alarms.actions.expecting import scan
from mulin.circle.alarms.actions.ladder import climb_due, load_all
from mulin.circle.alarms.actions.raising import take_signal
from mulin.circle.alarms.models import (
    Alarm,
    Cause,
    Contact,
    ContactKind,
    Device,
    DeviceKind,
    Duty,
    Event,
    Expectation,
    Happened,
    Watch,
)
from mulin.circle.alarms.rules import Rung, Said, Signal, State, Who
from mulin.ground.community.models import Account, Community, Membership, Street
from mulin.ground.community.rules import Actor, Grant, Role
from mulin.ground.notify.actions import deliver_due
from mulin.ground.people.models import Person
from mulin.kit import clock
from mulin.kit.scoping import in_community

_fork = multiprocessing.get_context("fork")

#: Neighbours first, the family a minute later; nobody of the staff, so that all goes by text.
LADDER: Final = (Rung(0, (Who.NEIGHBOUR,)), Rung(60, (Who.FAMILY,)))
#: After so many presses the worker sends what waits, as its every second would.
PRESSES_A_SECOND: Final = 25
#: Messages whose senders died wait at most this long.
AFTER_DEATHS: Final = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class Point:
    """Where is killed, and during which work."""

    name: str
    stage: str


POINTS: Final = (
    Point("alarms.before_outbox", "press"),  # F3: between alarm and outbox
    Point("alarms.before_commit", "press"),  # F1
    Point("alarms.after_commit", "press"),  # F2: before the receipt
    Point("outbox.after_lease", "press"),  # F4
    Point("outbox.after_send", "press"),  # F5
    Point("outbox.before_mark", "press"),  # F5, in the transaction that marks
    Point("alarms.in_climb", "climb"),  # F6: in the transaction of a rung
    Point("alarms.between_rungs", "climb"),  # F6
    Point("alarms.in_answer", "answer"),  # F7
    Point("alarms.in_scan", "scan"),  # F8: in the transaction of one silence
    Point("alarms.mid_scan", "scan"),  # F8: between two
)


@dataclass
class Result:
    """What one point did to the alarms."""

    point: str
    alarms: int
    kills: int
    lost: int
    doubled: int
    most_of_one: int
    seconds_to_first_send: float
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Nothing is lost, and no kill doubled more than one delivery."""
        return not self.lost and not self.faults and self.doubled <= self.kills

    def as_dict(self) -> dict[str, Any]:  # Any: for JSON
        return asdict(self) | {"holds": self.holds}


# ── a gateway and a device outside the database ──────────────────────────────────────────────


class _Sink(BaseHTTPRequestHandler):
    """Writes a line for each text; what stands in the file has arrived."""

    path_of_file = ""

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        with Path(self.path_of_file).open("a", encoding="utf-8") as file:
            file.write(json.dumps([told["key"], told["to"], time.time()]) + "\n")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_told: object) -> None:
        """Silent."""


@contextmanager
def _sink(path: Path) -> Iterator[str]:
    """A gateway of its own process; its address."""
    path.touch()
    server = HTTPServer(("127.0.0.1", 0), type("Sink", (_Sink,), {"path_of_file": str(path)}))
    process = _fork.Process(target=server.serve_forever, daemon=True)
    process.start()
    server.server_close()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        process.kill()
        process.join()


def _arrived(path: Path) -> list[tuple[str, str, float]]:
    lines = path.read_text("utf-8").splitlines()
    return [tuple(json.loads(line)) for line in lines]


class _Receipts:
    """What the devices were told is written down, in a file of their own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()

    def all(self) -> set[int]:
        return {int(line) for line in self._path.read_text("ascii").split()}

    def write(self, number: int) -> None:
        with self._path.open("a", encoding="ascii") as file:
            file.write(f"{number}\n")


# ── one life of the worker ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Life:
    """What a process does from its start to its end or its death."""

    slug: str
    stage: str
    alarms: int
    folder: Path
    sink: str
    began: datetime

    def live(self) -> None:
        """Do the stage, and send what it writes."""
        settings.MULIN_SMS_URL = self.sink
        community = Community.objects.get(slug=self.slug)
        with translation.override(settings.LANGUAGE_CODE):
            self._send(community)
            getattr(self, f"_{self.stage}")(community)
            self._send(community)

    def _clock(self, after: timedelta = timedelta()) -> Callable[[], datetime]:
        """The wall clock of a story that goes on at its own pace."""
        return lambda: self.began + after

    def _send(self, community: Community, after: timedelta = timedelta()) -> None:
        moment = self.began + after + AFTER_DEATHS
        deliver_due(community, clock=lambda: moment, only_alarms=True)

    def _press(self, community: Community) -> None:
        """Each device presses until it has its receipt."""
        receipts = _Receipts(self.folder / "receipts")
        with in_community(community):
            devices = list(Device.objects.select_related("watch__person").order_by("id"))
        done = receipts.all()
        since = 0
        for number, device in enumerate(devices):
            if number in done:
                continue
            with in_community(community):
                said = Signal(Said.SOS, message_id=f"m{number}")
                take_signal(said, device=device, now=self.began)
            receipts.write(number)
            since += 1
            if since % PRESSES_A_SECOND == 0:
                self._send(community)

    def _climb(self, community: Community) -> None:
        later = timedelta(seconds=61)
        climb_due(community, clock=self._clock(later))
        climb_due(community, clock=self._clock(later))
        self._send(community, later)

    def _answer(self, community: Community) -> None:
        with in_community(community):
            waiting = list(Alarm.objects.filter(state=State.OPEN).order_by("id"))
            account = Membership.objects.get(community=community).account
        by = Actor(
            community.pk, account_id=account.pk, name="演练", grants=(Grant(Role.HEAD),)
        )  # fmt: skip
        for alarm in waiting:
            with in_community(community):
                go(alarm, by=by, now=self.began + timedelta(seconds=30), token=f"go-{alarm.pk}")

    def _scan(self, community: Community) -> None:
        scan(community, clock=self._clock())

    def _all_sent(self, community: Community) -> None:
        """Nothing but the last sending."""


# ── one group of points ──────────────────────────────────────────────────────────────────────

#: The order of a story; a scan begins with silence, and is a story of its own.
STAGES: Final = ("press", "climb", "answer", "scan")
#: Each point with alarms of its own, and all points in two stories.
APART: Final = tuple((point,) for point in POINTS)
TOGETHER: Final = (
    tuple(point for point in POINTS if point.stage != "scan"),
    tuple(point for point in POINTS if point.stage == "scan"),
)


def drill(
    groups: tuple[tuple[Point, ...], ...] = APART, *, alarms: int, kills: int, folder: Path,
    say: Callable[[Result], None] = lambda _result: None,
) -> list[Result]:  # fmt: skip
    """Run every group of points over alarms of its own, with so many kills at each point.

    The caller holds no connection.
    """
    load_all()
    connections.close_all()
    results = []
    for number, points in enumerate(groups):
        place = folder / str(number)
        place.mkdir(parents=True)
        with _sink(place / "arrived") as sink:
            result = _one_group(points, alarms=alarms, kills=kills, folder=place, sink=sink)
        results.append(result)
        say(result)
    return results


def _one_group(
    points: tuple[Point, ...], *, alarms: int, kills: int, folder: Path, sink: str
) -> Result:  # fmt: skip
    slug = f"drill-{int(time.time() * 1_000_000):x}"
    began = clock.now()
    is_silence = points[0].stage == "scan"
    _run(lambda: _prepare(slug, alarms, began, silences=is_silence))
    last = max(STAGES.index(point.stage) for point in points)
    stages = ("scan",) if is_silence else STAGES[: last + 1]
    faults: list[str] = []
    firsts: list[float] = []
    killed = 0
    for stage in stages:
        failpoints = [
            point.name for point in points if point.stage == stage for _kill in range(kills)
        ]
        every = max(1, alarms // (len(failpoints) + 1))
        life = Life(slug, stage, alarms, folder, sink, began)
        for place, name in enumerate([*failpoints, ""]):
            had, started = len(_arrived(folder / "arrived")), time.time()
            has_lived = _run(life.live, failpoint=f"{name}@{every if place else 1}" if name else "")
            fresh = _arrived(folder / "arrived")[had:]
            if place and fresh:
                firsts.append(fresh[0][2] - started)
            killed += not has_lived
            if has_lived and name:
                faults.append(f"{name} was not passed")
    for _moment in range(2):  # what waits because its senders died
        _run(Life(slug, "all_sent", alarms, folder, sink, began + AFTER_DEATHS).live)
    judged = _judged(slug, stages, alarms, folder, killed)
    return Result(
        " ".join(point.name for point in points), alarms, killed, judged.lost, judged.doubled,
        judged.most, round(max(firsts, default=0.0), 3), faults + judged.faults,
    )  # fmt: skip


def _run(deed: Callable[[], None], *, failpoint: str = "") -> bool:
    """Do it in a process of its own; whether it lived."""
    code = in_own_process(deed, failpoint=failpoint)
    if code not in {0, -signal.SIGKILL}:
        raise RuntimeError(f"a process of the drill ended with {code}")
    return code == 0


def in_own_process(deed: Callable[[], None], *, failpoint: str = "") -> int:
    """Do it in a fork, whose connection ends with it; the exit code, -9 for one that was killed."""

    def main() -> None:
        if failpoint:
            os.environ["MULIN_FAILPOINT"] = failpoint
        try:
            deed()
        finally:
            connections.close_all()

    process = _fork.Process(target=main)
    process.start()
    process.join()
    return process.exitcode or 0


def _prepare(slug: str, alarms: int, now: datetime, *, silences: bool) -> None:
    """A community with one elder, two contacts and one device for each alarm."""
    street, _is_new = Street.objects.get_or_create(name="演练街道")
    community = Community.objects.create(street=street, name="演练", slug=slug, phone="110")
    account = Account.objects.create(
        login_name=slug, display_name="演练", password="!", created_at=now,  # noqa: S106  nobody signs in
    )  # fmt: skip
    Membership.objects.create(community=community, account=account, role=Role.OBSERVER, since=now)
    with in_community(community):
        Duty.objects.create(community=community, rungs=[rung.as_json() for rung in LADDER])
        persons = [
            Person(community=community, name=f"演练{number}", created_at=now)
            for number in range(alarms)
        ]
        for one in persons:
            one.derive()
        Person.objects.bulk_create(persons, batch_size=200)
        watches = [Watch(community=community, person=one, since=now) for one in persons]
        Watch.objects.bulk_create(watches, batch_size=200)
        Contact.objects.bulk_create(
            [
                Contact(
                    community=community, watch=watch, kind=kind, name="联系人",
                    phone=f"1{3 + place}{number:09d}",
                )
                for number, watch in enumerate(watches)
                for place, kind in enumerate((ContactKind.NEIGHBOUR, ContactKind.FAMILY))
            ],
            batch_size=200,
        )  # fmt: skip
        if silences:
            Expectation.objects.bulk_create(
                [
                    Expectation(
                        community=community, watch=watch, cause=Cause.SILENCE,
                        since=now - timedelta(hours=2), until=now - timedelta(minutes=1),
                        alarm_at=now - timedelta(minutes=1),
                    )
                    for watch in watches
                ],
                batch_size=200,
            )  # fmt: skip
            return
        Device.objects.bulk_create(
            [
                Device(community=community, kind=DeviceKind.BUTTON, watch=watch, made_at=now)
                for watch in watches
            ],
            batch_size=200,
        )  # fmt: skip


# ── what the register says ───────────────────────────────────────────────────────────────────


@dataclass
class Judged:
    lost: int
    doubled: int
    most: int
    faults: list[str]


def _judged(
    slug: str, stages: tuple[str, ...], alarms: int, folder: Path, kills: int
) -> Judged:  # fmt: skip
    """Compare receipts, register and gateway; in a process that ends with its connection."""
    path = folder / "register"

    def look() -> None:
        community = Community.objects.get(slug=slug)
        with in_community(community):
            told = {
                "pressed": list(
                    Event.objects.filter(what=Happened.PRESSED).values_list(
                        "message_id", "alarm__person__name"
                    )
                ),
                "alarms": Alarm.objects.count(),
                "going": Alarm.objects.filter(state=State.GOING).count(),
                "still": Alarm.objects.running().filter(next_step_at__isnull=True).count(),
                "goes": Event.objects.filter(what=Happened.GOES).count(),
            }
        path.write_text(json.dumps(told), "utf-8")

    _run(look)
    told = json.loads(path.read_text("utf-8"))
    faults = []
    counts = Counter(key for key, _to, _at in _arrived(folder / "arrived"))
    numbers = {to for _key, to, _at in _arrived(folder / "arrived")}
    rungs = 2 if "climb" in stages else 1
    wanted = {
        f"1{3 + place}{number:09d}" for number in range(alarms) for place in range(rungs)
    }  # fmt: skip
    untold = len(wanted - numbers)
    pressed = Counter(name for _message, name in told["pressed"])
    unwritten = alarms - len(pressed)
    if any(times != 1 for times in pressed.values()):
        faults.append("a press was written twice")
    if told["alarms"] != alarms:
        faults.append(f"{told['alarms']} alarms for {alarms} presses")
    if told["still"]:
        faults.append(f"{told['still']} alarms stand still")
    if "answer" in stages and (told["going"], told["goes"]) != (alarms, alarms):
        faults.append(f"{told['going']} of {alarms} were answered, {told['goes']} times")
    most = max(counts.values(), default=0)
    if most > 1 + kills:
        faults.append(f"one text came {most} times")
    return Judged(
        max(untold, unwritten), sum(counts.values()) - len(counts), most, faults
    )  # fmt: skip
