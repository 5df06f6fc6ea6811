"""How characters are read: pypinyin's table of 42,000, in a part of its memory.

Its readings stand there once for each character; here each of the 8,600 different ones stands once,
and a character says which.
"""

import sys
from array import array
from collections.abc import Mapping
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

_TABLE = "pypinyin.pinyin_dict"


class Readings(dict[int, str]):
    """Code of a character → its readings, in the library's own words. It is never written to."""

    def __init__(self, found: Mapping[int, str]) -> None:
        super().__init__()
        self._words = sorted(set(found.values()))
        place = {words: at for at, words in enumerate(self._words, start=1)}
        self._places = array("H", bytes(2 * (max(found) + 1)))
        for code, words in found.items():
            self._places[code] = place[words]

    def __missing__(self, code: int) -> str:
        at = self._places[code] if 0 <= code < len(self._places) else 0
        if not at:
            raise KeyError(code)
        return self._words[at - 1]

    def __contains__(self, code: object) -> bool:
        return isinstance(code, int) and 0 <= code < len(self._places) and self._places[code] > 0


def pack_readings() -> None:
    """Before the library is loaded: give it its table packed."""
    library = find_spec("pypinyin")
    if library is None or library.origin is None or _TABLE in sys.modules:
        return
    spec = spec_from_file_location(_TABLE, Path(library.origin).with_name("pinyin_dict.py"))
    if spec is None or spec.loader is None:
        return
    table = module_from_spec(spec)
    spec.loader.exec_module(table)
    table.pinyin_dict = Readings(table.pinyin_dict)  # type: ignore[attr-defined]  # read from a file
    sys.modules[_TABLE] = table
