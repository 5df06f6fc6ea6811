"""Claim: the desk's first screen is there in under 150 ms and asks the database at most 12 times.

Through every middleware, by Django's own client; the server is measured in `serving`.
"""

import time
from statistics import median
from typing import Final

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.lines import Line, p95

TARGET_MS: Final = 150
TARGET_QUERIES: Final = 12
COUNT: Final = 60
DESK: Final = "/reception/"


def measure(client: Client, database: str) -> list[Line]:
    """The first screen as a worker at the desk sees it, again and again."""
    began = time.perf_counter()
    first = client.get(DESK)
    cold = (time.perf_counter() - began) * 1000
    assert first.status_code == 200, first.status_code
    assert first.content.count(b'class="row"') == 50, "the desk's list is not full"
    took, cpu = [], []
    for _turn in range(COUNT):
        began, worked = time.perf_counter(), time.process_time()
        client.get(DESK)
        took.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
    with CaptureQueriesContext(connection) as asked:
        client.get(DESK)
    return [
        Line(
            f"{database}, the desk's first screen, p95 of {COUNT}", TARGET_MS, p95(took), "ms",
            note=f"the very first {cold:.0f} ms; {median(cpu):.1f} ms of processor each",
        ),
        Line(f"{database}, queries of the first screen", TARGET_QUERIES, len(asked), "queries"),
    ]  # fmt: skip
