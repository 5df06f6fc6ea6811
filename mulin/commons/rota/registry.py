"""Rooms register what duty they have: who manages it, who may be on it, what is needed when.

    register(DutyKind("childcare", _("Childcare duty"), frozenset({Role.CHILDCARE_LEAD}),
                      with_children=True, people=people_of, needs=needs_of))

`people` and `needs` are asked for the days of a month, within the community, each time a proposal
is made: nothing of them is typed a second time. A kind without them gets members and weekly shifts
typed by its managers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.functional import Promise

from mulin.commons.planning.duty.rota import REST
from mulin.ground.community.rules import Role

#: Skills that a shift may ask for; a room uses these words in `Eligible.skills`.
LEAD: Final = "lead"
FIRST_AID: Final = "first aid"
#: Who may manage a kind at all: the pages open to them.
MANAGERS: Final = frozenset(
    {Role.HEAD, Role.COMMUNITY_WORKER, Role.CHILDCARE_LEAD, Role.VOLUNTEER_LEAD}
)


@dataclass(frozen=True, slots=True)
class Eligible:
    """Who may be on duty: what they can, and the day of the last recorded check of criminal record."""

    person_id: int
    skills: frozenset[str] = frozenset()
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Needed:
    """One shift that a room needs. One that ends at or before it begins ends on the next day.

    `adults` are all who are on duty; `leads` and `first_aiders` are among them. `why` is a line for
    the page: what the number follows from ("12 children are booked").
    """

    day: date
    starts: time
    ends: time
    adults: int
    leads: int = 0
    first_aiders: int = 0
    why: str = ""


People = Callable[[date, date], list[Eligible]]
Needs = Callable[[date, date], list[Needed]]
Here = Callable[[datetime], set[int]]


@dataclass(frozen=True, slots=True)
class DutyKind:
    """A kind of duty. `people(first, last)` and `needs(first, last)` cover both days.

    `here(now)` are the persons whom the room itself has signed in: they are on duty without saying
    so a second time, and nobody is called in their place.

    With children no setting lifts the gates: two adults at least, each with a check of criminal
    record less than twelve months old on the day. Between two shifts of a person lies `rest`; where
    `one_a_day` is switched off, somebody may take two that don't overlap (volunteers).
    """

    name: str
    label: str | Promise
    managers: frozenset[Role]
    with_children: bool = False
    people: People | None = None
    needs: Needs | None = None
    here: Here | None = None
    rest: timedelta = REST
    one_a_day: bool = True


_kinds: dict[str, DutyKind] = {}


def register(kind: DutyKind) -> None:
    """Called once by a room's `apps.py`. Raises ValueError for managers whom no page opens to."""
    if not kind.managers or not kind.managers <= MANAGERS:
        raise ValueError(f"{kind.name}: its managers can't open the rota")
    _kinds[kind.name] = kind


def kinds() -> list[DutyKind]:
    """All of them, by name."""
    return sorted(_kinds.values(), key=lambda kind: kind.name)


def kind_of(name: str) -> DutyKind | None:
    """The kind of that name, if a room of this installation has it."""
    return _kinds.get(name)
