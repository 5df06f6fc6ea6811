"""What the street sees of its communities, and which room hears of what it does.

Each is registered once, by an `apps.py`: a room says what a grant can open of it (`Opening`) and
how it is told of what it handed up (`Door`); the roof says which figures stand side by side.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.verbs import name_looks
from mulin.ground.community.rules import Actor
from mulin.ground.figures.registry import Figure, figures

#: What was typed in the address, and the moment → what the template draws.
Load = Callable[[Mapping[str, Any], datetime], dict[str, object]]
#: The room's record, who at the street (an actor of the community), when, in which words.
Told = Callable[[int, Actor, datetime, str], None]


@dataclass(frozen=True, slots=True)
class Column:
    """A figure that the street reads, and the short head of its column.

    Where a share needs a second figure as its whole (ballots taken, voters on the roll), `of` is it.
    """

    figure: Figure
    label: str | Promise
    of: Figure | None = None

    @property
    def is_share(self) -> bool:
        return self.figure.is_rate or self.of is not None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a grant opens: its name, what the head reads before giving it, and the page's part.

    `load` is called inside the community that granted it; nothing it gives may name a person.
    """

    name: str
    label: str | Promise
    hint: str | Promise
    template: str
    load: Load


@dataclass(frozen=True, slots=True)
class Door:
    """How a room hears of something it handed up; called inside its community, in the same
    transaction.
    """

    taken: Told
    answered: Told
    given_back: Told


#: Where a look of the street is written down: at the grant.
GRANT_KIND: Final = "street.grant"

_openings: dict[str, Opening] = {}
_doors: dict[str, Door] = {}
_columns: dict[str, tuple[str | Promise, str]] = {}


def register_opening(opening: Opening) -> None:
    """Called once by a room's `apps.py`."""
    _openings[opening.name] = opening
    called = format_lazy("{} · {}", _("Opened to the street"), opening.label)
    name_looks(GRANT_KIND, {opening.name: called})


def openings() -> list[Opening]:
    """Everything a grant can open."""
    return list(_openings.values())


def opening_of(name: str) -> Opening:
    """Raises LookupError for a name nobody registered."""
    return _openings[name]


def register_door(name: str, door: Door) -> None:
    """Called once by a room's `apps.py`."""
    _doors[name] = door


def door_of(name: str) -> Door:
    """Raises LookupError for a name nobody registered."""
    return _doors[name]


def register_column(name: str, label: str | Promise, *, of: str = "") -> None:
    """A figure that the street reads, by its name; called by the roof, which knows all rooms."""
    _columns[name] = label, of


def columns() -> list[Column]:
    """What the street reads, in the order of its registration."""
    known = {figure.name: figure for figure in figures()}
    return [Column(known[name], label, known.get(of)) for name, (label, of) in _columns.items()]
