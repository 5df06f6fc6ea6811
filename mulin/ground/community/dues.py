"""What somebody owes today, over all rooms. Each room registers its own source in `apps.py`.

A source asks the database a fixed number of times and gives the worst of its kinds first, at most
`most` and one more of each question, so that the list knows where it is cut.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise

from mulin.ground.community.rules import Actor, Harm, by_harm

#: Nobody works through more in a day; what is beyond stands in the lists of the rooms.
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose debts are asked for: `accounts` are the actor's own and of those they stand in for;
    until when they are due.
    """

    actor: Actor
    accounts: frozenset[int]
    now: datetime
    until: datetime
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Due:
    """One thing owed: what, why it stands here, what happens if it is late, where it is done.

    `holder_id` is the account that owes it; None where the whole desk does. `opens_beside`: its
    page has a detail that opens next to the list.
    """

    kind: str
    number: int
    what: str
    why: str | Promise
    harm: Harm
    url: str
    due_at: datetime | None = None
    holder_id: int | None = None
    opens_beside: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of thing that is owed: how many of them are called what, and the room's own list."""

    name: str
    label: str | Promise
    url_name: str
    query: str = ""


Source = Callable[[Asked], Iterable[Due]]

_sources: dict[str, Source] = {}
_kinds: dict[str, Kind] = {}


def register(name: str, source: Source, *kinds: Kind) -> None:
    """Called once by a room's `apps.py`; `kinds` are all that this source may give."""
    _sources[name] = source
    _kinds.update((kind.name, kind) for kind in kinds)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many things of one kind are owed; `is_more` when the room has others beyond these."""

    kind: Kind
    count: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """Everything owed, the worst first, and how many of each kind."""

    dues: list[Due]
    tallies: list[Tally]


def owed_by(asked: Asked) -> Owed:
    """What is owed, in order of harm if late."""
    found = [due for source in _sources.values() for due in source(asked)]
    found.sort(key=lambda due: by_harm(due.harm, due.due_at, due.number))
    counts = Counter(due.kind for due in found)
    tallies = [
        Tally(kind, min(counts[name], asked.most), counts[name] > asked.most)
        for name, kind in _kinds.items()
        if counts[name]
    ]
    return Owed(found, tallies)
