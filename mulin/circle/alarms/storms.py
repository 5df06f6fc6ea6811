"""What the drill lets happen around the watch: a gateway that misbehaves, a broker and a database that
are killed, a disk that is full, a clock that is set, a year that ends, two workers at once.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import paho.mqtt.client as mqtt
from django.conf import settings
from django.db import OperationalError, connection
from paho.mqtt.enums import CallbackAPIVersion

from mulin.circle.alarms.models import Device
from mulin.circle.alarms.mqtt import (
    CLIENT,
    TOPICS,
    broker_program,
    own_key,
    write_broker_settings,
)
from mulin.ground.community.models import Community
from mulin.kit.clock import SHANGHAI
from mulin.kit.scoping import in_community

_fork = get_context("fork")
SECONDS_TO_COME_BACK: Final = 60
#: A device without our receipt presses again after so long, a few at a time, and at once when it
#: has found its broker again. Sooner, what is pressed twice would pile up while whoever listens is
#: being started.
SECONDS_BETWEEN_TRIES: Final = 10.0
AT_A_TIME: Final = 5
#: Every so many texts something goes wrong at the gateway.
EVERY_TEXT: Final = 5


class Storm(StrEnum):
    """What happens beside the kills."""

    NONE = ""
    CLOCK = "clock"  # the clock stands an hour fast in one life and an hour slow in the next
    MIDNIGHT = "midnight"  # the lives go over the last midnight of a year
    GATEWAY = "gateway"
    TWO = "two"  # two workers
    DISK = "disk"
    DATABASE = "database"
    BROKER = "broker"


def why_not(storm: Storm, *, needs_broker: bool) -> str:
    """Why a storm cannot be had on this machine, in English, as programs tell it; "" where it can.

    Looks at the settings alone, so that no connection is opened.
    """
    vendor = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    if storm is Storm.DISK and vendor != "sqlite3":
        return "only SQLite can be told that its disk is full"
    if storm is Storm.DATABASE and vendor != "postgresql":
        return "SQLite has no server that could be killed"
    if needs_broker and not broker_program():
        return "Mosquitto is not installed"
    return ""


def began_of(storm: Storm, began: datetime, life: int) -> datetime:
    """What the clock says when a life of the story begins."""
    if storm is Storm.CLOCK:
        return began + timedelta(hours=1 if life % 2 else -1)
    if storm is Storm.MIDNIGHT:
        local = began.astimezone(SHANGHAI)
        eve = local.replace(month=12, day=31, hour=23, minute=59, second=58, microsecond=0)
        return eve + timedelta(seconds=life)
    return began


# ── a gateway ────────────────────────────────────────────────────────────────────────────────


class _Sink(BaseHTTPRequestHandler):
    """Writes a line for each text; what stands in the file has arrived. In a storm it refuses, says
    nothing, or takes a text and says nothing.
    """

    path_of_file = ""
    is_stormy = False
    seen = 0

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        kind = type(self)
        kind.seen += 1
        what = (kind.seen // EVERY_TEXT) % 4 if kind.seen % EVERY_TEXT == 0 else 0
        if not self.is_stormy:
            what = 0
        if what in {0, 3}:
            line = json.dumps([told["key"], told["to"], time.time(), what == 3])  # noqa: PLR2004  taken, not answered
            with Path(self.path_of_file).open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        if what in {2, 3}:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(500 if what else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_told: object) -> None:
        """Silent."""


@contextmanager
def gateway(path: Path, *, is_stormy: bool) -> Iterator[str]:
    """A gateway of its own process; its address."""
    path.touch()
    kind = type("Sink", (_Sink,), {"path_of_file": str(path), "is_stormy": is_stormy})
    server = HTTPServer(("127.0.0.1", 0), kind)
    process = _fork.Process(target=server.serve_forever, daemon=True)
    process.start()
    server.server_close()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        process.kill()
        process.join()


# ── a disk, a database ───────────────────────────────────────────────────────────────────────


def fill_disk() -> None:
    """From now on SQLite finds no more room, as long as this connection lasts: the file grows no
    more, and what was free in it is taken by a table that is emptied when room is made.
    """
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS drill_filler (bytes BLOB)")
        cursor.execute("DELETE FROM drill_filler")
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages}")
        with suppress(OperationalError):
            while True:
                cursor.execute("INSERT INTO drill_filler VALUES (zeroblob(3000))")


def crash_database() -> None:
    """Kill the server process of our own connection: PostgreSQL then throws all away that is not on
    the disk, and comes back from its log, as after a power cut. Waits until it is back.

    Raises OperationalError where the server runs elsewhere or is not ours to kill.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = int(cursor.fetchone()[0])
    name = Path(f"/proc/{pid}/comm")
    if not (name.exists() and name.read_text("ascii").startswith("postgres")):
        raise OperationalError("the database server runs on another machine")
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + SECONDS_TO_COME_BACK
    while True:
        connection.close()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


# ── a broker, and the devices of a community ─────────────────────────────────────────────────


class Broker:
    """A real Mosquitto with the settings that Mulin writes, which comes back when it is killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "mosquitto"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self.deaths = 0

    def write_settings(self) -> None:
        """Asks the database for the keys of devices: in a process of its own."""
        write_broker_settings(self.folder, address="127.0.0.1", port=self.port)

    def expect_listener(self) -> None:
        """The broker keeps a place for whoever listens, as on every day but the first: what is
        pressed before they are back waits for them.
        """
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=CLIENT, clean_session=False, manual_ack=True
        )
        client.username_pw_set(CLIENT, own_key(self.folder))
        client.on_connect = lambda client, *_told: client.subscribe(TOPICS)
        client.on_subscribe = lambda client, *_told: client.disconnect()
        _connect(client, self.port)
        client.loop_forever()

    def see_to(self) -> bool:
        """Start it, or start it again if it died; whether it was started again."""
        if self._process is not None and self._process.poll() is None:
            return False
        is_again = self._process is not None
        self.deaths += is_again
        self._process = subprocess.Popen(  # noqa: S603  Debian's own program
            [broker_program(), "-c", str(self.folder / "mosquitto.conf")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return is_again

    def stop(self) -> None:
        """It is no longer needed."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def press_by_broker(
    community: Community, *, folder: Path, port: int, receipts: Path, kills: int
) -> None:
    """Every device of a community presses until it has our receipt, again when it lost the broker
    and found it, and after a while in any case; receipts are written down.

    So often the broker is killed at the moment of a PUBACK, spread evenly over the presses.
    """
    with in_community(community):
        codes = list(Device.objects.order_by("id").values_list("code", flat=True))
    connection.close()
    waiting = dict(enumerate(codes))
    lock, is_back = threading.Lock(), threading.Event()
    every = max(1, len(codes) // (kills + 1))
    told = {"acknowledged": 0, "kills": kills, "killed": 0}

    def published(*_told: object) -> None:
        told["acknowledged"] += 1
        if not told["kills"] or told["acknowledged"] % every:
            return
        with suppress(OSError, ValueError):
            pid = int((folder / "pid").read_text("ascii"))
            if pid != told["killed"]:  # one that is dead already is no second kill
                os.kill(pid, signal.SIGKILL)
                told["killed"], told["kills"] = pid, told["kills"] - 1

    def heard(client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        number = int(message.topic.rpartition("/")[2].removeprefix("m"))
        with lock:
            if waiting.pop(number, None) is not None:
                with receipts.open("a", encoding="ascii") as file:
                    file.write(f"{number}\n")
        client.ack(message.mid, message.qos)

    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id="drill", clean_session=False, manual_ack=True
    )
    client.username_pw_set(CLIENT, own_key(folder))
    client.reconnect_delay_set(1, 1)
    client.on_connect = lambda client, *_told: client.subscribe("sos/+/rcpt/#", 1)
    client.on_subscribe = lambda *_told: is_back.set()
    client.on_publish = published
    client.on_message = heard
    _connect(client, port)
    client.loop_start()
    while waiting:
        is_back.clear()
        with lock:
            now = list(waiting.items())[:AT_A_TIME]
        for number, code in now:
            said = json.dumps({"said": "sos", "id": f"m{number}"})
            client.publish(f"sos/{community.slug}.{code}/press", said, qos=1)
        deadline = time.monotonic() + SECONDS_BETWEEN_TRIES
        while any(number in waiting for number, _code in now):
            if is_back.wait(0.01) or time.monotonic() > deadline:
                break
    client.disconnect()
    client.loop_stop()


def _connect(client: mqtt.Client, port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_COME_BACK
    while True:
        try:
            client.connect("127.0.0.1", port)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
