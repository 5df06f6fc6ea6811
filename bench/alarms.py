"""Claims: from a press to the duty screen and to the gateway, with the heartbeats of 300 and of
20,000 devices coming in; from a power cut to the first text.

A real `mulin serve --mqtt`; presses by MQTT, one after the other, as devices send them.

    python -m bench.alarms            # these claims alone, each line as soon as it is known
    python -m bench.alarms --quick    # with 300 devices only

`python -m bench.alarms make DEVICES` makes a community in the folder of its environment.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import paho.mqtt.client as mqtt
import requests
from paho.mqtt.enums import CallbackAPIVersion

from bench.lines import Line, p95
from mulin.circle.alarms.rules import receipt_topic
from tests.support.serving import environment, free_port, kill, running

ROOT: Final = Path(__file__).resolve().parent.parent
FEW, MANY, PRESSES = 300, 20_000, 40
SECONDS_BETWEEN_BEATS = 300
SECONDS_BETWEEN_PRESSES = 0.7
SECONDS_TO_PRESS_AGAIN = 5
TO_SCREEN, TO_GATEWAY, TO_FIRST = 2.0, 10.0, 10.0
LONGEST = 60


def measure(*, is_quick: bool = False) -> Iterator[Line]:
    """The claims as they are measured, in databases made for them and thrown away."""
    for devices in (FEW,) if is_quick else (FEW, MANY):
        with tempfile.TemporaryDirectory(prefix="mulin-bench-") as folder:
            yield from _measure(Path(folder), devices)


def _measure(folder: Path, devices: int) -> Iterator[Line]:
    port = free_port()
    with _gateway() as (url, arrived):
        more = {"MULIN_SMS_URL": url, "MULIN_MQTT_PORT": str(port)}
        told = environment(folder, DJANGO_SETTINGS_MODULE="mulin.settings", **more)
        subprocess.run(
            [sys.executable, "-m", "mulin", "migrate"], env=told, cwd=ROOT, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        made = subprocess.run(
            [sys.executable, "-m", "bench.alarms", "make", str(devices)], env=told, cwd=ROOT, check=True,
            text=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        known = json.loads(made.stdout)
        with running("serve", "--mqtt", data_dir=folder, **more) as (address, process):
            with _beating(port, known["own_key"], known["codes"]):
                screens, gateways = _press_all(address, port, known, arrived)
            beside = f"p95, with heartbeats of {devices:,} devices"
            yield Line(f"press to duty screen, {beside}", TO_SCREEN, p95(screens), "s")
            yield Line(f"press to gateway, {beside}", TO_GATEWAY, p95(gateways), "s")
            _say_press(port, known["own_key"], known["codes"][-1], "last")
            _until(lambda: len(arrived) > PRESSES, seconds=LONGEST)
            # Written, but nobody sent its next rung: the tree is killed before the minute is over.
            kill(process, address)
            before = len(arrived)
            time.sleep(60)
            began = time.monotonic()
            with running("serve", "--mqtt", data_dir=folder, **more):
                _until(lambda: len(arrived) > before, seconds=LONGEST)
                first = arrived[before][1] - began
    yield Line(f"power cut: start to first text, {devices:,} devices", TO_FIRST, first, "s")


def _press_all(
    address: str, port: int, known: dict[str, Any], arrived: list[tuple[str, float]]
) -> tuple[list[float], list[float]]:
    """Press one device after the other; seconds until the screen shows it, until its text came."""
    screen = f"{address}/alarms/screen/bench/{known['screen']}/now/"
    pressed: dict[str, float] = {}
    shown: dict[str, float] = {}
    is_over = threading.Event()

    def look() -> None:
        with requests.Session() as session:
            while not is_over.is_set():
                text = session.get(screen, timeout=LONGEST).text
                now = time.monotonic()
                for name in [one for one in pressed if one not in shown and f" {one}。" in text]:
                    shown[name] = now
                time.sleep(1)  # as the screen asks

    watcher = threading.Thread(target=look)
    watcher.start()
    for number in range(PRESSES):
        name = f"{number}号楼"
        pressed[name] = time.monotonic()
        _say_press(port, known["own_key"], known["codes"][number], str(number))
        time.sleep(SECONDS_BETWEEN_PRESSES)
    _until(lambda: len(shown) == PRESSES and len(arrived) >= PRESSES, seconds=LONGEST)
    is_over.set()
    watcher.join()
    came = dict(reversed(arrived))
    return (
        [shown[name] - at for name, at in pressed.items()],
        [came[f"13{number:09d}"] - pressed[f"{number}号楼"] for number in range(PRESSES)],
    )


def _say_press(port: int, key: str, code: str, number: str) -> None:
    """Press as a device does: again and again until our receipt is there, for the broker's own says
    nothing of who heard it.
    """
    client = mqtt.Client(CallbackAPIVersion.VERSION2, manual_ack=True)
    client.username_pw_set("mulin", key)
    has_receipt = threading.Event()
    client.on_message = lambda *_told: has_receipt.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.subscribe(receipt_topic("bench", code, number), qos=1)
    told = json.dumps({"said": "sos", "id": number})
    for _press in range(LONGEST // SECONDS_TO_PRESS_AGAIN):
        client.publish(f"sos/bench.{code}/press", told, qos=1).wait_for_publish(LONGEST)
        if has_receipt.wait(SECONDS_TO_PRESS_AGAIN):
            break
    else:
        raise RuntimeError("no receipt came")
    client.disconnect()
    client.loop_stop()


@contextmanager
def _beating(port: int, key: str, codes: list[str]) -> Iterator[None]:
    """All devices report once in five minutes, evenly spread."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, manual_ack=True)
    client.username_pw_set("mulin", key)
    _until(lambda: _connects(client, port), seconds=LONGEST)
    client.loop_start()
    is_over = threading.Event()

    def beat() -> None:
        place = 0
        while not is_over.wait(0.1):
            for _one in range(max(1, len(codes) // (SECONDS_BETWEEN_BEATS * 10))):
                client.publish(f"sos/bench.{codes[place % len(codes)]}/beat", b"", qos=0)
                place += 1

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        client.disconnect()
        client.loop_stop()


def _connects(client: mqtt.Client, port: int) -> bool:
    try:
        client.connect("127.0.0.1", port)
    except OSError:
        return False
    return True


@contextmanager
def _gateway() -> Iterator[tuple[str, list[tuple[str, float]]]]:
    arrived: list[tuple[str, float]] = []

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            arrived.append((told["to"], time.monotonic()))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_told: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", arrived
    server.shutdown()
    server.server_close()


def _until(is_so: Any, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError("it took too long")
        time.sleep(0.02)


def main() -> int:
    """The claims of alarms alone, or the making of a community; the exit code."""
    if sys.argv[1:2] == ["make"]:
        make(int(sys.argv[2]))
        return 0
    missed = 0
    for line in measure(is_quick="--quick" in sys.argv):
        print(line, flush=True)
        missed += not line.passes
    return 1 if missed else 0


def make(devices: int) -> None:
    """A community with so many devices; what the bench must know of it as one line of JSON."""
    import django  # noqa: PLC0415  the environment is told first

    django.setup()
    from django.conf import settings  # noqa: PLC0415  Django is set up first

    from mulin.circle.alarms.actions.setting import open_screen, set_ladder  # noqa: PLC0415
    from mulin.circle.alarms.models import Contact, Device, Watch  # noqa: PLC0415  as above
    from mulin.circle.alarms.mqtt import own_key  # noqa: PLC0415  as above
    from mulin.circle.alarms.rules import Rung, Who  # noqa: PLC0415  as above
    from mulin.ground.community.models import Community, Street  # noqa: PLC0415  as above
    from mulin.ground.community.rules import system  # noqa: PLC0415  as above
    from mulin.ground.people.models import Person  # noqa: PLC0415  as above
    from mulin.kit import clock  # noqa: PLC0415  as above
    from mulin.kit.scoping import in_community  # noqa: PLC0415  as above

    now = clock.now()
    street = Street.objects.create(name="街道")
    community = Community.objects.create(street=street, name="社区", slug="bench", phone="1")
    by = system(community.pk)
    with in_community(community):
        screen = open_screen(by=by, now=now)
        ladder = [Rung(0, (Who.NEIGHBOUR,)), Rung(60, (Who.FAMILY, Who.NEIGHBOUR))]
        set_ladder(ladder, by=by, now=now)
        persons = [
            Person(community=community, name="老人", address=f"{number}号楼。", created_at=now)
            for number in range(devices)
        ]
        for one in persons:
            one.derive()
        Person.objects.bulk_create(persons, batch_size=500)
        watches = [Watch(community=community, person=one, since=now) for one in persons]
        Watch.objects.bulk_create(watches, batch_size=500)
        Contact.objects.bulk_create(
            [
                Contact(
                    community=community, watch=one, kind="neighbour", name="邻居",
                    phone=f"13{number:09d}",
                )
                for number, one in enumerate(watches)
            ],
            batch_size=500,
        )  # fmt: skip
        rows = [
            Device(community=community, kind="button", watch=one, made_at=now, beat_minutes=5)
            for one in watches
        ]
        Device.objects.bulk_create(rows, batch_size=500)
    told = {
        "screen": screen, "own_key": own_key(settings.MULIN_MQTT_DIR),
        "codes": [one.code for one in rows],
    }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    sys.exit(main())
