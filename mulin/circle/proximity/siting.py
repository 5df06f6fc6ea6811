"""Where the next place should go: candidates, what each would give, the best choice with its bound.

A new room, longer hours of a place that is shut, a ramp where there are steps, a gate that stands
open or is made: each is a candidate beside the others, by whom it would bring to the service. What a new room and a new gate
would give only together is not counted.

The search is `commons/planning/siting`, which needs numpy: it is loaded when somebody asks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.circle.proximity.queries import goals, homes, on_foot, people_by_building
from mulin.circle.proximity.rules import (
    FARTHEST_MINUTES,
    MINUTES,
    Kind,
    Walker,
    by_day,
    can_enter,
    told,
)
from mulin.circle.proximity.streets import Streets, streets
from mulin.ground.community.queries import work_calendar
from mulin.ground.places.models import Building, Place, PlaceKind, position_of
from mulin.ground.places.rules import Service
from mulin.ground.places.walking.corrections import Fix
from mulin.ground.places.walking.gaps import Gap, may_cross
from mulin.kit.clock import local_day
from mulin.kit.coordinates import Position, metres_between
from mulin.kit.refusals import Refused

if TYPE_CHECKING:
    from mulin.commons.planning.siting import Numbers

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


class Means(StrEnum):
    """What a candidate is."""

    ROOM = "room"
    HOURS = "hours"
    RAMP = "ramp"
    GATE = "gate"
    NEW_GATE = "new_gate"


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
    #: Buildings and places by their names; where any are named, no others are chosen among.
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A candidate with what it alone would give: people newly within ten minutes, of which homes."""

    name: str
    at: Position
    gain: int | None
    homes: list[str]
    means: Means


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may be chosen, with the seconds of each home to the service by it."""

    name: str
    at: Position
    means: Means


@dataclass(frozen=True, slots=True)
class Answer:
    """The best choice. Sums of people are None where they are too few to tell; `then` and `bound`
    are people within ten minutes, or seconds of the mean walk.
    """

    chosen: list[Site]
    ranked: list[Site]
    runner_up: list[str]
    runner_up_then: float | None
    now: float | None
    then: float | None
    bound: float | None
    is_proved: bool
    whole: int | None
    present: int
    is_estimate: bool
    #: Of what is ranked, what needs no new room: usually cheaper.
    openings: list[Site]


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
        moment = question.at or by_day(now)
        barred = [one for one in there if not can_enter(question.walker, one.can_roll_in)]
        shut = [] if question.at is None else _shut_at(there, question.at)
        present = [one for one in there if one not in shut and one not in barred]
        # A ramp at a place that is shut would let nobody in.
        barred = [one for one in barred if one not in shut]
        shut = [one for one in shut if can_enter(question.walker, one.can_roll_in)]
        sites: list[Place | Building] = [
            *present, *shut, *barred, *_candidates(question, there),
        ]  # fmt: skip
        self._present = len(present)
        self._network = streets()
        # A site keeps its place in the list as its number: buildings and places are mixed.
        numbered = [_numbered(n, one) for n, one in enumerate(sites)]
        pairs = on_foot(self._homes, numbered, question.walker, moment, network=self._network)
        self._is_estimate = any(way.is_estimate for way in pairs.values())
        rooms = np.full((len(self._homes), len(sites)), np.inf)
        self._row = {one.pk: n for n, one in enumerate(self._homes)}
        for (home, site), way in pairs.items():
            rooms[self._row[home], site - 1] = way.seconds
        means = dict.fromkeys(range(len(sites)), Means.ROOM)
        means |= dict.fromkeys(range(len(present), len(present) + len(shut)), Means.HOURS)
        begun = len(present) + len(shut)
        means |= dict.fromkeys(range(begun, begun + len(barred)), Means.RAMP)
        self._sites = [
            _Candidate(_named(one, means[n]), _at(one), means[n]) for n, one in enumerate(sites)
        ]
        gates = self._gates(present, moment)
        self._sites += [gate for gate, _seconds in gates]
        columns = [rooms, *(seconds[:, None] for _gate, seconds in gates)]
        self._seconds = np.hstack(columns)
        if len(self._sites) == self._present:
            raise Refused(_("There is nothing to choose from."), field="where")
        self._near = self._seconds <= MINUTES * 60

    def _gates(
        self, present: Sequence[Place], moment: datetime
    ) -> "list[tuple[_Candidate, Numbers]]":
        """Gates that are shut, or not there yet, with the seconds to a present place through each."""
        if self._network is None or not present:
            return []
        return [*self._opened(present, moment), *self._made(present, moment)]

    def _opened(
        self, present: Sequence[Place], moment: datetime
    ) -> "Iterator[tuple[_Candidate, Numbers]]":
        network = self._network
        assert network is not None  # noqa: S101  asked before
        closed_now = [
            one for one in network.corrections
            if one.fix == Fix.SHUT or (one.fix == Fix.GATE and not one.is_open(moment))
        ]  # fmt: skip
        for one in closed_now[:_MOST_OPENED]:
            ways = on_foot(
                self._homes, present, self._question.walker, moment, network=network.without(one)
            )
            seconds = self._column()
            for (home, _place), way in ways.items():
                seconds[self._row[home]] = min(seconds[self._row[home]], way.seconds)
            yield _Candidate(one.words, Position(*one.line[0]), Means.GATE), seconds

    def _made(
        self, present: Sequence[Place], moment: datetime
    ) -> "Iterator[tuple[_Candidate, Numbers]]":
        """To one side of the gap, through it, and from the other side to the nearest place."""
        network, walker = self._network, self._question.walker
        assert network is not None  # noqa: S101  asked before
        gaps = network.gaps()
        paths = network.paths(moment, walker.pace)
        homes_at = network.doors(map(position_of, self._homes), steps=walker.steps)
        places_at = network.doors(map(position_of, present), steps=walker.steps)
        hung, within = paths.hang(homes_at), MINUTES * 60.0
        best = [self._column() for _gap in gaps]
        for here, there in (("one", "other"), ("other", "one")):
            ends = [getattr(gap, there) for gap in gaps]
            on: dict[int, float] = {}
            for pair in paths.reach(paths.hang(ends), places_at, within):
                on[pair.home] = min(pair.seconds, on.get(pair.home, within))
            begins = [
                getattr(gap, here) if n in on and may_cross(network.made.network, ends[n]) else None
                for n, gap in enumerate(gaps)
            ]
            for pair in paths.reach(hung, begins, within):
                through = gaps[pair.place].metres / walker.pace.speed
                seconds = pair.seconds + through + on[pair.place]
                best[pair.place][pair.home] = min(best[pair.place][pair.home], seconds)
        for gap, column in zip(gaps, best, strict=True):
            if (column <= within).any():
                yield _Candidate(_gap_words(gap, network), gap.at, Means.NEW_GATE), column

    def _column(self) -> "Numbers":
        import numpy as np  # noqa: PLC0415  as above

        return np.full(len(self._homes), np.inf)

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
        is_cover = self._question.by is By.COVER
        # Where nobody would gain there is nothing to recommend.
        new = [] if is_cover and round(then - before) == 0 else new
        kept = list(range(self._present))
        # Exact for one site; for several the best that has one of them elsewhere.
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
        whole = round(float(self._people.sum()))
        hidden = is_cover and told(round(then - before), whole) is None
        return Answer(
            chosen=[self._site(n, gains[n]) for n in new],
            ranked=[self._site(n, gains[n]) for n in ranked[:_BEST] if gains[n]],
            runner_up=[self._name(n) for n in best_other[1]] if best_other else [],
            runner_up_then=self._told_of_other(best_other, before, whole),
            now=told(round(before), whole) if is_cover else before,
            then=None if hidden else told(round(then), whole) if is_cover else then,
            bound=None if hidden else told(round(bound), whole) if is_cover else bound,
            is_proved=abs(then - bound) <= 1e-6 * max(1.0, abs(then)),
            whole=told(whole, whole),
            present=self._present,
            is_estimate=self._is_estimate,
            openings=[
                self._site(n, gains[n])
                for n in ranked
                if gains[n] and self._sites[n].means is not Means.ROOM
            ][:_BEST],
        )

    def _told_of_other(
        self, other: tuple[float, list[int]] | None, before: float, whole: int
    ) -> float | None:
        """People within ten minutes by the next best choice, or its mean walk in seconds."""
        if other is None:
            return None
        if self._question.by is By.WALK:
            return -other[0]
        is_hidden = told(round(other[0] - before), whole) is None
        return None if is_hidden else told(round(other[0]), whole)

    def _site(self, number: int, gain: float) -> Site:
        had = self._near[:, : self._present].any(axis=1)
        gained = (self._near[:, number] & ~had).nonzero()[0]
        site = self._sites[number]
        names = [self._homes[n].name for n in gained[:_NAMED]]
        whole = round(float(self._people.sum()))
        return Site(site.name, site.at, told(round(gain), whole), names, site.means)

    def _name(self, number: int) -> str:
        return self._sites[number].name


def _named(site: Place | Building, means: Means) -> str:
    if means is Means.HOURS:
        return _("%(place)s, open longer") % {"place": site.name}
    if means is Means.RAMP:
        return _("%(place)s, with a ramp") % {"place": site.name}
    return str(site.name)


def _gap_words(gap: Gap, network: Streets) -> str:
    """A gate that is not there yet, by the streets on its sides."""
    edges = network.made.network.edges
    names = [network.names.get(edges[door.edge].way, "") for door in (gap.one, gap.other)]
    streets_said = pgettext("between streets", ", ").join(dict.fromkeys(filter(None, names)))
    values = {"metres": round(gap.metres), "streets": streets_said}
    if not streets_said:
        return _("a new gate, %(metres)s m from path to path") % values
    return _("a new gate at %(streets)s, %(metres)s m from path to path") % values


def _shut_at(places: Sequence[Place], moment: datetime) -> list[Place]:
    calendar = work_calendar()
    return [one for one in places if not one.timetable(calendar).opening(moment).is_open]


def _candidates(question: Question, there: Sequence[Place]) -> list[Place | Building]:
    """What is named; or rooms the community may use, or corners of its paths, at most so many.
    Raises Refused for a name that is none, or of what has no position.
    """
    if question.given:
        return _given(question.given, there)
    if question.where is Where.CORNERS:
        return list(_corners())
    taken = {one.pk for one in there}
    rooms: list[Place | Building] = [
        one for one in goals()
        if one.pk not in taken and one.kind not in _NO_ROOM
        and can_enter(question.walker, one.can_roll_in)
    ]  # fmt: skip
    rooms += homes()
    return [one for one in rooms if position_of(one) is not None][:MOST_CANDIDATES]


def _listed(names: Sequence[str]) -> str:
    return pgettext("between names", ", ").join(names)


def _given(names: Sequence[str], there: Sequence[Place]) -> list[Place | Building]:
    by_name: dict[str, Place | Building] = {one.name: one for one in homes()}
    by_name |= {one.name: one for one in goals()}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise Refused(
            _("No building and no place has this name: %(names)s."),
            {"names": _listed(unknown)},
            field="given",
        )
    found = [by_name[name] for name in dict.fromkeys(names)]
    nowhere = [one.name for one in found if position_of(one) is None]
    if nowhere:
        raise Refused(
            _("Not on the map yet: %(names)s."), {"names": _listed(nowhere)}, field="given"
        )
    offers = {one.name for one in there}
    return [one for one in found if one.name not in offers]


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


def _at(site: Place | Building) -> Position:
    at = position_of(site)
    assert at is not None  # noqa: S101  only those with a position are sites
    return at


def _numbered(number: int, site: Place | Building) -> Building:
    at = _at(site)
    return Building(pk=number + 1, name=site.name, longitude=at.lon, latitude=at.lat)
