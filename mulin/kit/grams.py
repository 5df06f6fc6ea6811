"""Words for search in texts that mix Chinese, Latin letters and digits.

Chinese has no blanks between words, so a text is cut into *units* (one Chinese character; one
run of letters or digits, `12a`) and its words are, in order:

- every unit of letters or digits by itself,
- every two neighbouring units of which at least one is a Chinese character, joined: 路灯, 3号,
- a Chinese character by itself only where it has no neighbour.

「3号楼路灯」 gives `3 3号 号楼 楼路 路灯`. Any part of a text that begins and ends between units, cut by
the same rule, gives words that stand together in the text's words: 3号楼 is `3 3号 号楼`, 楼路灯 is
`楼路 路灯`. So a phrase query finds whatever was typed, in two characters or twenty, on every
database, and hardly anything else (路灯坏 also finds 路灯，灯坏). The exception is a single Chinese
character, which is found only where it stands alone.

Blanks and line ends do not part neighbours (「12 幢」 is 12幢; lines break anywhere), except
between two runs of letters or digits. Punctuation parts them.
"""

import re
import unicodedata
from typing import Final

# Scripts written without blanks: Han with all extensions, kana, Bopomofo, and the signs that
# stand for characters.
_UNSPACED: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3041-\u30fa\u30fc-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# A character, a run of letters or digits, or what parts neighbours.
_UNITS: Final = re.compile(rf"([{_UNSPACED}])|([^\W_{_UNSPACED}]+)|\S")
_ONE_CHARACTER: Final = re.compile(f"[{_UNSPACED}]")
# Choose the shape of the character before them; the character stays the same.
_SHAPE_SELECTORS: Final = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])


def words_of(text: str) -> list[str]:
    """The words of a text in order, for an index that answers phrase queries.

    Several fields of a record are indexed by joining their words, not their texts.
    """
    words: list[str] = []
    before, before_is_run, before_is_joined = "", False, False
    # The empty unit at the end parts, like punctuation.
    for character, run in (*_UNITS.findall(_plain(text)), ("", "")):
        unit = character or run
        is_joined = bool(before and unit and not (before_is_run and run))
        if is_joined:
            words.append(before + unit)
        elif before and not before_is_run and not before_is_joined:
            words.append(before)
        if run:
            words.append(run)
        before, before_is_run, before_is_joined = unit, bool(run), is_joined
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
    whole = "".join(character or run for character, run in _UNITS.findall(_plain(word)))
    if not whole:
        return []
    return [whole[:end] for end in range(min(least, len(whole)), len(whole) + 1)]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(_SHAPE_SELECTORS)).lower()
