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
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connections
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
from mulin.circle.alarms.mqtt import Listener
from mulin.circle.alarms.rules import AFTER_FAULT, Rung, Said, Signal, State, Who
from mulin.circle.alarms.storms import (
    Broker,
    Storm,
    began_of,
    crash_database,
    fill_disk,
    gateway,
    press_by_broker,
    why_not,
)
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
    """Where is killed, during which work, and what happens beside it."""

    place: str
    stage: str
    storm: Storm = Storm.NONE

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return str(self.storm) or self.place


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
    Point("alarms.before_receipt", "device"),  # F2, by MQTT: whoever listens is killed
    Point("alarms.before_puback", "device"),  # F2, by MQTT
    Point("", "device", Storm.BROKER),  # F9: the broker is killed as it gives its PUBACK
    Point("alarms.after_commit", "press", Storm.DATABASE),  # F10: and PostgreSQL crashes
    Point("", "press", Storm.DISK),  # F11
    Point("alarms.between_rungs", "climb", Storm.CLOCK),  # F12
    Point("outbox.after_send", "press", Storm.GATEWAY),  # F13
    Point("alarms.between_rungs", "climb", Storm.MIDNIGHT),  # F14
    Point("outbox.after_lease", "climb", Storm.TWO),  # F15
)


#: From a restart to the first text, or to a device's first receipt, at most.
MOST_SECONDS: Final = 10


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
    not_run: str = ""

    @property
    def holds(self) -> bool:
        """Nothing is lost, no kill doubled more than one delivery, and soon all goes on."""
        is_soon = self.seconds_to_first_send < MOST_SECONDS
        return is_soon and not self.lost and not self.faults and self.doubled <= self.kills

    def as_dict(self) -> dict[str, Any]:  # Any: for JSON
        return asdict(self) | {"holds": self.holds}


# ── what lies outside the database ───────────────────────────────────────────────────────────


def _arrived(path: Path) -> list[tuple[str, str, float, bool]]:
    """Key, number, second of each text; whether the gateway took it and did not say so."""
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
    storm: Storm = Storm.NONE
    presses_to_full: int = 0  # after so many the disk is full; 0: never
    port: int = 0  # of the broker

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
        left = self.presses_to_full
        with in_community(community):
            devices = list(Device.objects.select_related("watch__person").order_by("id"))
        done = receipts.all()
        since = 0
        for number, device in enumerate(devices):
            if number in done:
                continue
            with in_community(community):
                said = Signal(Said.SOS, message_id=f"m{number}")
                try:
                    take_signal(said, device=device, now=self.began)
                except DatabaseError:
                    if self.presses_to_full:
                        os.kill(os.getpid(), signal.SIGKILL)  # no receipt; somebody makes room
                    raise
            receipts.write(number)
            since += 1
            left -= 1
            if self.presses_to_full and left == 0:
                fill_disk()
        if self.storm is Storm.DISK:
            # What was written without its first text is told once the watch tries again.
            climb_due(community, clock=self._clock(AFTER_FAULT + timedelta(seconds=2)))
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

    def _device(self, _community: Community) -> None:
        """Whoever listens to the broker, until they are killed."""
        Listener(address="127.0.0.1", port=self.port, folder=self.folder / "mosquitto").run()

    def _all_sent(self, community: Community) -> None:
        """Nothing but the last sending."""


# ── one group of points ──────────────────────────────────────────────────────────────────────

#: The order of a story; a scan begins with silence, devices with a broker: stories of their own.
STAGES: Final = ("press", "climb", "answer")
#: A message whose sender died twice, or whose gateway failed, waits a minute at most.
LAST_ROUNDS: Final = 6


def grouped(points: Sequence[Point], *, together: bool) -> tuple[tuple[Point, ...], ...]:
    """The stories that go through these points: one for each, with alarms of its own; or together
    one for all that need neither a storm nor a broker, and one for those of silence.
    """
    stories: dict[str, list[Point]] = {}
    for point in points:
        is_shared = together and not point.storm and point.stage != "device"
        part = "silence" if point.stage == "scan" else "alarm"
        stories.setdefault(part if is_shared else point.name, []).append(point)
    return tuple(tuple(story) for story in stories.values())


def drill(
    groups: tuple[tuple[Point, ...], ...], *, alarms: int, kills: int, folder: Path,
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
        story = Story(points, alarms, kills, place)
        result = story.not_run() or story.run()
        results.append(result)
        say(result)
    return results


class Story:
    """One group of points: alarms, lives and deaths, and what the register says in the end."""

    def __init__(self, points: tuple[Point, ...], alarms: int, kills: int, folder: Path) -> None:
        self.points, self.alarms, self.kills, self.folder = points, alarms, kills, folder
        self.slug = f"drill-{int(time.time() * 1_000_000):x}"
        self.storm = points[0].storm
        self.began = clock.now()
        self.faults: list[str] = []
        self.firsts: list[float] = []
        self.killed = 0
        self.lives = 0
        self._sink = ""

    @property
    def stages(self) -> tuple[str, ...]:
        """What happens in it."""
        first = self.points[0].stage
        if first not in STAGES:
            return (first,)
        last = max(STAGES.index(point.stage) for point in self.points)
        return STAGES[: last + 1]

    def not_run(self) -> Result | None:
        """Why this machine can't tell it."""
        why = why_not(self.storm, needs_broker=self.points[0].stage == "device")
        return Result(self._name, 0, 0, 0, 0, 0, 0.0, not_run=why) if why else None

    @property
    def _name(self) -> str:
        return " ".join(point.name for point in self.points)

    def run(self) -> Result:
        """Tell it from the beginning to the end."""
        silences = self.points[0].stage == "scan"
        _run(lambda: _prepare(self.slug, self.alarms, self.began, silences=silences))
        with gateway(self.folder / "arrived", is_stormy=self.storm is Storm.GATEWAY) as self._sink:
            for stage in self.stages:
                if stage == "device":
                    self._devices()
                else:
                    self._stage(stage)
            for number in range(1, LAST_ROUNDS + 1):  # what waits because somebody died
                later = began_of(self.storm, self.began, self.lives) + number * AFTER_DEATHS
                _run(replace(self._life("all_sent"), began=later).live)
        judged = _judged(self.slug, self.stages, self.alarms, self.folder, self.killed)
        return Result(
            self._name, self.alarms, self.killed, judged.lost, judged.doubled, judged.most,
            round(max(self.firsts, default=0.0), 3), self.faults + judged.faults,
        )  # fmt: skip

    def _life(self, stage: str) -> Life:
        began = began_of(self.storm, self.began, self.lives)
        return Life(self.slug, stage, self.alarms, self.folder, self._sink, began, self.storm)

    def _stage(self, stage: str) -> None:
        """So many lives that end at a point, and one that lives."""
        deaths = [one.place for one in self.points if one.stage == stage for _ in range(self.kills)]
        every = max(1, self.alarms // (len(deaths) + 1))
        for number, place in enumerate([*deaths, None]):
            had, started = len(_arrived(self.folder / "arrived")), time.time()
            life = self._life(stage)
            if place is not None and self.storm is Storm.DISK:
                life = replace(life, presses_to_full=max(1, every // 2))  # some more find room
            failpoint = f"{place}@{every if number else 1}" if place else ""
            workers = 2 if self.storm is Storm.TWO else 1
            codes = in_own_processes([life.live] * workers, failpoint=failpoint)
            self.killed += codes.count(-signal.SIGKILL)
            self.lives += 1
            if set(codes) - {0, -signal.SIGKILL}:
                raise RuntimeError(f"a process of the drill ended with {codes}")
            if place is not None and -signal.SIGKILL not in codes:
                self.faults.append(f"{place or self.storm} was not passed")
            if place is not None and self.storm is Storm.DATABASE:
                _run(crash_database)
            fresh = _arrived(self.folder / "arrived")[had:]
            if number and fresh:
                self.firsts.append(fresh[0][2] - started)

    def _devices(self) -> None:
        """Devices press by the broker; it or whoever listens is killed; both begin again."""
        broker = Broker(self.folder)
        _run(broker.write_settings)
        kills = self.kills if self.storm is Storm.BROKER else 0
        receipts = self.folder / "receipts"
        receipts.touch()
        slug, place = self.slug, self.points[0].place
        every = max(1, self.alarms // (self.kills + 1))

        def press() -> None:
            press_by_broker(
                Community.objects.get(slug=slug), folder=broker.folder, port=broker.port,
                receipts=receipts, kills=kills,
            )  # fmt: skip

        broker.see_to()
        broker.expect_listener()
        devices = begin(press)
        left = 0 if kills else self.kills
        listener: ForkProcess | None = None
        started, had = time.time(), -1  # -1: the first receipt since came
        while devices.is_alive():
            if broker.see_to():
                started, had = time.time(), receipts.stat().st_size
            if listener is None or not listener.is_alive():
                if listener is not None:
                    self.killed += 1
                    left -= 1
                started, had = time.time(), receipts.stat().st_size
                life = replace(self._life("device"), port=broker.port)
                listener = begin(life.live, failpoint=f"{place}@{every}" if left else "")
            if had >= 0 and receipts.stat().st_size > had:
                self.firsts.append(time.time() - started)
                had = -1
            time.sleep(0.02)
        if listener is not None:
            listener.kill()
            listener.join()
        broker.stop()
        self.killed += broker.deaths
        if devices.exitcode != 0 or self.killed < self.kills:
            self.faults.append(f"{self.killed} of {self.kills} kills; devices {devices.exitcode}")


def _run(deed: Callable[[], None], *, failpoint: str = "") -> bool:
    """Do it in a process of its own; whether it lived."""
    code = in_own_process(deed, failpoint=failpoint)
    if code not in {0, -signal.SIGKILL}:
        raise RuntimeError(f"a process of the drill ended with {code}")
    return code == 0


def in_own_process(deed: Callable[[], None], *, failpoint: str = "") -> int:
    """Do it in a fork, whose connection ends with it; the exit code, -9 for one that was killed."""
    return in_own_processes([deed], failpoint=failpoint)[0]


def in_own_processes(deeds: Sequence[Callable[[], None]], *, failpoint: str = "") -> list[int]:
    """Do all at once, each in a fork; the exit codes."""
    processes = [begin(deed, failpoint=failpoint) for deed in deeds]
    for process in processes:
        process.join()
    return [process.exitcode or 0 for process in processes]


def begin(deed: Callable[[], None], *, failpoint: str = "") -> ForkProcess:
    """Begin it in a fork that dies at the point."""

    def main() -> None:
        if failpoint:
            os.environ["MULIN_FAILPOINT"] = failpoint
        try:
            deed()
        finally:
            connections.close_all()

    process = _fork.Process(target=main, daemon=True)
    process.start()
    return process


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
    arrived = _arrived(folder / "arrived")
    counts = Counter(key for key, _to, _at, _is_silent in arrived)
    numbers = {to for _key, to, _at, _is_silent in arrived}
    unsaid = sum(is_silent for _key, _to, _at, is_silent in arrived)  # each may come once more
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
    if most > 1 + kills + unsaid:
        faults.append(f"one text came {most} times")
    doubled = sum(counts.values()) - len(counts)
    return Judged(max(untold, unwritten), max(0, doubled - unsaid), most, faults)
