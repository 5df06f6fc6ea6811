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
from typing import Any

from django import forms
from django.utils.functional import Promise

from mulin.ground.community.rules import Actor
from mulin.kit.sheets import Cell


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands above it, and what it shows of a row."""

    label: str | Promise
    of: Callable[[Any], Cell]  # Any: a row of whatever the list holds


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that can be taken away.

    `rows(actor, values, now)` are exactly what the actor may read, narrowed by the cleaned values
    of `form`, which the page shows and fills from the address of the list; a query set is read
    piece by piece. `columns(actor, now)` may leave out what this actor doesn't see. A list
    `about_persons` is given only to whoever says what for.
    """

    name: str
    label: str | Promise
    columns: Callable[[Actor, datetime], Iterable[Column]]
    rows: Callable[[Actor, Mapping[str, Any], datetime], Iterable[Any]]
    may: Callable[[Actor], bool]
    form: type[forms.Form] = forms.Form
    about_persons: bool = True
    order: int = 50


_listings: dict[str, Listing] = {}


def register(listing: Listing) -> None:
    """Called once by a room's `apps.py`."""
    _listings[listing.name] = listing


def listings() -> list[Listing]:
    """All of them, in their order."""
    return sorted(_listings.values(), key=lambda one: (one.order, one.name))


def listing_of(name: str) -> Listing:
    """Raises LookupError for a name nobody registered."""
    return _listings[name]
