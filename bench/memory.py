"""Claim: under 300 MB in the embedded default, after a thousand requests over many pages.

`mulin serve` with its worker on the large community in SQLite; the sum of PSS over the process
tree, in which memory that processes share is counted once.
"""

import http.client
from collections.abc import Sequence
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import psutil

from bench.databases import Installation
from bench.lines import Line
from bench.serving import serving

TARGET_MB: Final = 300
COUNT: Final = 1_000
CONNECTIONS: Final = 8
_PAGES: Final = (
    "/reception/", "/reception/?show=mine", "/reception/?show=late", "/reception/?show=all&page=7",
    f"/reception/?q={quote('路灯')}&show=all", f"/search/?q={quote('王')}", "/search/?q=wxy",
    "/reception/receive/", "/reception/visits/", "/reception/calls/", "/people/", "/places/",
    "/figures/", "/ours/", "/screen/", "/help/", "/account/",
)  # fmt: skip


def measure(installation: Installation, cookie: str, demands: Sequence[int]) -> Line:
    """Ask for pages in turn over several connections, then add up what the tree holds."""
    paths = [*_PAGES, *(f"/reception/demands/{pk}/" for pk in demands)]
    with serving(installation, "mulin", "serve") as (address, process):
        host = urlsplit(address).netloc
        opened = [http.client.HTTPConnection(host, timeout=30) for _ in range(CONNECTIONS)]
        refused: dict[str, int] = {}
        asked = zip(cycle(paths), cycle(opened), strict=False)
        for path, connection in islice(asked, COUNT):
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                refused[path] = answer.status
        count, total = _held_by_tree(process)
        for connection in opened:
            connection.close()
    return Line(
        f"memory after {COUNT:,} requests over {len(paths)} pages, PSS of {count} processes",
        TARGET_MB, total / 1_000_000, "MB",
        note=f"not answered with a page: {refused}" if refused else "every one a page",
    )  # fmt: skip


def _held_by_tree(process: int) -> tuple[int, int]:
    """How many processes there are, and what they hold together; looked at anew where one of them
    ended meanwhile, as a worker that has rested does.
    """
    root = psutil.Process(process)
    while True:
        tree = [root, *root.children(recursive=True)]
        with suppress(ProcessLookupError, FileNotFoundError):
            return len(tree), sum(_pss_bytes(one.pid) for one in tree)


def _pss_bytes(process: int) -> int:
    for line in Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines():
        name, _mark, value = line.partition(":")
        if name == "Pss":
            return int(value.split()[0]) * 1024
    raise LookupError(process)
