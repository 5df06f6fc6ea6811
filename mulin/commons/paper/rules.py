"""When a sheet needs a person, when two are the same, how long its picture is kept."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from mulin.kit.paper.definition import Field, Form, Kind

MOST_SHEETS: Final = 100
#: Files at once, and how large a scanner's PDF may be.
MOST_FILES: Final = 60
MOST_PDF_BYTES: Final = 60 * 1024 * 1024
#: Pictures from the street that nobody has looked at yet; more would bury the desk.
MOST_FROM_STREET: Final = 200
#: A file in the scanner's folder that was not touched for so long is looked into; one that is still
#: not whole after the longer time never will be.
QUIET: Final = timedelta(seconds=20)
GIVEN_UP: Final = timedelta(minutes=10)
#: How a program names a file that it has not finished, beginning and end.
_UNFINISHED: Final = ((".", "~"), (".tmp", ".part", ".partial", ".filepart", ".crdownload"))
#: Pages that one job reads; a longer PDF is gone on with by the next.
PAGES_AT_ONCE: Final = 10
#: A page at which the reader broke off so often is left to a person.
MOST_TRIES: Final = 3
#: A job that has written nothing for so long has died; one that stumbled is tried again sooner.
SILENT: Final = timedelta(minutes=5)
PAUSE: Final = timedelta(seconds=30)
#: What was read has become a record with the sheet beside it: the reader's own copy goes.
KEPT: Final = timedelta(days=90)
#: A file that nobody could open is told in the desk's list for so long.
TOLD_FOR: Final = timedelta(days=7)
#: Words read twice from the same hand differ a little; from two hands they differ more.
SAME_WORDS_FROM: Final = 0.85
_NO_WORD: Final = re.compile(r"[\W_]+")


class ScanState(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    FAILED = "failed"


class CameBy(StrEnum):
    """How a file came to the desk."""

    DESK = "desk"
    FOLDER = "folder"  # the scanner's
    STREET = "street"  # a resident photographed the sheet


class ReadingState(StrEnum):
    WAITING = "waiting"  # for a person's look
    DONE = "done"  # a record came of it
    AGAIN = "again"  # the same sheet, saying the same, was here before
    THROWN = "thrown"


class Matter(StrEnum):
    """What is the matter with a picture. The first five are the eye's own words."""

    NOTHING = "nothing"
    TWO = "two"
    TORN = "torn"
    CROOKED = "crooked"
    STRANGE = "strange"
    SMALL = "small"  # too few pixels to tell a mark from a speck
    ELSEWHERE = "elsewhere"  # printed by somebody else, or made up
    COPY = "copy"  # the serial of another sheet, with other answers
    UNREAD = "unread"  # no reader here, or it broke off
    BY_HAND = "by_hand"  # a person said which form it is


def needs_look(field: Field, *, is_sure: bool) -> bool:
    """Whether a person must look at this field before it counts."""
    return field.is_always_looked_at or not is_sure


def is_same(form: Form, one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> bool:
    """Whether two readings of one serial say the same. Raises KeyError for a field that is missing."""
    return all(_agree(field, one[field.name], other[field.name]) for field in form.fields)


def _agree(field: Field, one: list[str], other: list[str]) -> bool:
    if field.kind not in (Kind.TEXT, Kind.NAME):
        return sorted(one) == sorted(other)
    words, others = (_NO_WORD.sub("", "".join(values)) for values in (one, other))
    return SequenceMatcher(None, words, others, autojunk=False).ratio() >= SAME_WORDS_FROM


def is_to_be_tried(tries: int, tried_at: datetime, now: datetime) -> bool:
    """Whether a file that is not read yet was forgotten by its job."""
    return now - tried_at >= (PAUSE if tries else SILENT)


def pieces_of_name(name: str) -> list[str]:
    """What to look a name up by if one of its characters may be misread: whole, two together; of
    three or more, if it is one in the middle, the last.
    """
    pairs = [name[at : at + 2] for at in range(len(name) - 1)]
    last = [name[-1]] if len(name) > 2 else []  # noqa: PLR2004  else it is in the pair
    return list(dict.fromkeys([name, *pairs, *last])) if name else []


def unlike_names(read: str, known: str, sound_read: str, sound_known: str) -> int:
    """0 the same name, 1 one that sounds the same or differs in one character, 2 another."""
    if read == known:
        return 0
    sounds_same = bool(sound_read) and sound_read == sound_known
    differing = sum(one != other for one, other in zip(read, known, strict=False))
    differing += abs(len(read) - len(known))
    # Of a name of two characters, one is all that tells it from others.
    is_slip = differing == 1 and max(len(read), len(known)) > 2  # noqa: PLR2004
    return 1 if sounds_same or is_slip else 2


def is_near(by_name: int, by_phone: int) -> bool:
    """Whether somebody is worth being asked about: the name is alike, or the whole phone is theirs."""
    return by_name < 2 or by_phone == 0  # noqa: PLR2004  neither


def is_finished_name(name: str) -> bool:
    """Whether a file is not named as one that is still being written."""
    begins, ends = _UNFINISHED
    return not name.startswith(begins) and not name.lower().endswith(ends)


def is_to_be_opened(touched_at: datetime, now: datetime) -> bool:
    """Whether a file in the scanner's folder has lain still for long enough."""
    return now - touched_at >= QUIET


def is_given_up(touched_at: datetime, now: datetime) -> bool:
    """Whether a file that is not whole will not become so any more."""
    return now - touched_at >= GIVEN_UP


def missing_looks(
    form: Form, sure: Mapping[str, bool], looked: Iterable[str], changed: Iterable[str]
) -> list[str]:
    """The fields nobody has looked at yet that somebody must; whoever changed one has looked."""
    seen = {*looked, *changed}
    return [
        field.name
        for field in form.fields
        if needs_look(field, is_sure=sure.get(field.name, False)) and field.name not in seen
    ]
