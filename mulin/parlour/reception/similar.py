"""Which demands near may be about the same thing as what is being said.

Near in place and in time first, then the closest in words: an order, never a judgement. Nothing
is joined by it.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q

from mulin.commons.flow.models import Category, Visibility
from mulin.ground.community.rules import Actor
from mulin.ground.places.models import Building, Place
from mulin.kit.ranking import closeness, plain, shared_characters, shares_a_pair
from mulin.parlour.reception.models import Demand, DemandQuerySet
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.rules import (
    ANSWERED_LATELY,
    NEAR_METRES,
    State,
    metres_between,
    place_is_public,
)

#: Candidates that are ranked: the newest of those that are near. More would be slow to read, and
#: no community has so many open in one grid.
_CANDIDATES = 3_000
#: Characters that two texts about one building have in common to be shown together: one is chance.
_IN_COMMON = 3


@dataclass(frozen=True, slots=True)
class Here:
    """Where something is, as far as it is known."""

    grid_id: int | None = None
    building_id: int | None = None
    position: tuple[float, float] | None = None

    @classmethod
    def of(cls, building: Building | None, place: Place | None = None) -> "Here":
        """The here of what was chosen or scanned."""
        chosen = building or place
        if chosen is None:
            return cls()
        return cls(
            chosen.grid_id, building.pk if building else None,
            _position(chosen.latitude, chosen.longitude),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Similar:
    """A demand that may be about the same, and how near it is."""

    id: int
    number: str
    words: str
    category: str
    where: str
    state: str
    said_at: datetime
    due_at: datetime | None
    count: int  # how many have asked for it
    is_same_building: bool
    metres: int | None


def similar(
    actor: Actor, typed: str, here: Here, now: datetime, *, most: int = 5,
    besides: int | None = None,
) -> list[Similar]:  # fmt: skip
    """Open demands near, and those answered lately, that are closest in words; four queries.

    Only what this actor may read. What shares not even two neighbouring characters is left out,
    unless it is about the same building and some characters are the same.
    """
    rows = Demand.objects.visible_to(actor).exclude(state=State.JOINED)
    return _closest(_near(rows, here, now, besides), typed, here, most=most)


def similar_in_the_street(typed: str, here: Here, now: datetime, *, most: int = 3) -> list[Similar]:
    """The same for whoever stands in the street: open demands about what all can see, if they are
    near. Without a place there is nothing near, and nothing is told.
    """
    if here.grid_id is None and here.position is None:
        return []
    kinds = {category.pk for category in Category.objects.all() if place_is_public(category.code)}
    rows = Demand.objects.filter(need__is_sealed=False)
    near = [
        row
        # Told apart here: beside the grid, the kind would lead a planner to the needs of all grids.
        for row in _near(rows, here, now, only_open=True)
        if row[8] in kinds and row[9] != Visibility.CONFIDENTIAL
    ]
    return _closest(near, typed, here, most=most)


def joined_by_number(actor: Actor, number: str) -> Demand | None:
    """The open demand of this number, if this actor may join in."""
    found = (
        Demand.objects.open()
        .filter(need__number=number)
        .select_related("need__category", "owner")
        .first()
    )
    return found if found is not None and may(actor, "join_in", found) else None


def _closest(
    near: list[tuple[Any, ...]], typed: str, here: Here, *, most: int
) -> list[Similar]:  # Any: see below
    if not plain(typed):
        return []
    scores = closeness(typed, [row[1] for row in near])
    ranked = sorted(zip(scores, near, strict=True), key=lambda pair: (-pair[0], -pair[1][0]))
    chosen = [
        row
        for _score, row in ranked[: most * 4]
        if shares_a_pair(typed, row[1])
        or (row[2] == (here.building_id or -1) and shared_characters(typed, row[1]) >= _IN_COMMON)
    ][:most]
    return _told(chosen, here)


#: What is read of a candidate: id, words, building, positions of its own and of the building, …
_COLUMNS = (
    "id", "need__words", "need__building_id", "need__latitude", "need__longitude",
    "need__building__latitude", "need__building__longitude", "grid_id", "need__category_id",
    "need__visibility",
)  # fmt: skip


# Any: a row holds what its columns hold.
def _near(
    rows: DemandQuerySet,
    here: Here,
    now: datetime,
    besides: int | None = None,
    *,
    only_open: bool = False,
) -> list[tuple[Any, ...]]:
    """The newest candidates near the here: those open and, unless said, those answered lately."""
    if besides is not None:
        rows = rows.exclude(pk=besides)
    grids = _grids_near(here)
    if grids:
        rows = rows.filter(grid_id__in=grids)
    newest = F("id").desc()
    # Not by the bare number: few rows are sorted, where else a planner walks through all that ever
    # were, from the newest on, until it has found enough.
    few = (F("id") + 0).desc()
    parts = [rows.open().order_by(few if grids else newest)]
    if not only_open:
        since = now - ANSWERED_LATELY
        parts.append(rows.filter(state=State.ANSWERED, answered_at__gte=since).order_by(few))
    found: list[tuple[Any, ...]] = []
    for part in parts:
        found += part.values_list(*_COLUMNS)[:_CANDIDATES]
    return [row for row in found if _is_near(row, here)]


def _grids_near(here: Here) -> set[int]:
    """Its own grid, and those of buildings around it: a lamp stands on the border of two."""
    if here.position is None:
        return {here.grid_id} if here.grid_id is not None else set()
    north = NEAR_METRES / 111_000
    east = north / math.cos(math.radians(here.position[0]))
    around = Building.objects.filter(
        latitude__range=(here.position[0] - north, here.position[0] + north),
        longitude__range=(here.position[1] - east, here.position[1] + east),
    )
    grids = set(around.values_list("grid_id", flat=True).distinct())
    return grids if here.grid_id is None else grids | {here.grid_id}


def _is_near(row: tuple[Any, ...], here: Here) -> bool:  # Any: see above
    if here.grid_id is None or row[7] == here.grid_id:
        return True
    metres = _metres(row, here)
    return metres is not None and metres <= NEAR_METRES


def _metres(row: tuple[Any, ...], here: Here) -> int | None:  # Any: see above
    there = _position(row[3], row[4]) or _position(row[5], row[6])
    if there is None or here.position is None:
        return None
    return round(metres_between(here.position, there))


def _position(latitude: Any, longitude: Any) -> tuple[float, float] | None:  # Any: decimal or none
    if latitude is None or longitude is None:
        return None
    return float(latitude), float(longitude)


def _told(chosen: list[tuple[Any, ...]], here: Here) -> list[Similar]:  # Any: see above
    by_id = {row[0]: row for row in chosen}
    demands_of = Demand.objects.filter(pk__in=by_id).select_related(
        "need__category", "need__building", "need__place"
    )
    followers = Count("followers", filter=Q(followers__ended_at__isnull=True))
    found = {demand.pk: demand for demand in demands_of.annotate(companions=followers)}
    told = []
    for pk, row in by_id.items():
        demand, need = found[pk], found[pk].need
        place = need.building or need.place
        told.append(
            Similar(
                id=pk, number=need.number, words=need.words,
                category=need.category.name if need.category else "",
                where=place.name if place else "", state=demand.state, said_at=need.said_at,
                due_at=demand.due_at, count=demand.companions + 1,
                is_same_building=here.building_id is not None and row[2] == here.building_id,
                metres=_metres(row, here),
            )
        )  # fmt: skip
    return told
