"""`python -m bench [--quick] [--only sqlite|postgres]`: every claim, one line each.

Ends with 1 when one was missed, after all have been told.
"""

import argparse
import json
import os
import sys

from bench import (
    alarms,
    ballots,
    counting,
    county,
    evening,
    ideas,
    keys,
    mediation,
    memory,
    paper,
    planning,
    proximity,
    quiz,
    recall,
    restore,
    serving,
    sheets,
    start,
    takeaway,
    volunteers,
    workshop,
)
from bench.databases import FULL, QUICK, Installation, Size, postgres, sqlite
from bench.lines import Line
from tests.support.postgres import PostgresMissing


def main() -> int:
    """Measure on one database after the other; the exit code."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small community, to try things out")
    parser.add_argument("--only", choices=("sqlite", "postgres"), help="one of the databases")
    chosen = parser.parse_args()
    size = QUICK if chosen.quick else FULL
    print(
        f"{size.people:,} people and {size.demands:,} demands in one community,"
        f" {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before it began",
        flush=True,
    )
    lines: list[Line] = [_told(line) for line in recall.measure()]
    lines += map(_told, counting.measure())
    lines.append(_told(ballots.measure()))
    lines += map(_told, ideas.measure())
    lines += map(_told, workshop.measure(is_quick=chosen.quick))
    lines += map(_told, volunteers.measure(is_quick=chosen.quick))
    lines += map(_told, mediation.measure())
    lines += map(_told, planning.measure())
    lines += map(_told, proximity.measure(is_quick=chosen.quick))
    lines += map(_told, alarms.measure(is_quick=chosen.quick))
    if chosen.only != "postgres":
        lines += _on_sqlite(size)
    if chosen.only != "sqlite":
        lines += _on_postgres(size)
    if not chosen.only:
        lines.append(_told(start.measure()))
    missed = sum(not line.passes for line in lines)
    print(f"{len(lines) - missed} of {len(lines)} claims held", flush=True)
    return 1 if missed else 0


def _on_sqlite(size: Size) -> list[Line]:
    with sqlite(size) as installation:
        lines, found = _inside(installation)
        lines.append(_told(serving.measure(installation, found["cookie"], found["community"])))
        lines.append(_told(keys.measure(installation, found["cookie"], found["who"])))
        lines.append(_told(memory.measure(installation, found["cookie"], found["demands"])))
        lines += map(_told, takeaway.measure(installation))
        lines.append(_told(quiz.measure(installation)))
        lines += map(_told, paper.measure(installation))
        lines += map(_told, sheets.measure(installation, is_quick=size == QUICK))
        lines += map(_told, restore.measure(installation, size))
    brief = {"voters": 150, "minutes": 1} if size == QUICK else {}
    lines += map(_told, evening.measure(**brief))
    return lines


def _on_postgres(size: Size) -> list[Line]:
    try:
        with postgres(size) as installation:
            lines, found = _inside(installation)
            lines.append(_told(serving.measure(installation, found["cookie"], found["community"])))
            lines += map(_told, takeaway.measure(installation))
            lines.append(_told(quiz.measure(installation)))
        if size != QUICK:
            lines += map(_told, county.measure())
    except PostgresMissing as missing:
        print(f"PostgreSQL was left out: {missing}", flush=True)
        return []
    return lines


def _inside(installation: Installation) -> tuple[list[Line], dict]:
    """What is measured within one process, and how to enter by the street door."""
    *measured, found = map(
        json.loads, installation.run("bench.inside", installation.name).splitlines()
    )
    return [_told(Line(**one["line"])) for one in measured], found


def _told(line: Line) -> Line:
    print(line, flush=True)
    return line


if __name__ == "__main__":
    sys.exit(main())
