"""Words for search in texts that mix Chinese, Latin letters and digits.

Chinese has no blanks between words, so a text is cut into *units* (one Chinese character; one
run of letters or digits, `12a`) and its words are, in order:

- every unit of letters or digits by itself,
- every two neighbouring units of which at least one is a Chinese character, joined: 路灯, 3号,
- a Chinese character by itself only where it has no neighbour.

「3号楼路灯」 gives `3 3号 号楼 楼路 路灯`. Any part of a text that begins and ends between units, cut by
the same rule, gives words that stand together in the text's words: 3号楼 is `3 3号 号楼`, 楼路灯 is
`楼路 路灯`. So a phrase query finds exactly what was typed, in two characters or twenty, on every
database. The exception is a single Chinese character, which is found only where it stands alone.

Blanks and line ends do not part neighbours (「12 幢」 is 12幢; lines break anywhere), except
between two runs of letters or digits. Punctuation parts them.
"""

import re
import unicodedata
from itertools import pairwise
from typing import Final

# Scripts written without blanks: Han with all extensions, kana, Bopomofo, and the signs that
# stand for characters.
_UNSPACED: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3041-\u30fa\u30fc-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNITS: Final = re.compile(
    rf"(?P<character>[{_UNSPACED}])|(?P<run>[^\W_{_UNSPACED}]+)|(?P<stop>\S)"
)
_ONE_CHARACTER: Final = re.compile(f"[{_UNSPACED}]")
# Choose the shape of the character before them; the character stays the same.
_SHAPE_SELECTORS: Final = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])


def words_of(text: str) -> list[str]:
    """The words of a text in order, for an index that answers phrase queries.

    Several fields of a record are indexed by joining their words, not their texts.
    """
    words: list[str] = []
    for stretch in _stretches(text):
        if len(stretch) == 1:
            words.append(stretch[0][0])
            continue
        for (unit, is_run), (following, following_is_run) in pairwise(stretch):
            if is_run:
                words.append(unit)
            if not (is_run and following_is_run):
                words.append(unit + following)
        last, last_is_run = stretch[-1]
        if last_is_run:
            words.append(last)
    return words


def query_words(phrase: str) -> list[str]:
    """The words of one phrase, to be found side by side and in this order."""
    return words_of(phrase)


def query_phrases(query: str) -> list[list[str]]:
    """The words of each phrase of a query, all of which are to be found, anywhere.

    Blanks part phrases. A Chinese character alone can't be found, so it goes with its neighbour:
    「路灯 12 幢」 asks for 路灯 and for 12幢.
    """
    phrases: list[str] = []
    alone = ""
    for part in query.split():
        if _ONE_CHARACTER.fullmatch(part):
            if phrases:
                phrases[-1] += part
            else:
                alone += part
        else:
            phrases.append(alone + part)
            alone = ""
    if alone:
        phrases.append(alone)
    return [words for words in map(query_words, phrases) if words]


def prefixes(word: str, least: int = 1) -> list[str]:
    """The beginnings of a name, its pinyin or a number, shortest first, the whole one last.

    Spelled as `words_of` spells words, without blanks and punctuation. A word shorter than
    `least` gives itself.

    >>> prefixes("zxm")
    ['z', 'zx', 'zxm']
    """
    whole = "".join(unit for stretch in _stretches(word) for unit, _ in stretch)
    if not whole:
        return []
    return [whole[:end] for end in range(min(least, len(whole)), len(whole) + 1)]


def _stretches(text: str) -> list[list[tuple[str, bool]]]:
    """Units between which nothing but blanks stands, each with whether it is a run."""
    plain = unicodedata.normalize("NFKC", text.translate(_SHAPE_SELECTORS)).lower()
    stretches: list[list[tuple[str, bool]]] = [[]]
    for unit in _UNITS.finditer(plain):
        if unit.lastgroup == "stop":
            stretches.append([])
        else:
            stretches[-1].append((unit[0], unit.lastgroup == "run"))
    return [stretch for stretch in stretches if stretch]
