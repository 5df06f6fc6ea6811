"""Claims of scale: the desk's pages on a hundredth of a county take at most one and a half times
what they take on a community of a hundredth of its size, and no question of theirs reads a large
table from end to end.

`mulin serve` on both, each page asked in turn, so that whatever else the machine does meets both.
The large one has 4 communities with 40,000 people and 400,000 demands and visits (`--of` takes
another part of a county); the small one is a single community with a hundredth of that.

    python -m bench.county [--of 100]
"""

import argparse
import http.client
import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median
from typing import Final
from urllib.parse import quote, urlsplit

from bench.databases import Installation, county
from bench.lines import Line, p95
from bench.serving import serving
from tests.support.postgres import PostgresMissing

TARGET: Final = 1.5
TURNS: Final = 40
WARM_UP: Final = 5
PART: Final = 100


def measure(of: int = PART) -> list[Line]:
    """The lines of one part of a county. Raises PostgresMissing."""
    with county(of) as (large, small), ExitStack() as both:
        lines, found = _plans(large, of)
        _no_lines, found_small = _plans(small, of)
        sides = [
            (both.enter_context(serving(one, "mulin", "serve", "--without-worker"))[0], told)
            for one, told in ((large, found), (small, found_small))
        ]
        for name in found["pages"]:
            took: tuple[list[float], list[float]] = ([], [])
            for turn in range(TURNS + WARM_UP):
                for (address, told), times in zip(sides, took, strict=True):
                    seconds = _ask(address, told["pages"][name], told["cookie"])
                    if turn >= WARM_UP:
                        times.append(seconds * 1000)
            lines.append(_line(name, of, *took))
    return lines


def _line(name: str, of: int, large: Sequence[float], small: Sequence[float]) -> Line:
    return Line(
        f"PostgreSQL, a county's 1/{of}, {name}, beside a small community", TARGET,
        median(large) / median(small), "× the time",
        note=f"medians {median(large):.0f} ms beside {median(small):.0f} ms,"
        f" p95 {p95(large):.0f} ms beside {p95(small):.0f} ms",
    )  # fmt: skip


def _plans(installation: Installation, of: int) -> tuple[list[Line], dict]:
    *measured, found = map(
        json.loads, installation.run("bench.county_inside", str(of)).splitlines()
    )
    return [Line(**one["line"]) for one in measured], found


def _ask(address: str, path: str, cookie: str) -> float:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    began = time.perf_counter()
    connection.request("GET", quote(path, safe="/?=&"), headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - began
    connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{path} answered {answer.status}")
    return took


def main() -> int:
    """Measure; 1 when a claim was missed."""
    parser = argparse.ArgumentParser(prog="bench.county")
    parser.add_argument("--of", type=int, default=PART, metavar="N", help="one part of N")
    try:
        lines = measure(parser.parse_args().of)
    except PostgresMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    for line in lines:
        print(line, flush=True)
    return 0 if all(line.passes for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
