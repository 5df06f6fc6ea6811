"""Claims: texts that mean the same are found by meaning; opinion maps are drawn in time.

The texts lie in the folder of public data beside the repository. The model that knows meaning is an
extra (make meaning); where either is missing, that is said and the line is left out.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from bench.lines import Line
from bench.recall import QUERIES_LCQMC, STRANGERS, TEXTS_LCQMC, Pair, _distinct, _folder, _lcqmc
from mulin.parlour.suggestions.meaning import embedding
from mulin.parlour.suggestions.rules.nearness import (
    MOST,
    Near,
    nearest_by_meaning,
    nearest_by_words,
)
from mulin.parlour.suggestions.rules.opinions import UNSEEN, opinion_map

LEAST_MADE_UP: Final = 0.85
LEAST_LCQMC: Final = 0.98
#: people, statements, share of statements that each has voted on, seconds; None: as quick as the peer
MAPS: Final = ((1_000, 200, 0.3, 4), (10_000, 500, 0.15, None), (100_000, 1_000, 0.08, 30))
MOST_GIGABYTES: Final = 3
PEER: Final = "red-dwarf==0.4.0"
#: What the peer needed on a quiet machine with two cores; used where it cannot be fetched.
PEER_SECONDS: Final = 15.6


def measure() -> list[Line]:
    """Recall by words and by meaning, then three sizes of conversations."""
    return [*_recall(), *_maps()]


def _recall() -> list[Line]:
    folder = _folder()
    if folder is None:
        return []
    made_up: list[Pair] = [
        (one, other)
        for one, other in json.loads((folder / "community_pairs_made_up.json").read_text())
    ]
    real = _lcqmc(folder / "lcqmc_test.tsv")
    strangers = _distinct(text for one, other, _same in real for text in (one, other))
    corpus = _distinct([*(text for pair in made_up for text in pair), *strangers[:STRANGERS]])
    few = strangers[:TEXTS_LCQMC]
    held = set(few)
    pairs = [(one, other) for one, other, same in real if same and {one, other} <= held]
    chosen = Random(5).sample(pairs, min(QUERIES_LCQMC, len(pairs)))
    lines = []
    embed = embedding()
    if embed is None:
        print("By meaning was left out: make meaning", flush=True)
    for what, asked, texts, least in (
        ("neighbours' ideas in other words", made_up, corpus, LEAST_MADE_UP),
        ("LCQMC questions", chosen, few, LEAST_LCQMC),
    ):
        words = _found(asked, texts, nearest_by_words(texts))
        if embed is None:
            print(f"Recall@5 by words, {what}: {words:.3f}", flush=True)
            continue
        meaning = _found(asked, texts, nearest_by_meaning(texts, embed))
        line = Line(
            f"Recall@5 by meaning, {what}: {len(asked)} among {len(texts):,} texts", least,
            meaning, "found", is_most=False,
        )  # fmt: skip
        lines.append(replace(line, note=f"by words (TF-IDF) {words:.3f}"))
    return lines


def _found(pairs: Sequence[Pair], texts: Sequence[str], near: Sequence[Sequence[Near]]) -> float:
    place = {text: at for at, text in enumerate(texts)}
    hits = sum(
        any(texts[one.at] == other for one in near[place[typed]][:MOST]) for typed, other in pairs
    )
    return hits / len(pairs)


def _maps() -> list[Line]:
    lines = []
    for people, statements, share, promised in MAPS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "votes.npy"
            # Each in a process of its own: the most memory a process ever had never falls again.
            told = subprocess.run(
                [sys.executable, "-m", "bench.ideas", str(people), str(statements), str(share),
                 path],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            took, gigabytes, groups = json.loads(told.stdout)
            peer = _peer(path) if promised is None else None
        what = f"Opinion map, {people:,} people × {statements:,} statements"
        note = f"{groups} groups of the 3 planted"
        most: float = promised or (peer[0] if peer else PEER_SECONDS)
        if promised is None:
            note += f"; target: {PEER}, "
            note += f"in the same run, {peer[1]} groups" if peer else "measured before"
        lines.append(replace(Line(what, most, took, "s"), note=note))
        lines.append(Line(f"{what}, memory", MOST_GIGABYTES, gigabytes, "GB"))
    return lines


def _peer(path: Path) -> tuple[float, int] | None:
    script = Path(__file__).with_name("ideas_peer.py")
    uv = Path(sys.executable).with_name("uv")
    done = subprocess.run(
        [uv, "run", "--quiet", "--no-project", "--with", PEER, script, path],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        print(f"{PEER} was left out: {done.stderr.strip()[-200:]}", flush=True)
        return None
    took, groups = json.loads(done.stdout.splitlines()[-1])
    return took, groups


def _draw(people: int, statements: int, share: float, path: str) -> None:
    dice = np.random.default_rng(7)
    profiles = dice.choice([-1, 1], size=(3, statements))
    table = np.empty((people, statements), dtype=np.int8)
    for row in range(people):
        goes_along = dice.random(statements, dtype=np.float32) < 0.9
        votes = np.where(goes_along, profiles[row % 3], -profiles[row % 3])
        seen = dice.random(statements, dtype=np.float32) < share
        table[row] = np.where(seen, votes, UNSEEN)
    np.save(path, table)
    began = time.perf_counter()
    drawn = opinion_map(table)
    took = time.perf_counter() - began
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(json.dumps([took, gigabytes, len(drawn.groups)]))


if __name__ == "__main__":
    _draw(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
