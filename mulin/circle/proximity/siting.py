"""Where the next place should go: candidates, what each would give, the best choice with its bound.

The search is `commons/planning/siting`, which needs numpy: it is loaded when somebody asks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from mulin.circle.proximity.queries import goals, homes, on_foot, people_by_building
from mulin.circle.proximity.rules import (
    FARTHEST_MINUTES,
    MINUTES,
    Kind,
    Walker,
    told,
)
from mulin.circle.proximity.streets import Streets, streets
from mulin.ground.community.queries import work_calendar
from mulin.ground.places.models import Building, Place, PlaceKind, position_of
from mulin.ground.places.rules import Service
from mulin.ground.places.walking.corrections import Fix
from mulin.kit.clock import local_day
from mulin.kit.coordinates import Position, metres_between
from mulin.kit.refusals import Refused

MOST_NEW: Final = 5
MOST_CANDIDATES: Final = 300
#: How long a page looks for a proof.
SECONDS: Final = 3.0
_BEST: Final = 10
_NAMED: Final = 12
#: Shops are not ours to use, and a bench has no roof.
_NO_ROOM: Final = (PlaceKind.SHOP, PlaceKind.SQUARE)
#: Each is a network of its own: a tenth of a second.
_MOST_OPENED: Final = 10
#: A crossing of paths that may be built at has three ways at least.
_CORNER: Final = 3


class By(StrEnum):
    """What is best."""

    COVER = "cover"
    WALK = "walk"


class Where(StrEnum):
    """What may be chosen."""

    ROOMS = "rooms"
    CORNERS = "corners"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: a service, for whom, how many new places, by what, among what."""

    service: Service
    kind: Kind = Kind.ALL
    walker: Walker = field(default_factory=Walker)
    number: int = 1
    by: By = By.COVER
    where: Where = Where.ROOMS
    #: At this hour of today; places that are shut then may be open longer. None: whenever open.
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A candidate with what it alone would give: people newly within ten minutes, of which homes."""

    name: str
    at: Position
    gain: int | None
    homes: list[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """The best choice. Sums of people are None where they are too few to tell; `then` and `bound`
    are people within ten minutes, or seconds of the mean walk.
    """

    chosen: list[Site]
    ranked: list[Site]
    runner_up: list[str]
    now: float | None
    then: float | None
    bound: float | None
    is_proved: bool
    whole: int | None
    present: int
    is_estimate: bool


def answer(question: Question, now: datetime) -> Answer:
    """The best sites, present places kept. Raises Refused where nothing can be said."""
    table = _Table(question, now)
    return table.by_cover() if question.by is By.COVER else table.by_walk()


class _Table:
    """Homes with their people, sites with the seconds from each home; the present ones first."""

    def __init__(self, question: Question, now: datetime) -> None:
        import numpy as np  # noqa: PLC0415  forty megabytes, for whoever asks where to build

        self._question = question
        people = people_by_building(local_day(now))
        listed = [
            (one, people.get(one.pk, {}).get(question.kind, 0))
            for one in homes()
            if position_of(one) is not None
        ]
        self._homes = [one for one, count in listed if count]
        self._people = np.array([float(count) for _one, count in listed if count])
        if not self._homes:
            raise Refused(_("Nobody of this kind lives where the map knows it."), field="kind")
        there = [
            one for one in goals()
            if question.service in one.services and position_of(one) is not None
        ]  # fmt: skip
        moment = question.at
        self._shut = [] if moment is None else _shut_at(there, moment)
        present = [one for one in there if one not in self._shut]
        fresh = [*self._shut, *_candidates(question, there)]
        if not fresh:
            raise Refused(_("There is nothing to choose from."), field="where")
        self._present = len(present)
        self._sites: list[Place | Building] = [*present, *fresh]
        # A candidate keeps its place in the list as its number: buildings and places are mixed.
        numbered = [_numbered(n, one) for n, one in enumerate(self._sites)]
        network = streets()
        pairs = on_foot(self._homes, numbered, question.walker, moment or now, network=network)
        self._is_estimate = any(way.is_estimate for way in pairs.values())
        self._seconds = np.full((len(self._homes), len(self._sites)), np.inf)
        rows = {one.pk: n for n, one in enumerate(self._homes)}
        for (home, site), way in pairs.items():
            self._seconds[rows[home], site - 1] = way.seconds
        self._near = self._seconds <= MINUTES * 60

    def by_cover(self) -> Answer:
        """As many people as can be newly within ten minutes."""
        from mulin.commons.planning.siting import covering  # noqa: PLC0415  numpy, as above

        had = self._near[:, : self._present].any(axis=1)
        before = float(self._people[had].sum())
        gains = [
            float(self._people[self._near[:, n] & ~had].sum()) for n in range(len(self._sites))
        ]
        covers = [self._near[:, n].nonzero()[0].tolist() for n in range(len(self._sites))]
        kept = list(range(self._present))
        most = min(self._present + self._question.number, len(self._sites))
        found = covering(covers, self._people, most, kept=kept, seconds=SECONDS)
        new = sorted((n for n in found.sites if n >= self._present), key=lambda n: -gains[n])
        return self._said(
            new, gains, (before, found.objective, found.bound),
            lambda sites: float(self._people[self._near[:, sites].any(axis=1)].sum()),
        )  # fmt: skip

    def by_walk(self) -> Answer:
        """The mean walk as short as can be; whoever has farther than forty minutes counts forty."""
        import numpy as np  # noqa: PLC0415  as above

        from mulin.commons.planning.siting import nearest  # noqa: PLC0415  numpy, as above

        seconds = np.minimum(self._seconds, FARTHEST_MINUTES * 60.0)
        costs = seconds * self._people[:, None]
        whole = float(self._people.sum())
        kept = list(range(self._present))
        most = min(self._present + self._question.number, len(self._sites))
        found = nearest(costs, most, kept=kept, seconds=SECONDS)
        had = self._near[:, : self._present].any(axis=1)
        gains = [
            float(self._people[self._near[:, n] & ~had].sum()) for n in range(len(self._sites))
        ]
        before = (
            float(costs[:, : self._present].min(axis=1).sum())
            if self._present
            else FARTHEST_MINUTES * 60.0 * whole
        )
        new = [n for n in found.sites if n >= self._present]
        return self._said(
            new, gains, (before / whole, found.objective / whole, found.bound / whole),
            lambda sites: -float(costs[:, sites].min(axis=1).sum()) / whole,
        )  # fmt: skip

    def _said(
        self, new: list[int], gains: Sequence[float], sums: tuple[float, float, float],
        worth: Callable[[list[int]], float],
    ) -> Answer:  # fmt: skip
        before, then, bound = sums
        kept = list(range(self._present))
        best_other: tuple[float, list[int]] | None = None
        for out in new:
            for other in range(self._present, len(self._sites)):
                if other in new:
                    continue
                sites = [*(one for one in new if one != out), other]
                value = worth([*kept, *sites])
                if best_other is None or value > best_other[0]:
                    best_other = value, sites
        ranked = sorted(range(self._present, len(self._sites)), key=lambda n: (-gains[n], n))
        is_cover = self._question.by is By.COVER
        whole = round(float(self._people.sum()))
        hidden = is_cover and told(round(then - before), whole) is None
        return Answer(
            chosen=[self._site(n, gains[n]) for n in new],
            ranked=[self._site(n, gains[n]) for n in ranked[:_BEST] if gains[n]],
            runner_up=[self._name(n) for n in best_other[1]] if best_other else [],
            now=told(round(before), whole) if is_cover else before,
            then=None if hidden else told(round(then), whole) if is_cover else then,
            bound=None if hidden else told(round(bound), whole) if is_cover else bound,
            is_proved=abs(then - bound) <= 1e-6 * max(1.0, abs(then)),
            whole=told(whole, whole),
            present=self._present,
            is_estimate=self._is_estimate,
        )

    def _site(self, number: int, gain: float) -> Site:
        had = self._near[:, : self._present].any(axis=1)
        gained = (self._near[:, number] & ~had).nonzero()[0]
        at = position_of(self._sites[number])
        assert at is not None  # noqa: S101  only those with a position are sites
        names = [self._homes[n].name for n in gained[:_NAMED]]
        return Site(
            self._name(number), at, told(round(gain), round(float(self._people.sum()))), names
        )

    def _name(self, number: int) -> str:
        site = self._sites[number]
        if site in self._shut:
            return _("%(place)s, open longer") % {"place": site.name}
        return str(site.name)


def _shut_at(places: Sequence[Place], moment: datetime) -> list[Place]:
    calendar = work_calendar()
    return [one for one in places if not one.timetable(calendar).opening(moment).is_open]


@dataclass(frozen=True, slots=True)
class Opened:
    """A gate, or a place where there is no way through, and whom it would bring within ten minutes
    of a present place if it stood open.
    """

    words: str
    gain: int | None
    homes: list[str]


def openings(question: Question, now: datetime) -> list[Opened]:
    """What opening what is shut would give, the most first: usually cheaper than a room."""
    network, moment = streets(), question.at or now
    if network is None:
        return []
    people = people_by_building(local_day(now))
    all_ = homes()
    whole = sum(people.get(one.pk, {}).get(question.kind, 0) for one in all_)
    to = [one for one in goals() if question.service in one.services]
    if question.at is not None:
        shut = _shut_at(to, question.at)
        to = [one for one in to if one not in shut]

    def reached(by: Streets) -> set[int]:
        pairs = on_foot(all_, to, question.walker, moment, minutes=MINUTES, network=by)
        return {home for home, _place in pairs}

    before, found = reached(network), []
    closed_now = [
        one for one in network.corrections
        if one.fix == Fix.SHUT or (one.fix == Fix.GATE and not one.is_open(moment))
    ]  # fmt: skip
    for one in closed_now[:_MOST_OPENED]:
        gained = [home for home in all_ if home.pk in reached(network.without(one)) - before]
        gain = sum(people.get(home.pk, {}).get(question.kind, 0) for home in gained)
        if gain:
            names = [home.name for home in gained[:_NAMED]]
            found.append((gain, Opened(one.words, told(gain, whole), names)))
    return [one for _gain, one in sorted(found, key=lambda row: -row[0])]


def _candidates(question: Question, there: Sequence[Place]) -> list[Place | Building]:
    """Rooms the community may use, or corners of its paths; at most so many."""
    if question.where is Where.CORNERS:
        return list(_corners())
    taken = {one.pk for one in there}
    rooms: list[Place | Building] = [
        one for one in goals() if one.pk not in taken and one.kind not in _NO_ROOM
    ]
    rooms += homes()
    return [one for one in rooms if position_of(one) is not None][:MOST_CANDIDATES]


def _corners() -> list[Building]:
    """Where paths meet, no two closer than the distance that leaves so many of them."""
    network = streets()
    if network is None:
        return []
    made = network.made.network
    pieces = made.pieces()
    meets: dict[int, tuple[int, Position, int]] = {}
    for number in sorted(pieces[0]) if pieces else ():
        edge = made.edges[number]
        for joint, at in ((edge.start, edge.line[0]), (edge.end, edge.line[-1])):
            count, _at, way = meets.get(joint, (0, at, edge.way))
            meets[joint] = count + 1, at, way
    points = [(at, way) for count, at, way in meets.values() if count >= _CORNER]
    apart = 0.0
    while len(points) > MOST_CANDIDATES:
        apart += 20.0
        points = _thinned(points, apart)
    return [
        Building(
            name=_("corner %(number)s %(street)s")
            % {"number": n, "street": network.names.get(way, "")},
            longitude=round(at.lon, 6), latitude=round(at.lat, 6),
        )
        for n, (at, way) in enumerate(points, start=1)
    ]  # fmt: skip


def _thinned(points: list[tuple[Position, int]], apart: float) -> list[tuple[Position, int]]:
    kept: list[tuple[Position, int]] = []
    for at, way in points:
        if all(metres_between(at, other) >= apart for other, _way in kept):
            kept.append((at, way))
    return kept


def _numbered(number: int, site: Place | Building) -> Building:
    at = position_of(site)
    assert at is not None  # noqa: S101  only those with a position are sites
    return Building(pk=number + 1, name=site.name, longitude=at.lon, latitude=at.lat)
