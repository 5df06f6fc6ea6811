"""A walking map is read, shown and taken in; what it has wrong is corrected, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from mulin.circle.proximity.models import MapCorrection, WalkMap
from mulin.circle.proximity.permissions import check_map_keeper
from mulin.circle.proximity.queries import goals, homes, positions
from mulin.circle.proximity.streets import Streets, streets
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.places.walking.corrections import Fix, corrected
from mulin.ground.places.walking.doors import Doors
from mulin.ground.places.walking.network import network_of
from mulin.ground.places.walking.osm import Extract, ExtractRefused
from mulin.ground.places.walking.stored import read_apart, unpack
from mulin.kit.coordinates import Position, from_gcj, metres_between, to_gcj
from mulin.kit.refusals import Refused, TakenMeanwhile

#: A town of 160 km² is 2 MB; what is larger is a county, which nobody walks.
MOST_BYTES: Final = 20 * 1024 * 1024
MOST_EDGES: Final = 60_000
MOST_POINTS: Final = 200
#: A line between two points by hand is no longer than that; a slip of a digit is.
_LONGEST: Final = 2_000.0
_SUFFIXES: Final = (".osm.pbf", ".osm")
_CREDIT: Final = "© OpenStreetMap contributors, ODbL"


def read_map(
    content: bytes, file_name: str, *, by: Actor, now: datetime, source: str = _CREDIT,
    token: str | None = None,
) -> WalkMap:  # fmt: skip
    """Read an extract and say what it would give; nothing changes until somebody takes it in.

    An earlier one that was read and not taken in goes. Raises Refused for what is no extract, was
    cut in the middle, or is a county.
    """
    check_map_keeper(by)
    suffix = next((one for one in _SUFFIXES if file_name.lower().endswith(one)), None)
    if suffix is None:
        raise Refused(_("This is no map extract. Its name ends in .osm.pbf or .osm."), field="file")
    if len(content) > MOST_BYTES:
        raise Refused(
            _("The extract is too large. Cut out your town: 20 MB at most."), field="file"
        )
    with recording(by, "proximity.read_map", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(WalkMap)
        try:
            packed = read_apart(content, suffix=suffix)
        except ExtractRefused:
            raise Refused(
                _("The file can't be read: it is damaged or was cut off. Fetch it again."),
                field="file",
            ) from None
        WalkMap.objects.waiting().delete()
        read: WalkMap = WalkMap.objects.create(
            community_id=by.community_id, file_name=file_name[-200:], source=source[:200],
            content=packed, told=_told(unpack(packed)), read_at=now, read_by_id=by.account_id,
        )  # fmt: skip
        act.on(read, after={"file": read.file_name, **read.told})
    return read


def take_in_map(read: WalkMap, *, by: Actor, now: datetime, token: str | None = None) -> WalkMap:
    """Walk by this map from now on. Corrections stay: they are made again on the new map."""
    check_map_keeper(by)
    with recording(by, "proximity.take_in_map", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(WalkMap)
        # What is not walked by any more need not be kept; its sums are.
        WalkMap.objects.in_use().exclude(pk=read.pk).update(replaced_at=now, content=b"")
        if WalkMap.objects.waiting().filter(pk=read.pk).update(taken_in_at=now) != 1:
            raise TakenMeanwhile(_("This map was taken in or left out already."))
        act.on(read, after={"file": read.file_name})
    taken: WalkMap = WalkMap.objects.defer("content").get(pk=read.pk)
    return taken


def leave_map(read: WalkMap, *, by: Actor, now: datetime) -> None:
    """Forget a map that was read and not taken in."""
    check_map_keeper(by)
    with recording(by, "proximity.leave_map", now=now) as act:
        act.on(read, before={"file": read.file_name})
        if not WalkMap.objects.waiting().filter(pk=read.pk).delete()[0]:
            raise TakenMeanwhile(_("This map was taken in or left out already."))


@dataclass(frozen=True, slots=True)
class Correcting:
    """What is different from the map; positions in WGS-84. `opens` and `closes`: of a gate."""

    fix: Fix
    line: Sequence[Position]
    words: str
    is_private: bool = False
    opens: time | None = None
    closes: time | None = None


def correct(
    what: Correcting, *, by: Actor, now: datetime, token: str | None = None
) -> MapCorrection:
    """Put a path, a crossing, a gate, stairs or an end on the map. Raises Refused where there is
    no map, or no path near that it could belong to.
    """
    check_map_keeper(by)
    words = " ".join(what.words.split())
    _check(what, words)
    with recording(by, "proximity.correct", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(MapCorrection)
        network = streets()
        if network is None:
            raise Refused(_("Take a walking map in first: there is no path yet to correct."))
        row: MapCorrection = MapCorrection.objects.create(
            community_id=by.community_id, fix=what.fix.value,
            line=[[round(at.lon, 7), round(at.lat, 7)] for at in what.line], words=words[:80],
            is_private=what.is_private and what.fix.is_line, opens=what.opens, closes=what.closes,
            made_at=now, made_by_id=by.account_id,
        )  # fmt: skip
        if row.pk in network.plus(row).made.misfits:
            raise Refused(_misfit_words(network, row), field="points")
        act.on(row, after={"fix": row.fix, "line": row.line, "words": row.words})
    return row


def _misfit_words(network: Streets, row: MapCorrection) -> Any:  # Any: a lazy text
    """Why it fits no path: perhaps it was copied in another system, 488 m off."""
    points = [Position(*at) for at in row.line]
    for moved, words in (
        (from_gcj, _("As points of Amap or WeChat they would lie on a path: choose that.")),
        (to_gcj, _("As points of a GPS device they would lie on a path: choose that.")),
    ):
        other = MapCorrection(pk=row.pk, fix=row.fix, line=[moved(at) for at in points])
        if row.pk not in network.plus(other).made.misfits:
            return words
    return _("No path is near enough. Put the point on the path, or begin the line at one.")


def take_back(row: MapCorrection, *, by: Actor, now: datetime) -> None:
    """The map is right after all."""
    check_map_keeper(by)
    with recording(by, "proximity.take_back", now=now) as act:
        if not MapCorrection.objects.standing().filter(pk=row.pk).update(taken_back_at=now):
            raise TakenMeanwhile(_("This was taken back already."))
        act.on(row, before={"fix": row.fix, "words": row.words})


def _check(what: Correcting, words: str) -> None:
    if not words:
        raise Refused(_("Say in a few words what it is."), field="words")
    fewest = 2 if what.fix.is_line else 1
    if not fewest <= len(what.line) <= (MOST_POINTS if what.fix.is_line else 1):
        raise Refused(
            _("A path has two points or more; a gate, stairs and an end have one."), field="points"
        )
    if any(
        metres_between(one, other) > _LONGEST
        for one, other in zip(what.line, what.line[1:], strict=False)
    ):
        raise Refused(_("Two points lie kilometres apart. Please look again."), field="points")
    is_gate = what.fix is Fix.GATE
    if is_gate and (what.opens is None or what.closes is None or what.opens == what.closes):
        raise Refused(_("Write from when to when the gate stands open."), field="hours")
    if not is_gate and (what.opens is not None or what.closes is not None):
        raise Refused(_("Only a gate has hours."), field="hours")


def _told(extract: Extract) -> dict[str, Any]:  # Any: what JSON holds
    """What an extract would give, with the corrections that stand made on it."""
    bare = network_of(extract.ways, extract.positions)
    if not bare.edges:
        raise Refused(_("There is no path in this extract."), field="file")
    if len(bare.edges) > MOST_EDGES:
        raise Refused(
            _("The extract is too large. Cut out your town: 20 MB at most."), field="file"
        )
    standing = list(MapCorrection.objects.standing().order_by("made_at", "id"))
    made = corrected(bare, [one.plain for one in standing])
    pieces = made.network.pieces()
    doors = Doors(made.network, extract.barriers, allowed=pieces[0])
    points = positions([*homes(), *goals()])
    connected = sum(doors.door(at) is not None for at in points)
    moved = sum(doors.door(from_gcj(at)) is not None for at in points)
    by_pk = {one.pk: one for one in standing}
    return {
        "metres": round(sum(edge.metres for edge in made.network.edges)),
        "edges": len(made.network.edges),
        "steps": sum(edge.is_steps for edge in made.network.edges),
        "pieces": len(pieces),
        "largest_percent": round(100 * len(pieces[0]) / len(made.network.edges)),
        "connected": connected,
        "apart": len(points) - connected,
        "misfits": [by_pk[one].words for one in made.misfits],
        # Positions that were copied from a map app lie 488 m off, all in one direction.
        "may_be_gcj": moved > connected and moved * 2 > len(points),
    }
