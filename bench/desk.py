"""Claim: the desk's first screen and its list are there in under 150 ms and ask the database at
most 12 times each.

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
#: Address → what it is, and how many rows stand on it.
PAGES: Final = {
    "/today/": ("what I owe today, the first screen", 30),
    "/reception/": ("the desk's list", 50),
}

#: PostgreSQL is told the community besides, and where the request begins and ends.
NO_QUESTION: Final = ("set_config", "current_setting", "SAVEPOINT")
MARKS: Final = frozenset({"BEGIN", "COMMIT", "ROLLBACK"})


def is_question(asked: dict[str, str]) -> bool:
    """Whether the page wanted to know something."""
    sql = asked["sql"]
    return sql not in MARKS and not any(words in sql for words in NO_QUESTION)


def measure(client: Client, database: str) -> list[Line]:
    """Both as a worker at the desk sees them, again and again."""
    return [
        line
        for path, (name, rows) in PAGES.items()
        for line in _page(client, path, f"{database}, {name}", rows)
    ]


def _page(client: Client, path: str, name: str, rows: int) -> list[Line]:
    began = time.perf_counter()
    first = client.get(path)
    cold = (time.perf_counter() - began) * 1000
    assert first.status_code == 200, first.status_code
    assert first.content.count(b'class="row"') == rows, f"{path} is not full"
    took, cpu = [], []
    for _turn in range(COUNT):
        began, worked = time.perf_counter(), time.process_time()
        client.get(path)
        took.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return [
        Line(
            f"{name}, p95 of {COUNT}", TARGET_MS, p95(took), "ms",
            note=f"the very first {cold:.0f} ms; {median(cpu):.1f} ms of processor each",
        ),
        Line(f"{name}, queries", TARGET_QUERIES, sum(map(is_question, asked)), "queries"),
    ]  # fmt: skip
