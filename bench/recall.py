"""Claim: of texts that mean the same, at least as many are found among the first five as by the
usual method (TF-IDF over characters and pairs of them, as scikit-learn measured it on the same
texts).

The texts lie in the folder of public data beside the repository and are read for measuring only;
where it is missing, that is said and nothing is measured.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

from bench.lines import Line
from mulin.kit.ranking import closeness

#: 30 made-up pairs of neighbours' demands that share few characters, among 2,060 texts; pairs of
#: LCQMC among 7,840 texts.
PEER_MADE_UP: Final = 0.23
PEER_LCQMC: Final = 0.991
QUERIES_LCQMC: Final = 400
TEXTS_LCQMC: Final = 7_840
STRANGERS: Final = 2_000
FIRST: Final = (1, 5, 10)

Pair = tuple[str, str]


def measure() -> list[Line]:
    """How many partners stand among the first five, beside the usual method's number."""
    folder = _folder()
    if folder is None:
        print("Recall was left out: no folder of public data beside the repository", flush=True)
        return []
    made_up: list[Pair] = [
        (one, other)
        for one, other in json.loads((folder / "community_pairs_made_up.json").read_text())
    ]
    real = _lcqmc(folder / "lcqmc_test.tsv")
    strangers = _distinct(text for one, other, _same in real for text in (one, other))
    corpus = [text for pair in made_up for text in pair] + strangers[:STRANGERS]
    few = strangers[:TEXTS_LCQMC]
    held = set(few)
    pairs = [(one, other) for one, other, same in real if same and {one, other} <= held]
    chosen = Random(5).sample(pairs, min(QUERIES_LCQMC, len(pairs)))
    return [
        _found(made_up, corpus, "neighbours' demands in other words", PEER_MADE_UP),
        _found(chosen, few, "LCQMC questions", PEER_LCQMC),
    ]


def _found(pairs: Sequence[Pair], corpus: Sequence[str], what: str, peer: float) -> Line:
    ranks = [_rank(one, other, corpus) for one, other in pairs]
    shares = {most: sum(rank <= most for rank in ranks) / len(ranks) for most in FIRST}
    line = Line(
        f"Recall@5, {what}: {len(pairs)} among {len(corpus):,} texts", peer, shares[5],
        "found", is_most=False,
    )  # fmt: skip
    return replace(
        line, note=f"recall@1 {shares[1]:.2f}, recall@10 {shares[10]:.2f}; target: TF-IDF"
    )


def _rank(typed: str, partner: str, corpus: Sequence[str]) -> int:
    """The place of the partner, the typed text itself left out; ties count against us."""
    scores = closeness(typed, corpus)
    own = max(score for score, text in zip(scores, corpus, strict=True) if text == partner)
    return sum(score >= own for score, text in zip(scores, corpus, strict=True) if text != typed)


def _lcqmc(path: Path) -> list[tuple[str, str, bool]]:
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [(one, other, same == "1") for one, other, same in rows]


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _folder() -> Path | None:
    shared = Path(
        os.environ.get("MULIN_SHARED", Path(__file__).resolve().parent.parent.parent / "shared")
    )
    folder = shared / "data" / "text"
    return folder if folder.is_dir() else None
