"""What holds a place in some hours, from whoever lets it be held: a room says once what of its own.

    register_holding("booking", rooms_held)

Each room keeps what is its own apart by itself and asks here for what the others hold, so that a
meeting and a banquet never meet in one hall.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from mulin.ground.community.rules import Actor


@dataclass(frozen=True, slots=True)
class Held:
    """A place by its number, or one room of it by its name (empty: all of it), from a moment to a
    moment; what is there, in words for everybody; whose it is.
    """

    place: int
    room: str
    starts: datetime
    ends: datetime
    title: str
    account: int | None = None
    person: int | None = None

    def meets(self, room: str) -> bool:
        """Whether it leaves no place for something else in this room, or (empty) in all of it."""
        return not self.room or not room or self.room == room

    def is_of(self, by: Actor) -> bool:
        """Whether this actor holds it: their own lesson in the room that they have booked for it."""
        mine = by.account_id is not None and self.account == by.account_id
        return mine or (by.person_id is not None and self.person == by.person_id)


#: What is held of places, by their numbers, between two moments.
Holding = Callable[[Collection[int], datetime, datetime], Iterable[Held]]

_holdings: dict[str, Holding] = {}


def register_holding(name: str, holding: Holding) -> None:
    """Called once by the `apps.py` of whoever lets places be held."""
    _holdings[name] = holding


def held_by_others(
    asker: str, places: Collection[int], starts: datetime, ends: datetime
) -> list[Held]:
    """What all but the asker hold of these places between two moments, in the order of time."""
    found = [
        one
        for name, holding in _holdings.items()
        if name != asker
        for one in holding(places, starts, ends)
    ]
    return sorted(found, key=lambda one: (one.starts, one.ends, one.title))
