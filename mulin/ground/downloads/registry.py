"""What can be taken away as a file. A room's `apps.py` registers its lists.

Listing(
    name="reception.visits",
    label=_("Visits"),
    columns=lambda actor, now: (Column(_("When"), lambda visit: visit.at), …),
    rows=lambda actor, typed, now: visits(actor, …),
    may=lambda actor: actor.is_desk,
    form=PeriodForm,
)
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.db import models
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.verbs import ANY_KIND, name_looks
from mulin.ground.community.rules import Actor
from mulin.kit.sheets import Cell


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands above it, and what it shows of a row."""

    label: str | Promise
    of: Callable[[Any], Cell]  # Any: a row of whatever the list holds


#: What somebody has read who takes the file away, where a record demands that it is written down.
Looks = Callable[[Actor, datetime], Iterable[models.Model]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that can be taken away.

    `rows(actor, values, now)` are exactly what the actor may read, narrowed by the cleaned values
    of `form`, which the page shows and fills from the address of the list; a query set is read
    piece by piece. `columns(actor, now)` may leave out what this actor doesn't see. A list
    `about_persons` is given only to whoever says what for. It `holds` rows of these tables;
    `looks(actor, now)` are the records at which somebody looks who takes it away.
    """

    name: str
    label: str | Promise
    columns: Callable[[Actor, datetime], Iterable[Column]]
    rows: Callable[[Actor, Mapping[str, Any], datetime], Iterable[Any]]
    may: Callable[[Actor], bool]
    form: type[forms.Form] = forms.Form
    about_persons: bool = True
    order: int = 50
    holds: tuple[type[models.Model], ...] = ()
    looks: Looks | None = None


_listings: dict[str, Listing] = {}
_rooms: dict[str, str | Promise] = {}


def register(*listings: Listing, room: str | Promise) -> None:
    """Called once by a room's `apps.py`, with the name by which people know the room."""
    for listing in listings:
        _listings[listing.name] = listing
        _rooms[listing.name] = room
        if listing.looks is not None:
            called = format_lazy("{} · {} · {}", room, listing.label, _("taken away as a file"))
            name_looks(ANY_KIND, {listing.name: called})


def listings() -> list[Listing]:
    """All of them, in their order."""
    return sorted(_listings.values(), key=lambda one: (one.order, one.name))


def by_room(chosen: Iterable[Listing]) -> dict[str, list[Listing]]:
    """Lists under the rooms they come from, rooms in the order of their first list."""
    found: dict[str, list[Listing]] = {}
    for one in chosen:
        found.setdefault(str(_rooms[one.name]), []).append(one)
    return found


#: Every list that whoever asks may take away, as files in one archive: so that one can leave.
EVERYTHING: Final = Listing(
    name="everything", label=_("All my lists in one archive"), columns=lambda _actor, _now: (),
    rows=lambda _actor, _values, _now: (),
    may=lambda actor: any(one.may(actor) for one in listings()), order=0,
)  # fmt: skip


def listing_of(name: str) -> Listing:
    """Raises LookupError for a name nobody registered."""
    return EVERYTHING if name == EVERYTHING.name else _listings[name]


def parts_of(listing: Listing, actor: Actor) -> list[Listing]:
    """The lists that stand in a file of this one for an actor: itself, or all that are theirs."""
    if listing is EVERYTHING:
        return [one for one in listings() if one.may(actor)]
    return [listing] if listing.may(actor) else []


def place_of(listing: Listing) -> str:
    """The room a list comes from and how it is called there."""
    return f"{_rooms[listing.name]}/{str(listing.label).replace('/', '／')}"
