"""Questions about places that several pages or rooms ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from mulin.ground.community.models import ShortLink
from mulin.ground.people.models import Person
from mulin.ground.places.models import Building, Dwelling, Place, Residence, Unit
from mulin.ground.places.rules import natural_key, parse_dwelling
from mulin.kit.ids import normalise_code
from mulin.kit.scoping import current_community

BUILDING_KIND = "places.building"
UNIT_KIND = "places.unit"
PLACE_KIND = "places.place"
#: What codes are printed for, by the word in the address.
CODED = {"buildings": BUILDING_KIND, "units": UNIT_KIND, "places": PLACE_KIND}
LIVING = "living"  # on a prefetched dwelling: the residences of the day


@dataclass(frozen=True, slots=True)
class Home:
    """A dwelling with who lives there now."""

    dwelling: Dwelling
    residences: list[Residence]


@dataclass(frozen=True, slots=True)
class Staircase:
    """A unit with its dwellings, in the order of the house."""

    unit: Unit
    homes: list[Home]


@dataclass(frozen=True, slots=True)
class Printed:
    """A code as it stands on a label: what it is stuck to, in whose grid, the code."""

    name: str
    grid: str
    code: str


def buildings() -> QuerySet[Building]:
    """All buildings in the order of their numbers, with grid and number of dwellings."""
    rows: QuerySet[Building] = (
        Building.objects.select_related("grid")
        .annotate(dwelling_count=Count("units__dwellings"))
        .order_by("sort_key", "id")
    )
    return rows


def building_behind(code: str) -> Building | None:
    """The building whose printed code this is, in the community of the scope."""
    record_id = _behind(code, BUILDING_KIND)
    building: Building | None = (
        Building.objects.select_related("grid").filter(pk=record_id).first() if record_id else None
    )
    return building


def place_behind(code: str) -> Place | None:
    """The place whose printed code this is, in the community of the scope."""
    record_id = _behind(code, PLACE_KIND)
    place: Place | None = (
        Place.objects.select_related("grid", "building")
        .filter(pk=record_id, closed_at=None)
        .first()
        if record_id
        else None
    )
    return place


def codes_of(kind: str, record_ids: Iterable[int]) -> dict[int, str]:
    """The printed codes of these records; those without one are left out."""
    links = ShortLink.objects.filter(
        community=current_community().pk, kind=kind, record_id__in=list(record_ids), revoked_at=None
    )
    return dict(links.values_list("record_id", "code"))


def with_code(what: str) -> "QuerySet[Any]":  # Any: buildings, staircases or places
    """What may carry a code, in the order in which somebody walks round to put them up.

    Raises KeyError for a word that is not in CODED.
    """
    rows: dict[str, QuerySet[Any]] = {
        "buildings": buildings(),
        "units": Unit.objects.select_related("building__grid").order_by(
            "building__sort_key", "name", "id"
        ),
        "places": places().order_by("name", "id"),
    }
    return rows[what]


def printed(what: str, records: Iterable[Any]) -> list[Printed]:  # Any: as above
    """The codes of these records for a sheet; those without one are left out. One query."""
    listed = list(records)
    codes = codes_of(CODED[what], [one.pk for one in listed])
    return [
        Printed(name=_said_of(one), grid=_grid_of(one), code=codes[one.pk])
        for one in listed
        if one.pk in codes
    ]


def count_without_code() -> int:
    """How many buildings, staircases and places have no code yet; two queries each."""
    return sum(
        with_code(what).count()
        - ShortLink.objects.filter(
            community=current_community().pk,
            kind=kind,
            record_id__in=with_code(what).order_by().values("pk"),
        ).count()
        for what, kind in CODED.items()
    )


def _said_of(record: Building | Unit | Place) -> str:
    return f"{record.building.name}{record.name}" if isinstance(record, Unit) else record.name


def _grid_of(record: Building | Unit | Place) -> str:
    grid = record.building.grid if isinstance(record, Unit) else record.grid
    return grid.name if grid else ""


def unit_behind(code: str) -> Unit | None:
    """The staircase whose printed code this is, in the community of the scope."""
    record_id = _behind(code, UNIT_KIND)
    unit: Unit | None = (
        Unit.objects.select_related("building__grid").filter(pk=record_id).first()
        if record_id
        else None
    )
    return unit


def staircases(building: Building, *, day: date) -> list[Staircase]:
    """The dwellings of a building and who lives there on a day, in three queries."""
    living = (
        Residence.objects.filter(since__lte=day)
        .filter(Q(until__isnull=True) | Q(until__gt=day))
        .filter(person__erased_at__isnull=True)
        .select_related("person")
        .order_by("since", "id")
    )
    units = Unit.objects.filter(building=building).prefetch_related(
        Prefetch("dwellings__residences", queryset=living, to_attr=LIVING)
    )
    return [
        Staircase(
            unit,
            [
                Home(dwelling, getattr(dwelling, LIVING))
                for dwelling in sorted(unit.dwellings.all(), key=lambda one: natural_key(one.room))
            ],
        )
        for unit in sorted(units, key=lambda one: natural_key(one.name))
    ]


def dwelling_at(typed: str) -> Dwelling | None:
    """The dwelling somebody means by 12-2-301; with one staircase its number may be left out."""
    parts = parse_dwelling(typed)
    if parts is None or not parts.room:
        return None
    found = Dwelling.objects.filter(
        unit__building__name=parts.building, room__iexact=parts.room
    ).select_related("unit__building")
    if parts.unit:
        found = found.filter(unit__name=parts.unit)
    only = list(found[:2])
    return only[0] if len(only) == 1 else None


def home_of(person: Person) -> Residence | None:
    """Where somebody lives, by whichever of their records."""
    residence: Residence | None = (
        Residence.objects.filter(person__in=Person.everyone_of(person), until__isnull=True)
        .select_related("dwelling__unit__building")
        .order_by("-since", "-id")
        .first()
    )
    return residence


def places(*, kind: str = "") -> QuerySet[Place]:
    """Places that are not closed for good, with their hours."""
    rows: QuerySet[Place] = (
        Place.objects.filter(closed_at__isnull=True)
        .select_related("grid", "building", "run_by")
        .prefetch_related("hours", "seasons", "days")
    )
    return rows.filter(kind=kind) if kind else rows


def residences_told(person_id: int) -> list[dict[str, Any]]:
    """Where a person lived, for the file of everything held of them."""
    rows = Residence.objects.filter(person=person_id).select_related("dwelling__unit__building")
    return [
        {
            "dwelling": str(row.dwelling),
            "since": row.since.isoformat(),
            "until": row.until.isoformat() if row.until else None,
        }
        for row in rows
    ]


def _behind(code: str, kind: str) -> int | None:
    link = ShortLink.objects.filter(
        code=normalise_code(code), kind=kind, community=current_community().pk, revoked_at=None
    ).first()
    return link.record_id if link else None
