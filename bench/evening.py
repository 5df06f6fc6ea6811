"""Claim: on the evening of a vote 1,500 people draw and cast within ten minutes on the embedded
default, 95 of 100 pages and answers are there in under half a second, and no ballot is lost.

`mulin serve` as a community starts it: SQLite, two web processes, the worker. Every 0.4 s the next
voter opens the list of votes and the vote, draws, casts what their device made of it, and looks at
the board. What a device does by itself is not in the times.

    python -m bench.evening [--voters 1500] [--minutes 10]
"""

import argparse
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from bench.databases import Installation
from bench.lines import Line, p95
from bench.serving import processor_seconds, serving
from tests.support.serving import environment

VOTERS: Final = 1_500
MINUTES: Final = 10.0
TARGET_MS: Final = 500
#: More at a time than arrive while one votes.
AT_ONCE: Final = 24
CHOICES: Final = ["1", "2"]


@dataclass
class Evening:
    """What happened: seconds of each request, and what went wrong."""

    waits: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, seconds: float, fault: str) -> None:
        with self.lock:
            self.waits.append(seconds)
            if fault:
                self.failed.append(fault)


def measure(*, voters: int = VOTERS, minutes: float = MINUTES) -> list[Line]:
    """The lines of an evening in an installation of its own."""
    with tempfile.TemporaryDirectory() as folder:
        env = environment(Path(folder), DJANGO_SETTINGS_MODULE="mulin.settings")
        installation = Installation("SQLite", env)
        subprocess.run(
            [sys.executable, "-m", "mulin", "migrate"], env=env, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        told = json.loads(installation.run("bench.evening_inside", "open", str(voters)))
        evening = Evening()
        with serving(installation, "mulin", "serve") as (address, process):
            before = processor_seconds(process)
            _let_them_vote(evening, urlsplit(address).netloc, told, minutes)
            took = processor_seconds(process) - before
        kept = json.loads(installation.run("bench.evening_inside", "count", told["code"]))
    note = (
        f"{len(evening.waits):,} requests, longest {max(evening.waits) * 1000:.0f} ms,"
        f" {len(evening.failed)} refused {evening.failed[:2] or ''};"
        f" processor {took:.0f} s of {minutes * 60:.0f}"
    )
    claim = f"sqlite, a vote's evening, {voters:,} voters in {minutes:g} min"
    return [
        Line(f"{claim}, p95 of what each waits", TARGET_MS, p95(evening.waits) * 1000, "ms", note=note),
        Line(
            f"{claim}, ballots in the urn", voters, min(kept["cast"], kept["taken"]), "ballots",
            is_most=False,
        ),
    ]  # fmt: skip


def _let_them_vote(evening: Evening, host: str, told: dict[str, Any], minutes: float) -> None:
    from mulin.commons.ballots.client import Device  # noqa: PLC0415  the arithmetic of a device

    made = [
        Device(
            election=told["code"], constituency=told["constituency"],
            envelope_key=told["envelope_key"], ballot_key=told["ballot_key"],
            urn_key=told["urn_key"], choices=CHOICES,
        )
        for _cookie in told["cookies"]
    ]  # fmt: skip
    began, step = time.perf_counter(), minutes * 60 / len(made)
    with ThreadPoolExecutor(AT_ONCE) as street:
        for number, (cookie, device) in enumerate(zip(told["cookies"], made, strict=True)):
            time.sleep(max(0.0, began + number * step - time.perf_counter()))
            street.submit(_vote, evening, host, told, cookie, device)


# Any: a device; whoever prepares the evening needs no Django for this part.
def _vote(evening: Evening, host: str, told: dict[str, Any], cookie: str, device: Any) -> None:
    code = told["code"]
    line = http.client.HTTPConnection(host, timeout=60)

    def ask(method: str, path: str, body: dict[str, str] | None = None, **headers: str) -> bytes:
        sent = json.dumps(body) if body else None
        began = time.perf_counter()
        try:
            line.request(method, path, sent, headers)
            answer = line.getresponse()
            read, status = answer.read(), answer.status
        except OSError as error:
            read, status = b"", 0
            line.close()
            fault = f"{path}: {error!r}"
        else:
            fault = "" if status < http.HTTPStatus.BAD_REQUEST else f"{path}: {status}"
        evening.note(time.perf_counter() - began, fault)
        return read

    ask("GET", "/ballots/", Cookie=cookie)
    ask("GET", f"/ballots/vote/{code}/", Cookie=cookie)
    drawn = ask(
        "POST", f"/ballots/draw/{code}/",
        {"envelope": _text(device.envelope), "ballot": _text(device.ballot)},
        **{
            "Cookie": f"{cookie}; csrftoken={told['csrf']}", "X-CSRFToken": told["csrf"],
            "Content-Type": "application/json",
        },
    )  # fmt: skip
    try:
        signed = json.loads(drawn)
        ballot = device.finished((b64decode(signed["envelope"]), b64decode(signed["ballot"])))
    except (ValueError, KeyError) as error:
        evening.note(0, f"draw: {error!r} {drawn[:200]!r}")
        return
    ask(
        "POST", f"/ballots/cast/{told['slug']}/{code}/",
        {
            "token": _text(ballot.token), "prefix": _text(ballot.prefix),
            "signature": _text(ballot.signature), "sealed": ballot.sealed,
        },
        **{"Content-Type": "application/json"},
    )  # fmt: skip
    ask("GET", f"/ballots/board/{code}/", Cookie=cookie)
    line.close()


def _text(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def main() -> int:
    """Measure; 1 when a claim was missed."""
    parser = argparse.ArgumentParser(prog="bench.evening")
    parser.add_argument("--voters", type=int, default=VOTERS)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    asked = parser.parse_args()
    lines = measure(voters=asked.voters, minutes=asked.minutes)
    for line in lines:
        print(line, flush=True)
    return 0 if all(line.passes for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
