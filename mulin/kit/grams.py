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

import unicodedata
from itertools import pairwise
from typing import Final

# Scripts written without blanks: Han with all extensions, kana, Bopomofo, and the two signs
# that stand for characters.
_UNSPACED: Final = (
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),
    (0x3041, 0x312F),
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
# Choose the shape of the character before them; the character stays the same.
_SHAPE_SELECTORS: Final = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])


def words_of(text: str) -> list[str]:
    """The words of a text in order, for an index that answers phrase queries."""
    words: list[str] = []
    for stretch in _stretches(text):
        if len(stretch) == 1:
            words.append(stretch[0])
            continue
        for unit, following in pairwise(stretch):
            if not _is_unspaced(unit[0]):
                words.append(unit)
            if _is_unspaced(unit[0]) or _is_unspaced(following[0]):
                words.append(unit + following)
        if not _is_unspaced(stretch[-1][0]):
            words.append(stretch[-1])
    return words


def query_words(query: str) -> list[str]:
    """The words of one phrase, to be found side by side and in this order."""
    return words_of(query)


def prefixes(word: str, least: int = 1) -> list[str]:
    """The beginnings of a name, its pinyin or a number, shortest first, the whole one last.

    Spelled as `words_of` spells words, without blanks and punctuation. A word shorter than
    `least` gives itself.

    >>> prefixes("zxm")
    ['z', 'zx', 'zxm']
    """
    whole = "".join(unit for stretch in _stretches(word) for unit in stretch)
    if not whole:
        return []
    return [whole[:end] for end in range(min(least, len(whole)), len(whole) + 1)]


def _stretches(text: str) -> list[list[str]]:
    """Units between which nothing but blanks stands."""
    plain = unicodedata.normalize("NFKC", text.translate(_SHAPE_SELECTORS)).lower()
    stretches: list[list[str]] = [[]]
    run = ""
    for character in plain:
        if _is_unspaced(character):
            if run:
                stretches[-1].append(run)
                run = ""
            stretches[-1].append(character)
        elif character.isalnum() or (run and unicodedata.category(character)[0] == "M"):
            run += character
        else:
            if run:
                stretches[-1].append(run)
                run = ""
            if not character.isspace():
                stretches.append([])
    if run:
        stretches[-1].append(run)
    return [stretch for stretch in stretches if stretch]


def _is_unspaced(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in _UNSPACED)
