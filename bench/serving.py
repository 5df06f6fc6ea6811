"""Claim: the desk's list gives at least half the requests a second of a bare page.

Both show fifty rows of the same database, by the same server with the same number of workers, in
turn: product, peer, product, peer; the medians are compared. The list carries what a bare page
lacks: a session, an actor with roles, permissions, the counts of what is owed, the menu, two
languages.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Final

import psutil

from bench.databases import ROOT, Installation
from bench.lines import Line
from bench.load import client_name, requests_per_second
from tests.support.serving import free_port, wait_until_open

SHARE: Final = 0.5
ROUNDS: Final = 5
SECONDS: Final = 4.0


def measure(installation: Installation, cookie: str, community: int) -> Line:
    """Requests a second of both, with the processor time that each request took."""
    with ExitStack() as both:
        product, product_process = both.enter_context(
            serving(installation, "mulin", "serve", "--without-worker")
        )
        peer, peer_process = both.enter_context(
            serving(installation, "bench.bare", community=community)
        )
        pages = (
            (f"{product}/reception/", product_process, list[float](), list[float]()),
            (f"{peer}/", peer_process, list[float](), list[float]()),
        )
        for url, _process, _rates, _costs in pages:
            requests_per_second(url, cookie, seconds=2)
        for _round in range(ROUNDS):
            for url, process, rates, costs in pages:
                before = processor_seconds(process)
                rate = requests_per_second(url, cookie, seconds=SECONDS)
                rates.append(rate)
                costs.append((processor_seconds(process) - before) * 1000 / (rate * SECONDS))
    ours, theirs = median(pages[0][2]), median(pages[1][2])
    return Line(
        f"{installation.name}, the desk's list of 50 rows beside a bare page"
        f" ({theirs:,.0f} requests/s)",
        theirs * SHARE, ours, "requests/s", is_most=False,
        note=f"{ours / theirs:.2f} of the bare page; {client_name()}, medians of {ROUNDS};"
        f" processor a request {median(pages[0][3]):.1f} ms beside {median(pages[1][3]):.1f} ms",
    )  # fmt: skip


@contextmanager
def serving(
    installation: Installation, *module: str, community: int = 0
) -> Iterator[tuple[str, int]]:
    """A server in a process of its own: its address and process."""
    port = free_port()
    told = {"MULIN_PORT": str(port), "BENCH_COMMUNITY": str(community)}
    arguments = module if module[0] == "mulin" else (*module, str(port))
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments], env=installation.environment | told, cwd=ROOT,
        stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        wait_until_open(process, port)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def processor_seconds(process: int) -> float:
    """What the process and all below it have used so far."""
    root = psutil.Process(process)
    tree = [root, *root.children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in tree)
