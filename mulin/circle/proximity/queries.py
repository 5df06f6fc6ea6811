"""Who reaches what: from a home, from a place, for the whole community; what is open, how busy."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.circle.proximity.models import MapCorrection, WalkMap
from mulin.circle.proximity.rules import (
    FARTHEST_MINUTES,
    MINUTES,
    Kind,
    OnFoot,
    Walk,
    Walker,
    Wind,
    by_day,
    can_enter,
    estimated,
    people_of,
    told,
    wind,
)
from mulin.circle.proximity.streets import Streets, streets
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.gatherings.queries import public_gatherings
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import Actor
from mulin.ground.notify.sharing import Shared
from mulin.ground.people.models import Person, Residency
from mulin.ground.places.models import Building, Place, PlaceKind, Residence, position_of
from mulin.ground.places.presence import present_at
from mulin.ground.places.queries import buildings, home_of, places
from mulin.ground.places.rules import Service
from mulin.ground.places.walking.doors import Door
from mulin.ground.places.walking.route import Route, route
from mulin.kit import clock
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.coordinates import Position

#: Things in the street that nobody sets out for.
_NO_GOAL: Final = (PlaceKind.LAMP,)
_CHAT_LINES: Final = 8
_AN_HOUR: Final = timedelta(hours=1)
Pairs = dict[tuple[int, int], OnFoot]


def homes() -> list[Building]:
    """All buildings, in the order of their numbers, with how many dwellings each has."""
    return list(buildings())


def goal_rows() -> "QuerySet[Place]":
    """Places that somebody walks to, with their hours."""
    return places().exclude(kind__in=_NO_GOAL).order_by("name", "id")


def goals() -> list[Place]:
    """All of them."""
    return list(goal_rows())


def home_with(account_id: int | None) -> Building | None:
    """The building that somebody with an account lives in."""
    if account_id is None:
        return None
    person = Person.objects.filter(account=account_id).first()
    residence = home_of(person) if person is not None else None
    return residence.dwelling.unit.building if residence is not None else None


def on_foot(
    from_: Sequence[Building], to: Sequence[Place | Building], walker: Walker, now: datetime, *,
    minutes: float = FARTHEST_MINUTES, network: Streets | None = None,
) -> Pairs:  # fmt: skip
    """How far each place is from each home, by their ids, where it is within so many minutes. What
    hangs on no path is estimated, and marked so.
    """
    starts = [position_of(one) for one in from_]
    ends = [position_of(one) for one in to]
    found: Pairs = {}
    homes_at: list[Door | None] = [None] * len(starts)
    places_at: list[Door | None] = [None] * len(ends)
    if network is not None:
        homes_at = network.doors(starts, steps=walker.steps)
        places_at = network.doors(ends, steps=walker.steps)
        paths = network.paths(now, walker.pace)
        pairs = paths.reach(paths.hang(homes_at), places_at, minutes * 60)
        for home, place, seconds, metres in pairs:
            found[from_[home].pk, to[place].pk] = OnFoot(seconds, metres)
    apart = [j for j, door in enumerate(places_at) if door is None]
    at = _by_position(ends)
    for i, start in enumerate(starts):
        if start is None:
            continue
        for j in apart if homes_at[i] is not None else range(len(ends)):
            end = ends[j]
            guess = estimated(start, end, walker) if end is not None else None
            if guess is not None and guess.seconds <= minutes * 60:
                found[from_[i].pk, to[j].pk] = guess
        for j in at.get(start, ()):  # in the building itself
            found[from_[i].pk, to[j].pk] = OnFoot(0.0, 0.0)
    return found


def _by_position(points: Sequence[Position | None]) -> dict[Position, list[int]]:
    found: dict[Position, list[int]] = {}
    for number, at in enumerate(points):
        if at is not None:
            found.setdefault(at, []).append(number)
    return found


def ways_between(
    points: Sequence[Position], now: datetime, steps: bool  # noqa: FBT001  as Network has it
) -> dict[tuple[int, int], float]:  # fmt: skip
    """Metres on the network from each of these points to each; without what hangs on no path, or is
    farther than anybody of the circle walks. Whoever is let out of a compound is let in to call there.
    """
    network = streets()
    if network is None:
        return {}
    walker = Walker(Walk.ADULT, steps=steps)
    doors = network.doors(points, steps=walker.steps)
    paths = network.paths(now, walker.pace)
    pairs = paths.reach(paths.hang(doors), doors, FARTHEST_MINUTES * 60)
    found = {(one, other): metres for one, other, _seconds, metres in pairs}
    return {(other, one): metres for (one, other), metres in found.items()} | found


def leg_between(
    network: Streets, here: Position, there: Position, now: datetime
) -> Sequence[Position] | None:
    """The way on foot between two points as `ways_between` finds it, stairs and all; None where no
    path is known.
    """
    walker = Walker(Walk.ADULT)
    start, end = network.doors([here, there], steps=walker.steps)
    if start is None or end is None:
        return None
    for from_, to, turn in ((start, end, 1), (end, start, -1)):
        found = route(network.now(now), from_, to, walker.pace, FARTHEST_MINUTES * 60)
        if found is not None:
            return found.line[::turn]
    return None


def way_to(home: Building, place: Place, walker: Walker, now: datetime) -> Route | None:
    """The way to draw; None where there is no network or no way."""
    network = streets()
    if network is None:
        return None
    start, end = network.doors([position_of(home), position_of(place)], steps=walker.steps)
    if start is None or end is None:
        return None
    return route(network.now(now), start, end, walker.pace, FARTHEST_MINUTES * 60)


# ── from a home ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Near:
    """A place as somebody sees it who is about to set out."""

    place: Place
    way: OnFoot
    wind: Wind
    is_open: bool
    line: str
    #: How many signed in there within the last hour; 0 is not shown.
    busy: int


@dataclass(frozen=True, slots=True)
class Around:
    """What is near a home, and what is not; `lacking` are services with the nearest place, if any.
    `barred` is near, too, but has steps at its door, for whoever comes on wheels.
    """

    near: list[Near]
    barred: list[Near]
    lacking: list[tuple[Service, Near | None]]
    is_estimate: bool


def around(
    home: Building, walker: Walker, now: datetime, *, at: datetime | None = None,
    services: Collection[Service] = tuple(Service),
) -> Around:  # fmt: skip
    """What can be reached in ten minutes from a home, the nearest first, as open as it is `at`."""
    moment = at or now
    all_ = [one for one in goals() if position_of(one) is not None]
    # What has no service of ours to name is shown to whoever asks for everything.
    is_all = set(services) >= set(Service)
    shown = [one for one in all_ if is_all or set(services) & set(one.services)]
    network = streets()
    pairs = on_foot([home], shown, walker, moment, network=network)
    calendar, busy = work_calendar(), busy_places(now)
    start = position_of(home)
    rows = []
    for place in shown:
        way, end = pairs.get((home.pk, place.pk)), position_of(place)
        if way is not None and start is not None and end is not None:
            state = place.timetable(calendar).opening(moment)
            rows.append(
                Near(
                    place, way, wind(start, end), state.is_open,
                    place.opening_line(now, calendar) if at is None
                    else place.opening_line_at(at, calendar),
                    busy.get(place.pk, 0) if at is None else 0,
                )
            )  # fmt: skip
    rows.sort(key=lambda row: (row.way.seconds, row.place.name))
    entered = [row for row in rows if can_enter(walker, row.place.can_roll_in)]
    near = [row for row in entered if row.way.is_near]
    barred = [row for row in rows if row.way.is_near and row not in entered]
    has = {one for row in near for one in row.place.services}
    offered = {one for place in shown for one in place.services}
    lacking = [
        (one, next((row for row in entered if one in row.place.services), None))
        for one in Service
        if one in offered - has and one in services
    ]
    return Around(near, barred, lacking, is_estimate=any(row.way.is_estimate for row in rows))


def busy_places(now: datetime) -> dict[int, int]:
    """How many came to each place within the last hour: by what they signed in to, or booked."""
    rows = (
        Attendance.objects.filter(
            came_at__gt=now - _AN_HOUR, came_at__lte=now, gathering__place__isnull=False
        )
        .values("gathering__place")
        .annotate(count=Count("pk"))
    )
    found = present_at(now)
    for row in rows:
        place = row["gathering__place"]
        found[place] = max(row["count"], found.get(place, 0))
    return found


def tonight(now: datetime) -> list[Gathering]:
    """What anybody may still come to today, the next first."""
    until = end_of_day(local_day(now))
    return list(public_gatherings(now).filter(starts_at__lt=until)[:8])


@dataclass(frozen=True, slots=True)
class Board:
    """The hall screen: what is open now within ten minutes of the community centre, and tonight."""

    open_now: list[Near]
    tonight: list[Gathering]


def board(now: datetime) -> Board:
    """From the parlour, at an old person's pace."""
    hall = places(kind=PlaceKind.HALL).order_by("id").first()
    evening = tonight(now)
    start = position_of(hall) if hall is not None else None
    if hall is None or start is None:
        return Board([], evening)
    standing = Building(pk=0, latitude=_decimal(start.lat), longitude=_decimal(start.lon))
    near = around(standing, Walker(), now).near
    return Board([one for one in near if one.is_open and one.place.pk != hall.pk][:8], evening)


def _decimal(value: float) -> float:
    return round(value, 6)


# ── from a place, and for everybody ──────────────────────────────────────────────────────────


def people_by_building(day: date) -> dict[int, dict[Kind, int]]:
    """How many of each kind live in each building; one query."""
    rows = (
        Residence.objects.filter(since__lte=day)
        .filter(Q(until__isnull=True) | Q(until__gt=day))
        .filter(person__erased_at__isnull=True, person__merged_into__isnull=True)
        .values_list("dwelling__unit__building", "person__birth_year", "person__residency")
        .annotate(count=Count("pk"))
        .order_by()
    )
    by_building: dict[int, list[tuple[int | None, bool, int]]] = {}
    for building, born, residency, count in rows:
        by_building.setdefault(building, []).append((born, residency == Residency.NEW, count))
    return {building: people_of(years, day) for building, years in by_building.items()}


def summed(people: Mapping[int, Mapping[Kind, int]], ids: Iterable[int]) -> dict[Kind, int]:
    """The sums of some buildings."""
    sums = dict.fromkeys(Kind, 0)
    for one in ids:
        for kind, count in people.get(one, {}).items():
            sums[kind] += count
    return sums


@dataclass(frozen=True, slots=True)
class From:
    """Homes that reach a place in ten minutes, with sums of people that may be told."""

    homes: list[tuple[Building, OnFoot]]
    all_homes: int
    people: list[tuple[Kind, int | None]]


def homes_near(place: Place, walker: Walker, now: datetime) -> From:
    """Who comes to a place in ten minutes by day, the nearest first; on wheels nobody over its steps."""
    all_ = homes()
    to = [place] if can_enter(walker, place.can_roll_in) else []
    pairs = on_foot(all_, to, walker, by_day(now), minutes=MINUTES, network=streets())
    near = sorted(
        ((one, pairs[one.pk, place.pk]) for one in all_ if (one.pk, place.pk) in pairs),
        key=lambda row: row[1].seconds,
    )
    people = people_by_building(local_day(now))
    whole = summed(people, [one.pk for one in all_])
    reached = summed(people, [one.pk for one, _way in near])
    return From(near, len(all_), [(kind, told(reached[kind], whole[kind])) for kind in Kind])


@dataclass(frozen=True, slots=True)
class Covered:
    """How a service stands: who has it within ten minutes, who lacks it (sums that may be told)."""

    service: Service
    places: int
    homes: int
    lacking: list[tuple[Building, OnFoot | None, Place | None]]
    people_lacking: dict[Kind, int | None]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole community; `apart` are homes and places that hang on no path or have no position."""

    services: list[Covered]
    homes: int
    people: dict[Kind, int | None]
    apart: list[Building | Place]
    has_network: bool


def coverage(walker: Walker, now: datetime, *, at: datetime | None = None) -> Coverage:
    """Every service, for every home, in a fixed number of queries. `at`: only by the gates and at
    the places that are open at that moment; else by day, whenever a place is open.
    """
    all_, to, network = homes(), goals(), streets()
    pairs = on_foot(all_, to, walker, at or by_day(now), network=network)
    calendar = work_calendar()
    to_enter = [
        one for one in to
        if can_enter(walker, one.can_roll_in)
        and (at is None or one.timetable(calendar).opening(at).is_open)
    ]  # fmt: skip
    people = people_by_building(local_day(now))
    whole = summed(people, [one.pk for one in all_])
    services = []
    for service in Service:
        offering = [one for one in to_enter if service in one.services]
        lacking = []
        for home in all_:
            ways = [(pairs[home.pk, one.pk], one) for one in offering if (home.pk, one.pk) in pairs]
            way, place = min(ways, key=lambda row: row[0].seconds, default=(None, None))
            if way is None or not way.is_near:
                lacking.append((home, way, place))
        missing = summed(people, [home.pk for home, _way, _place in lacking])
        services.append(
            Covered(
                service, len(offering), len(all_) - len(lacking), lacking,
                {kind: told(missing[kind], whole[kind]) for kind in Kind},
            )
        )  # fmt: skip
    return Coverage(
        services, len(all_), {kind: told(whole[kind], whole[kind]) for kind in Kind},
        apart_of([*all_, *to], network, steps=walker.steps), network is not None,
    )  # fmt: skip


def apart_of(
    rows: Sequence[Building | Place], network: Streets | None, *, steps: bool
) -> list[Building | Place]:
    """What has no position, no path near, or lies on an island of paths."""
    points = [position_of(one) for one in rows]
    if network is None:
        return [one for one, at in zip(rows, points, strict=True) if at is None]
    return [
        one for one, at in zip(rows, points, strict=True)
        if at is None or network.is_apart(at, steps=steps)
    ]  # fmt: skip


def with_service(service: Service) -> list[int]:
    """The buildings from which a service is within ten minutes by day, at an old person's pace."""
    to = [one for one in goals() if service in one.services]
    pairs = on_foot(homes(), to, Walker(), by_day(clock.now()), minutes=MINUTES, network=streets())
    return sorted({home for home, _place in pairs})


# ── for the chat group ───────────────────────────────────────────────────────────────────────


def home_for_chat(ref: str, by: Actor) -> Shared | None:
    """What is near a building, a place a line, at an old person's pace."""
    home = Building.objects.filter(pk=int(ref)).first() if ref.isdecimal() else None
    near = around(home, Walker(), clock.now()).near if home is not None else []
    if home is None or not near:
        return None
    lines = [
        _("%(place)s: %(minutes)s minutes on foot. %(opening)s")
        % {"place": one.place.name, "minutes": one.way.minutes, "opening": one.line}
        for one in near[:_CHAT_LINES]
    ]
    return Shared(
        title=_("Ten minutes from %(home)s") % {"home": home.name}, lines=tuple(lines),
        path=f"{reverse('proximity:around')}?home={home.pk}",
    )  # fmt: skip


def place_for_chat(ref: str, by: Actor) -> Shared | None:
    """A place: what for, when it is open, how one gets in."""
    place = goal_rows().filter(pk=int(ref)).first() if ref.isdecimal() else None
    if place is None:
        return None
    lines = [place.services_said, *place.week_lines(), place.way_in]
    return Shared(
        title=place.name, lines=tuple(filter(None, lines)),
        path=reverse("proximity:place", args=[place.pk]),
    )  # fmt: skip


# ── the map ──────────────────────────────────────────────────────────────────────────────────


def map_in_use() -> WalkMap | None:
    """The map that people walk by, without its content."""
    found: WalkMap | None = (
        WalkMap.objects.in_use().defer("content").select_related("read_by").first()
    )
    return found


def map_waiting() -> WalkMap | None:
    """The map that was read last and waits for a yes."""
    found: WalkMap | None = WalkMap.objects.waiting().defer("content").first()
    return found


def corrections() -> "list[MapCorrection]":
    """What stands, the latest first."""
    return list(MapCorrection.objects.standing().select_related("made_by"))


def named_homes() -> list[tuple[str, Position]]:
    """All buildings that have a position: their name and where they are, and no more of them."""
    rows = Building.objects.values_list("name", "longitude", "latitude")
    return [
        (name, Position(float(lon), float(lat)))
        for name, lon, lat in rows
        if lon is not None and lat is not None
    ]


def named(rows: Iterable[Building | Place]) -> list[tuple[str, Position]]:
    """The same of rows that are at hand."""
    return [(one.name, at) for one in rows if (at := position_of(one)) is not None]


def positions(rows: Iterable[Building | Place]) -> list[Position]:
    """Where those that have a position are."""
    return [at for at in map(position_of, rows) if at is not None]
