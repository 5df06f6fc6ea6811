"""Who is close to somebody in need, and what whoever comes must know. Each room says what it knows.

    register_close("elders", close_to, looked_after_by)
    register_to_know("elders", told_in_need)

So nobody types the neighbour who looks in, or the daughter, into a second list, where they would
stay when the first one changes.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person


class Tie(StrEnum):
    """What somebody is to a person."""

    NEIGHBOUR = "neighbour"
    FAMILY = "family"


@dataclass(frozen=True, slots=True)
class Close:
    """`person` is close to the record `of`; both as they stand, merged or not."""

    of: int
    person: Person
    tie: Tie


Closest = Callable[[Collection[int]], Iterable[Close]]
#: A heading and what stands under it. Whoever tells it writes down that somebody looked.
ToKnow = Callable[[Collection[int], Actor, datetime], Iterable[tuple[str, str]]]

#: The records to whom a person is close.
LookedAfter = Callable[[int], Iterable[int]]

_closest: dict[str, Closest] = {}
_looked_after: dict[str, LookedAfter] = {}
_to_know: dict[str, ToKnow] = {}


def register_close(name: str, find: Closest, back: LookedAfter) -> None:
    """Called once by a room's `apps.py`; `back` is the same asked from the other side.

    `find` asks a fixed number of times, however many persons there are.
    """
    _closest[name], _looked_after[name] = find, back


def register_to_know(name: str, tell: ToKnow) -> None:
    """Called once by a room's `apps.py`."""
    _to_know[name] = tell


def close_to(person_ids: Collection[int]) -> list[Close]:
    """Everybody who is close to these records, as all rooms know it, each once."""
    found = {
        (one.of, one.person.pk): one
        for name in sorted(_closest)
        for one in _closest[name](person_ids)
    }
    return list(found.values())


def looked_after_by(person_id: int | None) -> set[int]:
    """The records to whom this person is close; none for somebody who is not on the roll."""
    if person_id is None:
        return set()
    return {one for name in sorted(_looked_after) for one in _looked_after[name](person_id)}


def to_know(person_ids: Collection[int], *, by: Actor, now: datetime) -> list[tuple[str, str]]:
    """What whoever goes to a person in need must know; each look is recorded. 《个人信息保护法》第51条."""
    return [line for name in sorted(_to_know) for line in _to_know[name](person_ids, by, now)]
