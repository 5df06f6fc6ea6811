"""The law of ideas: what may be said, where an idea stands, until when it must be answered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from mulin.kit.calendar import WorkCalendar
from mulin.kit.ranking import closeness, plain, shares_a_pair

#: The kind of the gathering at which neighbours talk.
TALK: Final = "talk"
#: Fewer letters say nothing; emoji and signs are no letters.
LEAST_LETTERS: Final = 2
#: A smaller group would show single people.
LEAST_GROUP: Final = 5
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


# ── the meeting ──────────────────────────────────────────────────────────────────────────────

#: 「王奶奶：装个水龙头」: who said it, in front of the first colon; a longer beginning is no name,
#: nor is one with a figure: 「晚上10:30太吵」 is a time.
_SPOKEN: Final = re.compile(r"\s*(?P<name>[^\s\d：:，,。；;]{2,10})\s*[：:]\s*(?P<words>.+)")
#: The number or dot that somebody puts before each point; 「3.5米宽」 has none.
_NUMBERED: Final = re.compile(r"\s*(?:\d{1,2}\s*(?:[、)）．]|\.(?!\d))|[-·•*])\s*")
#: How close one of two texts must be to the other, as a share of how close that is to itself.
_ALIKE: Final = 0.24


@dataclass(frozen=True, slots=True)
class SpokenPoint:
    """One line of minutes: what was said, and the name that stands before it."""

    words: str
    name: str = ""


def points_of(typed: str) -> list[SpokenPoint]:
    """The points of minutes, one a line; lines without words are left out."""
    found = []
    for line in typed.splitlines():
        bare = _NUMBERED.sub("", line, count=1).strip()
        if not says_something(bare):
            continue
        spoken = _SPOKEN.fullmatch(bare)
        if spoken and says_something(spoken["words"]):
            found.append(SpokenPoint(spoken["words"].strip(), spoken["name"]))
        else:
            found.append(SpokenPoint(bare))
    return found


def grouped(texts: Sequence[str]) -> list[list[int]]:
    """Texts that say much the same together, by their places; the largest group first.

    Each joins the group of the earlier text that it is closest to, if it is close enough. It is a
    proposal for an agenda, where a person picks: nothing is merged by it.
    """
    scores = [closeness(text, texts) for text in texts]
    groups: list[list[int]] = []
    of: dict[int, int] = {}
    for at, text in enumerate(texts):
        near = [
            (max(scores[at][other] / own, scores[other][at] / scores[other][other]), -other)
            for other in range(at)
            if (own := scores[at][at]) and shares_a_pair(text, texts[other])
        ]
        if near and max(near)[0] >= _ALIKE:
            of[at] = of[-max(near)[1]]
            groups[of[at]].append(at)
        else:
            of[at] = len(groups)
            groups.append([at])
    return sorted(groups, key=lambda group: (-len(group), group[0]))


def pairs_of(words: str) -> list[str]:
    """Every two neighbouring characters of a text, each once."""
    letters = plain(words)
    return list(dict.fromkeys(letters[at : at + 2] for at in range(len(letters) - 1)))


#: How files of sound begin, and what they are.
_SOUNDS: Final = (
    (b"ID3", 0, "audio/mpeg"), (b"\xff\xfb", 0, "audio/mpeg"), (b"\xff\xf3", 0, "audio/mpeg"),
    (b"\xff\xf1", 0, "audio/aac"), (b"WAVE", 8, "audio/wav"), (b"OggS", 0, "audio/ogg"),
    (b"\x1aE\xdf\xa3", 0, "audio/webm"), (b"ftyp", 4, "audio/mp4"), (b"fLaC", 0, "audio/flac"),
    (b"#!AMR", 0, "audio/amr"),
)  # fmt: skip


def sound_kind(beginning: bytes) -> str | None:
    """The media type of a recording by its first bytes; None for what is no sound."""
    for mark, at, kind in _SOUNDS:
        if beginning[at : at + len(mark)] == mark:
            return kind
    return None
