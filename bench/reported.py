"""What the report states, asked of a demonstration whose earlier years have all been lived through.

    python -m bench.reported DATA_DIR      # the folder of `mulin demo` (MULIN_DATA_DIR)

Each number is asked for as anybody would: `mulin figures --json` for the days that the report means.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from bench.databases import ROOT
from bench.lines import Line
from tests.support.serving import environment

FIRST, LAST = "2020-07-01", "2024-12-31"
THREE_YEARS, YEAR = ("2022-01-01", LAST), ("2024-01-01", LAST)
ALL: Final = (FIRST, LAST)

#: Figure, least, unit, days. What stands at a day is asked of the last of its days.
STATED: Final = (
    ("doublefive.completed", 15, "projects", THREE_YEARS),
    ("reception.visits", 60_000, "visits", ALL),
    ("survey.satisfied_rate", 95, "%", YEAR),
    ("suggestions.meetings", 12, "talks", YEAR),
    ("classroom.lessons", 79, "lessons", ALL),
    ("classroom.came", 4_500, "attendances", ALL),
    ("classroom.stopped", 40, "frauds", ALL),
    ("production.workers_at_end", 24, "workers", (FIRST, "2020-12-31")),
    ("production.workers_at_end", 62, "workers", ALL),
    ("production.output", 1_000_000, "yuan", YEAR),
    ("wages.income", 4_000, "yuan", YEAR),
    ("elders.groups_at_end", 32, "groups", ALL),
    ("elders.pairs_at_end", 25, "pairs", ALL),
    ("elders.kinds_of_care", 6, "services", ALL),
    ("elders.served", 300, "elders", ALL),
    ("volunteers.kinds_a_month", 8, "kinds", ALL),
    ("mediation.settled", 160, "disputes", ALL),
)


def measure(folder: Path) -> Iterator[Line]:
    """A line for each number of the report; a figure of nothing counts as none."""

    @cache
    def figures(since: str, until: str) -> dict[str, dict[str, Any]]:  # Any: a JSON object
        done = subprocess.run(
            [sys.executable, "-m", "mulin", "figures", "--json", "--since", since, "--until", until],
            env=environment(folder, MULIN_DEMO="1"), cwd=ROOT, check=True, text=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        found: dict[str, dict[str, Any]] = json.loads(done.stdout)
        return found

    for name, least, unit, days in STATED:
        value = figures(*days)[name]["value"] or 0
        yield Line(f"{name} from {days[0]} to {days[1]}", least, value, unit, is_most=False)


def main() -> int:
    """Ask; 1 when one is not reached."""
    parser = argparse.ArgumentParser(prog="bench.reported", description=__doc__)
    parser.add_argument("folder", type=Path)
    lines = []
    for line in measure(parser.parse_args().folder):
        print(line, flush=True)
        lines.append(line)
    return 0 if all(line.passes for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
