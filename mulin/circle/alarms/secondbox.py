"""The second box: a small program on another machine that hears Mulin each minute, and sends texts
itself when it hears nothing. It needs no database and nothing of the first machine.

    MULIN_BOX_KEY=… mulin alarm box --to 13800000011,13800000012 --sms gammu:///var/spool/gammu/outbox
"""

import hmac
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from django.utils.translation import gettext as _

from mulin.ground.notify.channels import sms
from mulin.ground.notify.channels.shape import Parcel, Verdict
from mulin.ground.notify.rules import receipt_signature

logger = logging.getLogger(__name__)

#: Silence of so many seconds is an alarm; it is told again while it lasts.
SILENT_AFTER: Final = 180.0
AGAIN_AFTER: Final = 1800.0
#: A ping is believed if its clock is no further off; each time is believed once.
CLOCK_OFF: Final = 300
SECONDS_BETWEEN_LOOKS: Final = 5.0
_LONGEST_TIME: Final = len("9999999999")


@dataclass(frozen=True, slots=True)
class Heard:
    """What the box remembers: when it heard Mulin last, the time that stood in that ping, and when it
    told last of a silence (None: nothing is told). Seconds of a clock that nobody sets.
    """

    at: float
    stamp: int = 0
    told_at: float | None = None


def hear(heard: Heard, *, stamp: int, now: float) -> Heard:
    """A ping came that was signed, and not one that was heard before."""
    return Heard(at=now, stamp=max(stamp, heard.stamp), told_at=None)


def must_tell(heard: Heard, now: float) -> bool:
    """Whether texts go out now: three minutes of silence, and again each half hour of it."""
    if now - heard.at < SILENT_AFTER:
        return False
    return heard.told_at is None or now - heard.told_at >= AGAIN_AFTER


def is_ping(key: str, *, stamp: str, given: str, heard: Heard, wall: float) -> bool:
    """Whether somebody with the key sent this just now: an old ping that is played back is none."""
    if not (key and stamp.isdecimal() and len(stamp) <= _LONGEST_TIME):
        return False
    wanted = receipt_signature(key, time=stamp, content=b"")
    if not hmac.compare_digest(wanted.encode(), given.encode()):
        return False
    return int(stamp) > heard.stamp and abs(wall - int(stamp)) <= CLOCK_OFF


@dataclass
class Box:
    """Listens, and tells. `monotonic` and `wall` are clocks."""

    key: str
    numbers: Sequence[str]
    target: str
    name: str = "Mulin"
    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    heard: Heard = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.heard = Heard(self.monotonic())

    def ping(self, stamp: str, given: str) -> bool:
        """A ping; whether it was believed. After a silence that was told, the end of it is told."""
        with self._lock:
            if not is_ping(self.key, stamp=stamp, given=given, heard=self.heard, wall=self.wall()):
                return False
            was_told = self.heard.told_at is not None
            self.heard = hear(self.heard, stamp=int(stamp), now=self.monotonic())
        if was_told:
            self._send(_("%(name)s is heard again.") % {"name": self.name}, "back")
        return True

    def look(self) -> bool:
        """Tell if it is time; whether it was told. What nobody took is told at the next look."""
        with self._lock:
            if not must_tell(self.heard, self.monotonic()):
                return False
        words = _(
            "%(name)s has been silent for three minutes: alarms may not get through. Look at the"
            " printed sheet of the watch and call. If this was announced, say in Mulin that this text came."
        ) % {"name": self.name}
        if not self._send(words, "silent"):
            return False
        with self._lock:
            self.heard = replace(self.heard, told_at=self.monotonic())
        return True

    def _send(self, words: str, what: str) -> bool:
        now = datetime.now(UTC)
        told = 0
        for number in self.numbers:
            parcel = Parcel(
                key=f"box-{what}-{int(self.wall())}-{number[-4:]}", address=number, subject=words,
                body="", is_alarm=True, written_at=now,
            )  # fmt: skip
            outcome = sms.send(parcel, self.target)
            if outcome.verdict is Verdict.DELIVERED:
                told += 1
            else:
                logger.error("a text could not be sent: %s", outcome.why)
        return told > 0


def server_of(box: Box, *, address: str, port: int) -> ThreadingHTTPServer:
    """What listens for pings: 204 for one that is believed, 403 for everything else."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            is_believed = box.ping(
                self.headers.get("Mulin-Time", ""), self.headers.get("Mulin-Signature", "")
            )
            self.send_response(HTTPStatus.NO_CONTENT if is_believed else HTTPStatus.FORBIDDEN)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_told: object) -> None:
            """Silent: what stands in a log is what went wrong."""

    server = ThreadingHTTPServer((address, port), Handler)
    server.daemon_threads = True
    return server


def run(box: Box, *, address: str, port: int) -> None:
    """Listen and look for ever."""
    server = server_of(box, address=address, port=port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        box.look()
