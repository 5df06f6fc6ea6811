"""The network as it is walked now, kept in the memory of the process until somebody changes it.

An extract of a community takes a tenth of a second to unpack, correct and index, and every page
about distances needs it. What is kept is found by what it was made of, so a change made in another
process is seen by the next page of this one.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Count, Max

from mulin.circle.proximity.models import MapCorrection, WalkMap
from mulin.ground.places.walking.corrections import Corrected, closed, corrected
from mulin.ground.places.walking.doors import Door, Doors
from mulin.ground.places.walking.gaps import Gap, gaps
from mulin.ground.places.walking.network import Network, network_of
from mulin.ground.places.walking.osm import Barrier, Extract
from mulin.ground.places.walking.reach import Pace, Paths
from mulin.ground.places.walking.stored import unpack
from mulin.kit.coordinates import Position
from mulin.kit.scoping import current_community

#: Which map, the youngest correction, how many stand.
Version = tuple[int, int, int]
_MOST_KEPT: Final = 8
#: A gate has no length; nothing hangs on it.
_LENGTH: Final = 0.01


class Streets:
    """One community's network with its corrections, and the doors that were found on it."""

    def __init__(
        self, version: Version, base: Network, extract: Extract,
        corrections: Sequence[MapCorrection],
    ) -> None:  # fmt: skip
        self.version = version
        self.corrections = list(corrections)
        self._base, self._extract = base, extract
        self.made: Corrected = corrected(base, [one.plain for one in corrections])
        self.names = {way.id: way.tags["name"] for way in extract.ways if "name" in way.tags}
        self._pieces: dict[bool, list[set[int]]] = {}
        self._finders: dict[bool, list[Doors]] = {}
        self._doors: dict[tuple[Position, bool], Door | None] = {}
        self._networks: dict[frozenset[int], Network] = {}
        self._gaps: list[Gap] | None = None
        self._paths: dict[tuple[frozenset[int], Pace], Paths] = {}

    def now(self, now: datetime) -> Network:
        """The network at this hour: gates that are closed can't be walked through."""
        shut = self._shut(now)
        if shut not in self._networks:
            self._networks[shut] = closed(self.made.network, shut)
        return self._networks[shut]

    def paths(self, now: datetime, pace: Pace) -> Paths:
        """The same, laid out for a pace."""
        key = self._shut(now), pace
        if key not in self._paths:
            self._paths[key] = Paths(self.now(now), pace)
        return self._paths[key]

    def _shut(self, now: datetime) -> frozenset[int]:
        return frozenset(
            self.made.gates[one.pk]
            for one in self.corrections
            if one.pk in self.made.gates and not one.is_open(now)
        )

    def doors(self, points: Iterable[Position | None], *, steps: bool) -> list[Door | None]:
        """Where each hangs on the network, all gates open; None for what no path is near."""
        return [self._door(at, steps) if at is not None else None for at in points]

    @property
    def barriers(self) -> list[Barrier]:
        """What nobody walks through, buildings among it."""
        return self._extract.barriers

    def gaps(self) -> list[Gap]:
        """Where a gate that is not there yet would let people through."""
        if self._gaps is None:
            self._gaps = gaps(self.made.network, self.barriers)
        return self._gaps

    def plus(self, correction: MapCorrection) -> "Streets":
        """The same with one correction more."""
        more = [*self.corrections, correction]
        return Streets(self.version, self._base, self._extract, more)

    def without(self, correction: MapCorrection) -> "Streets":
        """The same as if one correction were not there: what opening a gate would change."""
        left = [one for one in self.corrections if one.pk != correction.pk]
        return Streets(self.version, self._base, self._extract, left)

    def is_apart(self, at: Position, *, steps: bool) -> bool:
        """Whether it hangs on no path, or on an island that most can't be reached from."""
        door = self._door(at, steps)
        return door is None or door.edge not in self._largest(steps)

    def _largest(self, steps: bool) -> set[int]:  # noqa: FBT001  a key, not an option
        if steps not in self._pieces:
            pieces = self.made.network.pieces(steps=steps)
            edges = self.made.network.edges
            self._pieces[steps] = [
                {n for n in piece if edges[n].metres > _LENGTH} for piece in pieces
            ]
        return self._pieces[steps][0] if self._pieces[steps] else set()

    def _door(self, at: Position, steps: bool) -> Door | None:  # noqa: FBT001  as above
        """On the piece from which most is reached; else on whichever is near."""
        key = at, steps
        if key not in self._doors:
            if steps not in self._finders:
                largest = self._largest(steps)
                others = set().union(*self._pieces[steps][1:])
                self._finders[steps] = [
                    Doors(self.made.network, self.barriers, allowed=allowed)
                    for allowed in (largest, others)
                ]
            found = (finder.door(at) for finder in self._finders[steps])
            self._doors[key] = next((door for door in found if door is not None), None)
        return self._doors[key]


_kept: OrderedDict[int, Streets] = OrderedDict()
_lock = threading.Lock()


def streets() -> Streets | None:
    """The network of the community of the scope; None as long as none was taken in. Two queries,
    and two more where something changed.
    """
    community = current_community().pk
    in_use = WalkMap.objects.in_use().values_list("pk", flat=True).first()
    if in_use is None:
        return None
    sums = MapCorrection.objects.standing().aggregate(last=Max("pk"), count=Count("pk"))
    version = (in_use, sums["last"] or 0, sums["count"])
    with _lock:
        known = _kept.get(community)
        if known is not None and known.version == version:
            _kept.move_to_end(community)
            return known
    extract = unpack(bytes(WalkMap.objects.get(pk=in_use).content))
    made = Streets(
        version,
        network_of(extract.ways, extract.positions),
        extract,
        list(MapCorrection.objects.standing().order_by("made_at", "id")),
    )
    with _lock:
        _kept[community] = made
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return made
