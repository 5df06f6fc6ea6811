"""Which of some short Chinese texts are closest to one that is being typed.

BM25 over single characters and pairs of neighbours: no dictionary, no index to keep, nothing to
train. Weights come from the candidates themselves: what stands in half of them says little.
Candidates are chosen by place and time first (a few thousand at most); for those, looking for
each of the typed grams in each text is quicker than reading an inverted index from the database.

Closeness is an order, never a judgement: 「3号楼声控灯坏了」 and 「5号楼声控灯坏了」 are the closest
texts there are, and two different lamps.
"""

import math
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

# Robertson's usual values; both hardly matter for texts of twenty characters.
_SATURATION: Final = 1.2
_LENGTH: Final = 0.75


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """One spelling: full-width as half-width, small letters, signs and blanks gone.

    Kept for a while: the same few thousand texts are compared at each stroke of a key.
    """
    text = unicodedata.normalize("NFKC", text).lower()
    return "".join(filter(str.isalnum, text))


def grams_of(text: str) -> list[str]:
    """The characters of a plain text and its pairs of neighbours, each once, in order."""
    pairs = [text[at : at + 2] for at in range(len(text) - 1)]
    return list(dict.fromkeys([*text, *pairs]))


def closeness(typed: str, texts: Sequence[str]) -> list[float]:
    """How close each of these texts is to the typed one; 0 for one that shares no character."""
    plain_texts = [plain(text) for text in texts]
    count = len(texts)
    usual = sum(map(len, plain_texts)) / count if count else 0.0
    # Each text's own part of the formula, the same for every gram.
    damping = [
        _SATURATION * (1 - _LENGTH + _LENGTH * len(text) / (usual or 1.0)) for text in plain_texts
    ]
    scores = [0.0] * count
    for gram in grams_of(plain(typed)):
        held = [at for at, text in enumerate(plain_texts) if gram in text]
        if not held:
            continue
        weight = math.log(1 + (count - len(held) + 0.5) / (len(held) + 0.5))
        for at in held:
            times = plain_texts[at].count(gram)
            scores[at] += weight * times * (_SATURATION + 1) / (times + damping[at])
    return scores


def shares_a_pair(typed: str, text: str) -> bool:
    """Whether two neighbouring characters stand together in both."""
    mine, theirs = plain(typed), plain(text)
    return any(mine[at : at + 2] in theirs for at in range(len(mine) - 1))


def shared_characters(typed: str, text: str) -> int:
    """How many different characters stand in both."""
    return len(set(plain(typed)) & set(plain(text)))
