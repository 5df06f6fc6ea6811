"""Devices by MQTT: the broker's settings, and whoever listens.

The broker's PUBACK is no receipt: Mosquitto gives it before a message is safe on the disk, and a
kill right after loses it. So a message is acknowledged to the broker only after it is a committed
row, and the device hears `sos/<device>/rcpt/<id>` from us; until then it tries again. Never with a
client that acknowledges when a message enters its queue (aiomqtt), nor with one that swallows
errors (`suppress_exceptions`): both lose messages; tests/shape/test_mqtt.py forbids them.
"""

import json
import logging
import os
import secrets
import shutil
import signal
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import paho.mqtt.client as mqtt
from django.conf import settings
from django.db import (
    InterfaceError,
    InternalError,
    OperationalError,
    close_old_connections,
    transaction,
)
from paho.mqtt.enums import CallbackAPIVersion

from mulin.circle.alarms.actions.raising import press_trial, take_signal
from mulin.circle.alarms.models import Device
from mulin.circle.alarms.queries import TRIAL_NUMBERS, broker_lines, device_with
from mulin.circle.alarms.rules import (
    NotUnderstood,
    Said,
    Signal,
    broker_digest,
    in_topic,
    receipt_topic,
    signal_in,
)
from mulin.ground.community.models import Community
from mulin.kit import clock
from mulin.kit.failpoints import failpoint
from mulin.kit.scoping import in_community

logger = logging.getLogger(__name__)

CLIENT: Final = "mulin"
#: The device of the trial: it has no key, only whoever listens may speak for it.
TRIAL_CODE: Final = "trial00000"
#: What whoever listens wants to hear, each word until it is acknowledged.
TOPICS: Final = [("sos/+/press", 1), ("sos/+/beat", 1)]
SECONDS_BETWEEN_BEATS: Final = 2
SECONDS_BETWEEN_KEYS: Final = 3
SECONDS_TO_PUBLISH: Final = 10
MOST_TRIES: Final = 20


# ── the broker ───────────────────────────────────────────────────────────────────────────────


def broker_program() -> str:
    """Where Debian puts it; empty where it is not installed."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin") or ""


def write_broker_settings(folder: Path, *, address: str, port: int) -> Path:
    """Write the broker's settings into its folder; the file of settings.

    Everything is kept on the disk, at once after each change, and no queue is cut.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_keys(folder)
    (folder / "acl").write_text(
        f"user {CLIENT}\ntopic readwrite sos/#\n\n"
        "pattern write sos/%u/press\npattern write sos/%u/beat\npattern read sos/%u/rcpt/#\n",
        "ascii",
    )
    (folder / "acl").chmod(0o600)
    lines = [
        f"listener {port} {address}",
        "allow_anonymous false",
        f"password_file {folder / 'keys'}",
        f"acl_file {folder / 'acl'}",
        f"pid_file {folder / 'pid'}",
        "persistence true",
        f"persistence_location {folder}/",
        "autosave_on_changes true",
        "autosave_interval 1",
        "max_queued_messages 0",
        "max_inflight_messages 0",
        "persistent_client_expiration 30d",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
    ]
    if os.geteuid() == 0:
        lines.append("user root")  # else it could not write into a folder of this user
    if settings.MULIN_MQTT_CERTIFICATE:
        lines[1:1] = [
            f"certfile {settings.MULIN_MQTT_CERTIFICATE}",
            f"keyfile {settings.MULIN_MQTT_CERTIFICATE_KEY}",
        ]
    path = folder / "mosquitto.conf"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def write_keys(folder: Path) -> bool:
    """The digests of all devices' keys, and our own; whether they changed."""
    lines = [f"{CLIENT}:{_own_digest(folder)}"]
    for community in Community.objects.order_by("id"):
        with in_community(community):
            lines += [f"{name}:{digest}" for name, digest in broker_lines()]
    content = "\n".join(lines) + "\n"
    path = folder / "keys"
    if path.exists() and path.read_text("ascii") == content:
        return False
    draft = folder / ".keys"
    draft.touch(mode=0o600)
    draft.write_text(content, "ascii")
    draft.replace(path)
    return True


def own_key(folder: Path) -> str:
    """The key by which Mulin itself speaks with the broker, made at the first start."""
    path = folder / "own-key"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24), "ascii")
    return path.read_text("ascii")


def _own_digest(folder: Path) -> str:
    """Of the same key always the same: a new one each time would make the broker read anew."""
    key = own_key(folder)
    return broker_digest(key, salt=key.encode()[:12])


def run_broker() -> None:
    """Become the broker; it ends with the tree it was started in."""
    path = write_broker_settings(
        settings.MULIN_MQTT_DIR, address=settings.MULIN_MQTT_ADDRESS,
        port=settings.MULIN_MQTT_PORT,
    )  # fmt: skip
    program = broker_program()
    os.execv(program, [program, "-c", str(path)])  # noqa: S606  Debian's own program


def _read_keys_anew(folder: Path) -> None:
    """A device that was taken up is let in within seconds."""
    with suppress(OSError, ValueError):
        os.kill(int((folder / "pid").read_text("ascii")), signal.SIGHUP)


# ── whoever listens ──────────────────────────────────────────────────────────────────────────


class Listener:
    """Takes what devices say: written, then told to the device, then acknowledged to the broker.

    What cannot be written because of itself stays with the broker and holds nobody else up; its
    device hears no receipt and dials.
    """

    def __init__(self, *, address: str, port: int, folder: Path) -> None:
        self._folder = folder
        self._beats: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=CLIENT, clean_session=False, manual_ack=True
        )
        self._client.username_pw_set(CLIENT, own_key(folder))
        self._client.reconnect_delay_set(min_delay=1, max_delay=5)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        if settings.MULIN_MQTT_CERTIFICATE:
            _with_certificate(self._client)
        self._address, self._port = address, port

    def run(self) -> None:
        """Listen until the process is told to stop."""
        threading.Thread(target=self._flush_for_ever, daemon=True).start()
        while not self._stopping.is_set():
            try:
                self._client.connect(self._address, self._port, keepalive=30)
                break
            except OSError:
                time.sleep(0.5)  # the broker starts beside us
        self._client.loop_forever(retry_first_connection=True)

    # Any: what paho passes.
    def _on_connect(self, client: mqtt.Client, *_told: Any) -> None:
        client.subscribe(TOPICS)

    def _on_message(self, client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        found = in_topic(message.topic)
        if found is None:
            client.ack(message.mid, message.qos)
            return
        slug, code, what = found
        if what == "beat":
            with self._lock:
                self._beats[slug, code] = clock.now()
            client.ack(message.mid, message.qos)
            return
        for _try in range(MOST_TRIES):
            try:
                message_id = take_press(slug, code, bytes(message.payload))
                break
            except (OperationalError, InterfaceError, InternalError):  # nothing can be written now
                logger.exception("a press could not be written; it stays with the broker")
                close_old_connections()
                time.sleep(0.5)
            except Exception:  # this one alone: the next elder must still be heard
                logger.exception("a press could not be understood; its device hears nothing")
                close_old_connections()
                return
        else:
            client.reconnect()  # what is not acknowledged comes again
            return
        failpoint("alarms.before_receipt")
        if message_id is not None:
            client.publish(receipt_topic(slug, code, message_id), b"", qos=1)
        failpoint("alarms.before_puback")
        client.ack(message.mid, message.qos)

    def _flush_for_ever(self) -> None:
        looked_at = 0.0
        while not self._stopping.wait(SECONDS_BETWEEN_BEATS):
            try:
                self.flush_beats()
                if time.monotonic() - looked_at > SECONDS_BETWEEN_KEYS:
                    looked_at = time.monotonic()
                    if write_keys(self._folder):
                        _read_keys_anew(self._folder)
            except Exception:  # the next round does it
                logger.exception("heartbeats could not be written")
                close_old_connections()

    def flush_beats(self) -> int:
        """Write the heartbeats of the last seconds, those of a community at once."""
        with self._lock:
            beats, self._beats = self._beats, {}
        by_community: dict[str, list[str]] = {}
        for slug, code in beats:
            by_community.setdefault(slug, []).append(code)
        for slug, codes in by_community.items():
            beat_many(slug, codes, now=clock.now())
        return len(beats)


def _with_certificate(client: mqtt.Client) -> None:
    """To our own broker on this machine: encrypted; its name is of the outside and not asked for."""
    context = ssl.create_default_context(cafile=settings.MULIN_MQTT_CERTIFICATE)
    context.check_hostname = False
    client.tls_set_context(context)


def beat_many(slug: str, codes: list[str], *, now: datetime) -> int:
    """These devices were heard; how many are known."""
    community = Community.objects.filter(slug=slug).first()
    if community is None:
        return 0
    heard = 0
    with in_community(community), transaction.atomic():
        for first in range(0, len(codes), 500):
            heard += int(
                Device.objects.in_use()
                .filter(code__in=codes[first : first + 500])
                .update(heard_at=now)
            )
    return heard


def take_press(slug: str, code: str, payload: bytes) -> str | None:
    """Write down what a device said; its message id, for the receipt, or None where nothing was
    written: a device that is out of use and still connected must not believe that it was heard.

    The broker has asked for its key. What is not understood but came from a device is an alarm all
    the same.
    """
    now = clock.now()
    try:
        said = signal_in(payload)
    except NotUnderstood:
        said = Signal(Said.SOS)
    community = Community.objects.filter(slug=slug).first()
    if community is None:
        return None
    with in_community(community):
        if code == TRIAL_CODE:
            _take_trial(community, said, now)
            return said.message_id
        device = device_with(code, None)
        if device is None:
            logger.error("a device that is not in use has called")
            return None
        take_signal(said, device=device, now=now)
    return said.message_id


def _take_trial(community: Community, said: Signal, now: datetime) -> None:
    number = int(said.message_id) if said.message_id.isdecimal() else 0
    if number > TRIAL_NUMBERS:
        press_trial(community.pk, number=number, now=now)


def run_listener() -> None:
    """Listen for ever; in a process of its own."""
    Listener(
        address=settings.MULIN_MQTT_ADDRESS, port=settings.MULIN_MQTT_PORT,
        folder=settings.MULIN_MQTT_DIR,
    ).run()  # fmt: skip


def publisher() -> Callable[[Community, int], None]:
    """How the trial of the chain is sent: as a device would, by the broker."""

    def publish(community: Community, number: int) -> None:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, manual_ack=True)
        client.username_pw_set(CLIENT, own_key(settings.MULIN_MQTT_DIR))
        if settings.MULIN_MQTT_CERTIFICATE:
            _with_certificate(client)
        try:
            client.connect(settings.MULIN_MQTT_ADDRESS, settings.MULIN_MQTT_PORT)
            client.loop_start()
            told = json.dumps({"said": Said.SOS, "id": str(number)})
            sent = client.publish(f"sos/{community.slug}.{TRIAL_CODE}/press", told, qos=1)
            sent.wait_for_publish(SECONDS_TO_PUBLISH)
            client.disconnect()
            client.loop_stop()
        except (OSError, RuntimeError, ValueError):
            logger.exception("the trial could not be given to the broker")

    return publish
