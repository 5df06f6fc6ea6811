"""Numbers of needs, and what a sealed need shows."""

import re
from collections.abc import Iterable
from datetime import date


def series_of(day: date) -> str:
    """The series a need's number is drawn from: one a year."""
    return f"need-{day.year}"


def need_number(day: date, count: int) -> str:
    """A number that can be read over the phone: year and count, 2026-00412."""
    return f"{day.year}-{count:05d}"


def place_line(names: Iterable[str], words: str) -> str:
    """Where it is, in one line: what the words say already is not said before them once more.
    "12幢" before "2单元" stands, before "新街小区12幢2单元" it does not; before "112幢" it does.
    """
    said = [
        name
        for name in filter(None, names)
        if not re.search((r"(?<!\d)" if name[0].isdigit() else "") + re.escape(name), words)
    ]
    return " ".join(filter(None, (*said, words)))


#: Lines of a story that quote the asker: in nobody else's story, and blanked when they are erased.
QUOTING = ("confirmed", "not_solved", "note")

#: In place of the words of a need whose room keeps them itself. Data of the community, so in its language.
SEALED = "（内容只有办理的人知道）"
