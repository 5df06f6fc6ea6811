"""The law of ideas: what may be said, where an idea stands, until when it must be answered."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from mulin.kit.calendar import WorkCalendar
from mulin.kit.ranking import plain

#: Fewer letters say nothing; emoji and signs are no letters.
LEAST_LETTERS: Final = 2
_DAY: Final = date(2020, 7, 1)
#: With what a new community begins; it may set others, each from a day on.
FIRST_LOOK_WORKDAYS: Final = 2
FIRST_ANSWER_WORKDAYS: Final = 15
FIRST_SINCE: Final = _DAY
FIRST_SOURCE: Final = "本社区自定，居民议事会可以改"


class State(StrEnum):
    """Where an idea stands."""

    HELD = "held"
    OPEN = "open"
    MERGED = "merged"
    ANSWERED = "answered"
    ADOPTED = "adopted"
    TURNED_AWAY = "turned_away"


class Side(StrEnum):
    """How somebody stands to an idea."""

    FOR = "for"
    AGAINST = "against"


class Refusal(StrEnum):
    """Why an idea is not shown: the published list, there is no other reason."""

    INSULTS = "insults"
    NAMES_SOMEBODY = "names_somebody"
    ADVERTISES = "advertises"
    NOT_UNDERSTOOD = "not_understood"
    NOT_OURS = "not_ours"


#: From where an act may take an idea, and where to.
MOVES: Final = {
    "show": (frozenset({State.HELD}), State.OPEN),
    "turn_away": (frozenset({State.HELD, State.OPEN}), State.TURNED_AWAY),
    "merge": (frozenset({State.HELD, State.OPEN}), State.MERGED),
    "answer": (frozenset({State.OPEN}), State.ANSWERED),
    "adopt": (frozenset({State.OPEN}), State.ADOPTED),
}
#: Everybody may read an idea that stands so.
SHOWN: Final = frozenset({State.OPEN, State.ANSWERED, State.ADOPTED})
#: Somebody still has to do something.
WAITING: Final = frozenset({State.HELD, State.OPEN})


@dataclass(frozen=True, slots=True)
class Times:
    """Working days until somebody looks at what came without a name, and until the answer."""

    look_workdays: int = FIRST_LOOK_WORKDAYS
    answer_workdays: int = FIRST_ANSWER_WORKDAYS


def says_something(words: str) -> bool:
    """Whether there are words in it: 「好」 is too little, 「👍👍」 too."""
    letters = plain(words)
    return len(letters) >= LEAST_LETTERS


def is_possible(act: str, state: str) -> bool:
    """Whether an idea that stands so can be taken there."""
    return State(state) in MOVES[act][0]


def look_by(came_at: datetime, times: Times, days: WorkCalendar) -> datetime:
    """24:00 of the last working day for a first look."""
    return days.deadline_in_workdays(came_at, times.look_workdays)


def answer_by(came_at: datetime, times: Times, days: WorkCalendar) -> datetime:
    """24:00 of the last working day for the answer, counted from the day it came."""
    return days.deadline_in_workdays(came_at, times.answer_workdays)


def month_of(typed: str, today: date) -> tuple[date, date]:
    """The first days of a month written 2026-11 and of the next; of today's for anything else."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", typed)
    year, month = (int(found[1]), int(found[2])) if found else (today.year, today.month)
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following
