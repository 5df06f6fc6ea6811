"""The law of gatherings: who gets a seat, when one may sign in, how long somebody was there."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a gathering stands."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    HELD = "held"


class Stand(StrEnum):
    """How somebody stands to a gathering before it begins."""

    INVITED = "invited"
    GOING = "going"
    WAITING = "waiting"
    DECLINED = "declined"


class Group(StrEnum):
    """Whom a notice goes to, as it can be read from the roll."""

    ADULTS = "adults"
    PARTY = "party"
    NEW = "new"


#: The code at the door counts from so long before the beginning until so long after the end.
SIGN_IN_BEFORE: Final = timedelta(hours=1)
SIGN_IN_AFTER: Final = timedelta(hours=2)
#: The longest list that one reads back at once.
LONGEST_LIST: Final = 2000

_LINES: Final = re.compile(r"(\d{1,4})(?:\s*[-–—~～至到]\s*(\d{1,4}))?")


def stand_for(capacity: int | None, going: int) -> Stand:
    """A seat, or a place on the waiting list, for whoever signs up next."""
    return Stand.GOING if capacity is None or going < capacity else Stand.WAITING


def free_seats(capacity: int | None, going: int) -> int | None:
    """Seats that are left; None where nobody counts them."""
    return None if capacity is None else max(capacity - going, 0)


def may_sign_in(starts: datetime, ends: datetime, now: datetime) -> bool:
    """Whether the code at the door counts at this moment."""
    return starts - SIGN_IN_BEFORE <= now <= ends + SIGN_IN_AFTER


def minutes_present(
    starts: datetime, ends: datetime, came: datetime, left: datetime | None = None
) -> int:
    """Whole minutes between beginning and end during which somebody was there."""
    begun, over = max(starts, came), min(ends, left) if left is not None else ends
    return max(int((over - begun).total_seconds() // 60), 0)


def read_lines(typed: str) -> tuple[int, ...]:
    """The numbers of a paper list as somebody types them: `1-5, 8 12、15`, in order, each once.

    Raises ValueError with what cannot be read.
    """
    found: set[int] = set()
    for piece in re.split(r"[\s,，、;；。]+", typed.strip()):
        if not piece:
            continue
        match = _LINES.fullmatch(piece)
        if match is None:
            raise ValueError(piece)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= LONGEST_LIST:
            raise ValueError(piece)
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def stepped(order: list[int], moved: int, by: int) -> list[int]:
    """The order after one of it went up (-1) or down (+1); at the edge it stays."""
    place = order.index(moved)
    goal = place + by
    if not 0 <= goal < len(order):
        return order
    rest = order[:place] + order[place + 1 :]
    return [*rest[:goal], moved, *rest[goal:]]


def without_empty_headings(record: str, headings: str) -> str:
    """Minutes without the headings of their template under which nothing was written; what stands
    in the line of a heading is written under it.
    """
    known = tuple(filter(None, (line.strip() for line in headings.splitlines())))
    kept: list[str] = []
    has_words = False
    for line in reversed(record.strip().splitlines()):
        words = line.strip()
        if words in known:
            if has_words:
                kept.append(line)
            has_words = False
        else:
            kept.append(line)
            has_words = not words.startswith(known) and (has_words or bool(words))
    return "\n".join(reversed(kept)).strip()
