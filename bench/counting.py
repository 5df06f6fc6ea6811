"""Claim: 100,000 ballots over 40 projects are counted by the default rule in under 0.1 s and by
exact Phragmén in under 5 s, in less than 300 MB.

In a process of its own, reading excluded, beside pabutools (1.2.3, GPL: fetched by uv for the bench
only, no part of the product) on the same ballots in the same run.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Final

from bench.lines import Line
from mulin.commons.ballots.counting.count import count
from mulin.commons.ballots.counting.election import (
    Constituency,
    Election,
    Lot,
    Method,
    Project,
    Rule,
)

BALLOTS: Final = 100_000
PROJECTS: Final = 40
PARTS: Final = {"party": 0.1, "local": 0.7, "new": 0.2}
TARGETS_S: Final = {Method.FLOOR_EQUAL: 0.1, Method.PHRAGMEN: 5.0}
TARGET_MB: Final = 300
PEER: Final = "pabutools==1.2.3"
_PEER_RULE: Final = {Method.FLOOR_EQUAL: "greedy", Method.PHRAGMEN: "phragmen"}


def measure() -> list[Line]:
    """The lines of the child, each with what the other library needs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "election.json"
        child = subprocess.run(
            [sys.executable, "-m", "bench.counting", path],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        peer = _peer(path)
    lines = [Line(**one) for one in json.loads(child.stdout)]
    return [
        replace(line, note=f"{line.note}; {PEER}, {rule}: {peer[rule]:.1f} s")
        if (rule := _PEER_RULE.get(method or "")) and peer
        else line
        for line, method in zip(lines, (*TARGETS_S, None), strict=True)
    ]


def _peer(path: Path) -> dict[str, float]:
    script = Path(__file__).with_name("counting_peer.py")
    uv = Path(sys.executable).with_name("uv")
    done = subprocess.run(
        [uv, "run", "--quiet", "--no-project", "--with", PEER, script, "time", path],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        print(f"{PEER} was left out: {done.stderr.strip()[-200:]}", flush=True)
        return {}
    return json.loads(done.stdout)


def election() -> Election:
    """Three constituencies of different tastes, up to five marks on a ballot."""
    dice = Random(3)
    ids = [f"P{number:02}" for number in range(PROJECTS)]
    constituencies = []
    for name, part in PARTS.items():
        liked = dice.sample(ids, PROJECTS)
        # The further down a constituency's own list, the fewer like it.
        urn = [one for place, one in enumerate(liked) for _turn in range(PROJECTS - place)]
        ballots = tuple(
            tuple(sorted({dice.choice(urn) for _mark in range(dice.randint(0, 5))}))
            for _voter in range(round(BALLOTS * part))
        )
        constituencies.append(Constituency(id=name, ballots=ballots))
    return Election(tuple(Project(one) for one in ids), tuple(constituencies))


def _child(path: Path) -> list[Line]:
    cast = election()
    lines = []
    for method, target in TARGETS_S.items():
        took = []
        for _turn in range(3):
            began = time.perf_counter()
            result = count(cast, Rule(method, seats=5), Lot("root", "seed"))
            took.append(time.perf_counter() - began)
        lines.append(
            Line(
                f"{BALLOTS:,} ballots over {PROJECTS} projects counted, {method.value}",
                target, sorted(took)[1], "s", note=f"won: {' '.join(result.winners)}",
            )
        )  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    lines.append(Line("peak memory of this count, ballots included", TARGET_MB, peak, "MB"))
    ballots = [ballot for each in cast.constituencies for ballot in each.ballots]
    path.write_text(
        json.dumps({"projects": [one.id for one in cast.projects], "ballots": ballots}), "utf-8"
    )
    return lines


if __name__ == "__main__":
    print(json.dumps([asdict(line) for line in _child(Path(sys.argv[1]))]))
