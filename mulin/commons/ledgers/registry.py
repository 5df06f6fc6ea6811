"""Rooms register which old ledgers they take in.

register(Ledger("elders.care", _("Elders in care"), columns=COLUMNS, may=may_keep,
                take=take_line, undo=undo_line))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.db import models
from django.utils.functional import Promise

from mulin.ground.community.rules import Actor, Role


class Kind(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"  # several, with commas
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in our code, what stands above it in the template, other headings that mean
    the same, and the words of a choice with what each means.
    """

    name: str
    label: str | Promise
    kind: Kind = Kind.TEXT
    also: tuple[str, ...] = ()
    choices: Mapping[str, str] | None = None
    is_required: bool = False
    most: int = 200


Values = Mapping[str, Any]  # Any: what each kind of cell gives


@dataclass(frozen=True, slots=True)
class Taken:
    """The record of a line, and what else had to be made for it: who was registered on the way."""

    record: models.Model
    besides: tuple[models.Model, ...] = ()


class Take(Protocol):
    """Makes the record of a line by the room's own action. Raises Refused with what is in the way."""

    def __call__(self, values: Values, *, by: Actor, now: datetime) -> Taken: ...


@dataclass(frozen=True, slots=True)
class Beside:
    """What lines of a ledger may make besides their records: `undo` takes one out again and says
    whether it could, `stay` tells in a sentence why so many of them stay.
    """

    model: type[models.Model]
    undo: Callable[[int], bool]
    stay: Callable[[int], str]

    @property
    def name(self) -> str:
        """By which it is known in the rows of a file."""
        return self.model._meta.label_lower


@dataclass(frozen=True, slots=True)
class Ledger:
    """An old ledger. `shows` says of a line, to whoever takes it in, which one it is; `undo` takes a
    record out again and says whether it could: what somebody has worked on since stays. What was made
    for the lines on the way goes after them, the `besides` in their order.
    """

    name: str
    label: str | Promise
    columns: tuple[Column, ...]
    roles: frozenset[Role]
    take: Take
    undo: Callable[[int], bool]
    shows: Callable[[Values], str]
    besides: tuple[Beside, ...] = field(default=())

    def may(self, by: Actor) -> bool:
        """Whether somebody may take this one in."""
        return by.has(*self.roles)


_ledgers: dict[str, Ledger] = {}


def register(ledger: Ledger) -> None:
    """Called once by a room's `apps.py`."""
    _ledgers[ledger.name] = ledger


def ledgers_for(by: Actor) -> list[Ledger]:
    """Those that somebody may take in, by name."""
    return sorted((one for one in _ledgers.values() if one.may(by)), key=lambda one: one.name)


def ledger_of(name: str) -> Ledger:
    """Raises LookupError for a name nobody registered."""
    return _ledgers[name]
