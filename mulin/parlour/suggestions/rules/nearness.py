"""Which texts of a list are nearest to each: by the words they share, and by what they mean.

By words: TF-IDF over characters and pairs of neighbours, the usual method. By meaning: a model
that the caller brings turns texts into vectors. The two lists stand side by side and are never
averaged, for 「增加停车位」 and 「反对增加停车位」 mean nearly the same to a machine.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mulin.kit.ranking import plain

MOST: Final = 5
#: Texts compared with all others at once: 512 rows of 100,000 numbers are 200 MB.
_ROWS_AT_ONCE: Final = 512

Vectors = NDArray[np.float32]
#: Turns texts into vectors of length one.
Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Near:
    """Another text of the list by its place in it, and how near it is: 1 is the same."""

    at: int
    closeness: float


def nearest_by_words(texts: Sequence[str], most: int = MOST) -> list[list[Near]]:
    """For each text the nearest others that share a character with it, the nearest first."""
    counted = [Counter(_grams(text)) for text in texts]
    holders: dict[str, list[int]] = {}
    for at, grams in enumerate(counted):
        for gram in grams:
            holders.setdefault(gram, []).append(at)
    rarity = {
        gram: np.log((1 + len(texts)) / (1 + len(held))) + 1 for gram, held in holders.items()
    }
    lengths = np.array(
        [
            np.sqrt(sum((times * rarity[gram]) ** 2 for gram, times in grams.items())) or 1.0
            for grams in counted
        ]
    )
    postings = {
        gram: (
            np.array(held),
            np.array([counted[at][gram] * rarity[gram] for at in held]) / lengths[held],
        )
        for gram, held in holders.items()
    }
    found = []
    for at, grams in enumerate(counted):
        closeness = np.zeros(len(texts))
        for gram, times in grams.items():
            held, weights = postings[gram]
            closeness[held] += times * rarity[gram] / lengths[at] * weights
        found.append(_first(closeness, at, most, least=1e-9))
    return found


def nearest_by_meaning(texts: Sequence[str], embed: Embed, most: int = MOST) -> list[list[Near]]:
    """For each text the others whose vectors point most nearly the same way."""
    if not texts:
        return []
    vectors = embed(texts)
    found = []
    for start in range(0, len(texts), _ROWS_AT_ONCE):
        for row, closeness in enumerate(vectors[start : start + _ROWS_AT_ONCE] @ vectors.T):
            found.append(_first(closeness, start + row, most, least=-1.0))
    return found


def _first(closeness: NDArray[np.floating], own: int, most: int, *, least: float) -> list[Near]:
    others = closeness.astype(np.float64)
    others[own] = -np.inf
    few = min(most, others.size - 1)
    if few < 1:
        return []
    chosen = np.argpartition(-others, few - 1)[:few]
    order = sorted(chosen, key=lambda one: (-others[one], one))
    return [Near(int(one), round(float(others[one]), 4)) for one in order if others[one] > least]


def _grams(text: str) -> list[str]:
    letters = plain(text)
    return [*letters, *(letters[at : at + 2] for at in range(len(letters) - 1))]
