"""Claim: a hundred phones in one quiz wait less than half a second, 95 times of 100, on two cores.

`mulin serve` on the large community; each phone has joined, asks every two seconds whether the
quiz has gone on, fetches what is new, and answers each question once. The teacher leads on by
`bench.teacher`, a process of its own, as another server process would.
"""

import http.client
import json
import random
import threading
import time
from typing import Final
from urllib.parse import urlencode, urlsplit

from bench.databases import Installation
from bench.lines import Line, p95
from bench.serving import processor_seconds, serving

PHONES: Final = 100
TARGET_MS: Final = 500
EVERY: Final = 2.0
PRESSES: Final = 4
_GIVE_UP: Final = 30


def measure(installation: Installation) -> Line:
    """The waits of all requests of all phones while two questions are asked and answered."""
    told = json.loads(installation.run("bench.teacher", "open", str(PHONES)))
    with serving(installation, "mulin", "serve", "--without-worker") as (address, process):
        before = processor_seconds(process)
        phones = [
            _Phone(urlsplit(address).netloc, told["code"], key) for key in told["keys"]
        ]  # fmt: skip
        for phone in phones:
            phone.start()
        for _press in range(PRESSES):
            installation.run("bench.teacher", "lead", told["code"])
            time.sleep(EVERY * 1.5)
        for phone in phones:
            phone.is_over.set()
        for phone in phones:
            phone.join(_GIVE_UP)
        took = processor_seconds(process) - before
    installation.run("bench.teacher", "end", told["code"])
    waits = [wait for phone in phones for wait in phone.waits]
    refused = sum(phone.refused for phone in phones)
    answered = sum(phone.answered for phone in phones)
    return Line(
        f"{installation.name}, {PHONES} phones in one quiz, p95 of what each waits",
        TARGET_MS, p95(waits) * 1000, "ms",
        note=f"{len(waits):,} requests, {answered} answers, {refused} refused,"
        f" longest {max(waits) * 1000:.0f} ms; processor a request"
        f" {took * 1000 / len(waits):.1f} ms",
    )  # fmt: skip


class _Phone(threading.Thread):
    """One phone: a connection of its own, and how long each answer took in seconds."""

    def __init__(self, host: str, code: str, key: str) -> None:
        super().__init__(daemon=True)
        self.host, self.path, self.cookie = host, f"/classroom/c/{code}", f"class_{code}={key}"
        self.waits: list[float] = []
        self.refused, self.answered, self.edition = 0, 0, "-1"
        self.is_over = threading.Event()

    def run(self) -> None:
        connection = http.client.HTTPConnection(self.host, timeout=_GIVE_UP)
        self.is_over.wait(random.random() * EVERY)
        while not self.is_over.is_set():
            status, body = self._ask(connection, "GET", f"/now/?since={self.edition}")
            if status == http.HTTPStatus.OK:
                self._follow(connection, body)
            self.is_over.wait(EVERY)
        connection.close()

    def _follow(self, connection: http.client.HTTPConnection, body: str) -> None:
        self.edition = body.partition("?since=")[2].partition('"')[0]
        token = body.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        at = body.partition('name="at" value="')[2].partition('"')[0]
        if at:
            values = urlencode({"at": at, "choice": "1", "csrfmiddlewaretoken": token})
            status, _body = self._ask(connection, "POST", "/answer/", values)
            self.answered += status == http.HTTPStatus.OK

    def _ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, values: str = ""
    ) -> tuple[int, str]:
        headers = {"Cookie": self.cookie, "HX-Request": "true"}
        if values:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        connection.request(method, self.path + path, values or None, headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        self.waits.append(time.perf_counter() - began)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith("csrftoken="):
                self.cookie += "; " + value.partition(";")[0]
        self.refused += answer.status >= http.HTTPStatus.BAD_REQUEST
        return answer.status, body
