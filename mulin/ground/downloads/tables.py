"""Lists that show a table as it lies there: a line for each row, a column for each thing that counts.

table("booking.money", _("Money of bookings"), MoneyLine, may=is_desk, order=61, when="at",
      columns=((_("Room"), "booking.room"), (_("Yuan"), "yuan")))
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing, Looks
from mulin.kit.sheets import Cell

#: What stands above a column, and what it shows: a path of names from the row on, or a function.
Shows = str | Callable[[Any], Cell]  # Any: a row of the table
Rows = Callable[[Actor], "QuerySet[Any]"]  # Any: likewise


@dataclass(frozen=True, slots=True)
class Reached:
    """What a path of names leads to: `person.name`. A choice is said in words, a record by its name,
    yes and no in words, several with commas; where a step leads to nothing, nothing.
    """

    path: str

    def __call__(self, row: Any) -> Cell:  # Any: a row of whatever table
        for step in self.path.split("."):
            said = getattr(row, f"get_{step}_display", None)
            row = said() if said is not None else getattr(row, step)
            if row is None:
                return None
        return _said(row)


def table(
    name: str, label: str | Promise, model: type[models.Model], *,
    columns: Iterable[tuple[str | Promise, Shows]], may: Callable[[Actor], bool], order: int,
    rows: Rows | None = None, when: str = "", related: tuple[str, ...] = (),
    holds: tuple[type[models.Model], ...] = (), about_persons: bool = True,
    looks: Looks | None = None,
) -> Listing:  # fmt: skip
    """A list of a table, the oldest row first. `rows(actor)` are those that the actor may read, all
    of them where it is not given; `when` is the column of the day or moment that the list is
    narrowed by; `holds` are other tables whose rows stand in its columns.
    """
    shown = tuple(
        Column(heading, Reached(what) if isinstance(what, str) else _told(what))
        for heading, what in columns
    )

    def read(actor: Actor, values: Mapping[str, Any], _now: datetime) -> "QuerySet[Any]":
        found = model._default_manager.all() if rows is None else rows(actor)  # noqa: SLF001  whichever table it is
        if when:
            found = found.filter(_between(model, when, values))
        return found.select_related(*related).order_by("pk") if related else found.order_by("pk")

    return Listing(
        name=name, label=label, columns=lambda _actor, _now: shown, rows=read, may=may,
        form=PeriodForm if when else forms.Form, about_persons=about_persons, order=order,
        holds=(model, *holds), looks=looks,
    )  # fmt: skip


def _told(what: Callable[[Any], Any]) -> Callable[[Any], Cell]:  # Any: a row, and what it says
    return lambda row: _said(what(row))


def for_desk(actor: Actor) -> bool:
    """Whoever sits at the desk."""
    return actor.is_desk


def _between(model: type[models.Model], column: str, values: Mapping[str, Any]) -> Q:
    field: Any = model  # Any: a table, then its fields
    for step in column.split("__"):
        field = (field if field is model else field.related_model)._meta.get_field(step)
    if isinstance(field, models.DateTimeField):
        return during(column, values)
    chosen = Q()
    if values.get("first"):
        chosen &= Q(**{f"{column}__gte": values["first"]})
    if values.get("last"):
        chosen &= Q(**{f"{column}__lte": values["last"]})
    return chosen


def _said(value: Any) -> Cell:  # Any: what a column, a property or a relation gives
    match value:
        case None:
            return None
        case bool():
            return _("yes") if value else _("no")
        case list() | tuple():
            return "、".join(str(one) for one in value)
        case models.Model():
            return str(value)
        case datetime() | date() | int() | float():
            return value
    return value if isinstance(value, str | Decimal | time) else str(value)
