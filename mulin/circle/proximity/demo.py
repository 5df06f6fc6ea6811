"""The streets of the demonstration community: invented, around its buildings, read like any extract."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Final
from xml.sax.saxutils import quoteattr

from mulin.circle.proximity.actions import Correcting, correct, read_map, take_in_map
from mulin.ground.community.rules import Actor
from mulin.ground.places.actions import (
    Facts,
    SeasonTerms,
    add_place,
    add_season,
    describe_place,
    locate,
    print_codes,
    set_day,
    set_hours,
)
from mulin.ground.places.models import Building, Place, PlaceKind, position_of
from mulin.ground.places.rules import Hours, Service
from mulin.ground.places.walking.corrections import Fix
from mulin.kit.clock import local_day
from mulin.kit.coordinates import Position
from mulin.kit.lifelike import ago

#: How far a path runs in front of a row of houses, and streets between rows and around columns.
_FRONT: Final = 0.00017
_ROW: Final = 0.0011
_COLUMN: Final = 0.0009
_ROADS: Final = ("新街路", "桂花路", "香樟路", "白塘路", "望海路")
_LANES: Final = ("西港路", "中心街", "东湖路")
_COLUMNS: Final = 6
_ALL_DAY: Final = ((6, 0), (21, 0))
#: Name, kind, what for, building, hours, days of the week, steps, ramp, persons.
_PLACES: Final = (
    ("白塘老年食堂", PlaceKind.OTHER, (Service.MEALS,), "14幢", ((6, 30), (8, 30)), ((10, 30), (13, 0)), 7, 2, True, 60),
    ("香樟阅览室", PlaceKind.OTHER, (Service.LEARNING,), "9幢", ((9, 0), (11, 30)), ((13, 30), (20, 30)), 6, 0, False, 40),
    ("桂花托育角", PlaceKind.OTHER, (Service.CHILDREN,), "5幢", ((7, 30), (17, 30)), None, 5, 3, False, 20),
    ("新居民服务点", PlaceKind.OTHER, (Service.NEWCOMERS, Service.AFFAIRS), "12幢", ((8, 30), (11, 30)), ((13, 30), (17, 0)), 5, 0, False, 15),
    ("新城口袋公园", PlaceKind.SQUARE, (Service.REST, Service.SPORT), "23幢", _ALL_DAY, None, 7, 0, False, None),
    ("便民小菜店", PlaceKind.SHOP, (Service.SHOPPING,), "11幢", ((5, 30), (19, 0)), None, 7, 1, False, 12),
    ("夜宵铺子", PlaceKind.SHOP, (Service.MEALS,), "18幢", ((17, 0), (1, 30)), None, 7, 1, False, 20),
)  # fmt: skip
_KNOWN: Final = {
    "睦邻客厅": Facts(steps=0, has_ramp=True, capacity=80, phone="0573-86000120", way_in="新街路进门左手"),
    "居家养老中心": Facts(
        serves=(Service.DAY_CARE, Service.MEALS), steps=2, has_ramp=True, capacity=50, phone="0573-86000121"
    ),
    "家宴中心": Facts(steps=4, has_ramp=True, capacity=120, way_in="院子里，红灯笼下"),
    "社区卫生站": Facts(steps=1, has_ramp=True, phone="0573-86000122", shuts_on_holidays=True),
    "暖新坊": Facts(steps=3, capacity=62),
}  # fmt: skip

Line = tuple[str, Sequence[Position], dict[str, str]]


def lay_streets(*, head: Actor, now: datetime) -> None:
    """Places with what one wants to know of them, an extract taken in, and what it has wrong."""
    at = ago(now, 60, 9)
    houses = list(Building.objects.order_by("sort_key"))
    _open_more(houses, head, at)
    read = read_map(
        osm_text(_streets(houses)).encode(), "haiyan-xinjie.osm", by=head, now=at,
        source="示范数据，街道为虚构",
    )  # fmt: skip
    take_in_map(read, by=head, now=at)
    south, middle = _front(houses, 0), _front(houses, 2)
    corner = position_of(houses[-1])
    assert corner is not None  # noqa: S101  the demonstration's houses have a position
    for what in (
        Correcting(
            Fix.GATE, [_between(south[2], south[3])], "桂花园中间的小门", opens=time(5), closes=time(22)
        ),
        Correcting(Fix.STAIRS, [_between(middle[1], middle[2])], "河埠石阶"),
        Correcting(
            Fix.PATH,
            [_between(south[4], south[5]), Position(south[4].lon + _COLUMN / 2, south[4].lat + _ROW)],
            "口袋公园里新修的小路",
        ),
        Correcting(
            Fix.CROSSING,
            [
                Position(corner.lon - _COLUMN, corner.lat - _FRONT),
                Position(corner.lon - _COLUMN, corner.lat + _ROW / 2),
            ],
            "望海路新斑马线",
        ),
    ):  # fmt: skip
        correct(what, by=head, now=at + timedelta(days=1))


def _open_more(houses: Sequence[Building], head: Actor, at: datetime) -> None:
    by_name = {one.name: one for one in houses}
    made = []
    for name, kind, serves, house, one, other, days, steps, ramp, fit in _PLACES:
        place = add_place(by=head, now=at, name=name, kind=kind, building=by_name.get(house))
        hours = [
            Hours(weekday, time(*span[0]), time(*span[1]))
            for weekday in range(1, days + 1)
            for span in (one, other)
            if span is not None
        ]
        set_hours(place, hours, by=head, now=at)
        facts = Facts(serves=serves, steps=steps, has_ramp=ramp, capacity=fit)
        made.append(describe_place(place, facts, by=head, now=at))
    print_codes(made, by=head, now=at)
    there = {one.name: one for one in Place.objects.filter(name__in=_KNOWN)}
    for name, facts in _KNOWN.items():
        if name in there:
            describe_place(there[name], facts, by=head, now=at)
    square = Place.objects.filter(name="桂花广场长凳").first()
    corner = position_of(houses[_COLUMNS - 1])
    if square is not None and corner is not None:
        locate(square, Position(corner.lon + 0.0003, corner.lat - _FRONT), by=head, now=at)
    summer = [Hours(day, time(7), time(10, 30)) for day in range(1, 8)]
    add_season(
        made[1], SeasonTerms("暑假", (7, 1), (8, 31), [*summer, *_evenings()]), by=head, now=at
    )
    set_day(made[0], day=local_day(at) + timedelta(days=75), why="食堂检修", by=head, now=at)


def _evenings() -> list[Hours]:
    return [Hours(day, time(15), time(21)) for day in range(1, 8)]


def _front(houses: Sequence[Building], row: int) -> list[Position]:
    """The path in front of a row of houses, a point at each."""
    there = [position_of(one) for one in houses[row * _COLUMNS : (row + 1) * _COLUMNS]]
    return [Position(at.lon, at.lat - _FRONT) for at in there if at is not None]


def _between(one: Position, other: Position) -> Position:
    return Position((one.lon + other.lon) / 2, (one.lat + other.lat) / 2)


def _streets(houses: Sequence[Building]) -> list[Line]:
    """Streets around blocks of three houses, a path in front of each row, a river with two bridges,
    the houses themselves. The garden in the last row is a compound: nobody walks through.
    """
    first = position_of(houses[0])
    assert first is not None  # noqa: S101  as above
    rows = len(houses) // _COLUMNS
    roads = [first.lat - _ROW / 2 + _ROW * n for n in range(rows + 1)]
    lanes = [first.lon - _COLUMN / 2 + _COLUMN * n for n in (0, _COLUMNS // 2, _COLUMNS)]
    fronts = [_front(houses, row)[0].lat for row in range(rows)]
    crossings = sorted([*roads, *fronts])
    lines: list[Line] = []
    for name, lat in zip(_ROADS, roads, strict=False):
        line = [Position(lon, lat) for lon in sorted([*lanes, *_ends(houses)])]
        lines.append((name, line, {"highway": "residential"}))
    for name, lon in zip(_LANES, lanes, strict=True):
        line = [Position(lon, lat) for lat in crossings]
        # A street that is one-way for cars is none on foot.
        lines.append((name, line, {"highway": "tertiary", "oneway": "yes"}))
    for row, lat in enumerate(fronts):
        line = sorted([*_front(houses, row), *(Position(lon, lat) for lon in lanes)])
        tags = {"highway": "footway"} | ({"access": "private"} if row == rows - 1 else {})
        lines.append(("", line, tags))
    river = _between(Position(lanes[0], roads[2]), Position(lanes[0], fronts[2])).lat
    for west, east in ((0, 1), (1, 2)):
        # Under the bridges of three lanes it can't be crossed by a line to a door either.
        ends = [Position(lanes[west] + 0.0001, river), Position(lanes[east] - 0.0001, river)]
        lines.append(("白塘河", ends, {"waterway": "canal"}))
    for one in houses:
        at = position_of(one)
        if at is not None:
            lines.append((one.name, _walls(at), {"building": "apartments"}))
    return lines


def _ends(houses: Sequence[Building]) -> list[float]:
    first, last = position_of(houses[0]), position_of(houses[-1])
    assert first is not None  # noqa: S101  as above
    assert last is not None  # noqa: S101  as above
    return [first.lon - 2 * _COLUMN, last.lon + 2 * _COLUMN]


def _walls(at: Position) -> list[Position]:
    wide, deep = 0.00028, 0.00006
    corners = [(-wide, -deep), (wide, -deep), (wide, deep), (-wide, deep), (-wide, -deep)]
    return [Position(at.lon + east, at.lat + north) for east, north in corners]


def osm_text(lines: Iterable[Line]) -> str:
    """Lines as an extract of OpenStreetMap; equal points are one node."""
    numbers: dict[tuple[str, str], int] = {}
    ways = []
    for number, (name, line, tags) in enumerate(lines, start=1):
        refs = [
            numbers.setdefault((f"{at.lon:.7f}", f"{at.lat:.7f}"), len(numbers) + 1) for at in line
        ]
        said = tags | ({"name": name} if name else {})
        nodes = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        told = "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in said.items())
        ways.append(f'<way id="{number}" version="1">{nodes}{told}</way>')
    nodes = "".join(
        f'<node id="{ref}" version="1" lon="{lon}" lat="{lat}"/>'
        for (lon, lat), ref in numbers.items()
    )
    return f'<?xml version="1.0"?><osm version="0.6" generator="mulin">{nodes}{"".join(ways)}</osm>'
