"""A street 600 m long with five houses on it, a garden behind a gate, a clinic and a canteen."""

from dataclasses import dataclass, field
from datetime import date, time

import pytest

from mulin.circle.proximity.actions import read_map, take_in_map
from mulin.circle.proximity.demo import osm_text
from mulin.circle.proximity.models import WalkMap
from mulin.ground.community.models import Community, Grid
from mulin.ground.community.rules import Actor
from mulin.ground.places.actions import Facts, add_place, describe_place, set_hours
from mulin.ground.places.models import Building, Dwelling, Place, PlaceKind
from mulin.ground.places.rules import Hours, Service
from mulin.ground.places.walking.osm import read_extract
from mulin.ground.places.walking.stored import pack
from mulin.kit.coordinates import Position
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.factories.places import BuildingFactory, DwellingFactory, ResidenceFactory, UnitFactory

#: Degrees of a metre east and north in Haiyan.
EAST, NORTH = 1 / 95_850, 1 / 111_195
LON, LAT = 120.9461, 30.5264


def spot(x, y) -> Position:
    """So many metres east and north of the corner of the street."""
    return Position(round(LON + x * EAST, 6), round(LAT + y * NORTH, 6))


def streets(*more):
    """The street and a lane of the garden behind it, with what is named more."""
    return [
        ("新街路", [spot(0, 0), spot(200, 0), spot(400, 0), spot(600, 0)], {"highway": "residential"}),
        ("", [spot(200, 0), spot(200, 100)], {"highway": "footway"}),
        *more,
    ]  # fmt: skip


@dataclass
class Town:
    """Houses by name, the clinic and the canteen, and who keeps the map."""

    by: Actor
    community: Community
    grid: Grid
    houses: dict[str, Building] = field(default_factory=dict)
    clinic: Place | None = None
    canteen: Place | None = None

    def build(self, name, x, y) -> Building:
        at = spot(x, y)
        house = BuildingFactory(
            community=self.community, grid=self.grid, name=name,
            latitude=at.lat, longitude=at.lon,
        )  # fmt: skip
        self.houses[name] = house
        return house

    def settle(self, name, count, *, born=1990, **more) -> None:
        """So many people live there."""
        unit = UnitFactory(community=self.community, building=self.houses[name], name=f"{born}单元")
        for number in range(count):
            home = DwellingFactory(community=self.community, unit=unit, room=f"{number}")
            person = PersonFactory(community=self.community, born_on=date(born, 1, 1), **more)
            ResidenceFactory(community=self.community, person=person, dwelling=home)

    def open(self, name, x, y, *services, hours=(), kind=PlaceKind.OTHER, **facts) -> Place:
        at = spot(x, y)
        place = add_place(
            by=self.by, now=NOW, name=name, kind=kind, latitude=at.lat, longitude=at.lon
        )
        week = [
            Hours(day, time(*opens), time(*closes))
            for day in range(1, 8)
            for opens, closes in hours
        ]
        set_hours(place, week, by=self.by, now=NOW)
        return describe_place(place, Facts(serves=services, **facts), by=self.by, now=NOW)

    def walk_by(self, lines=None) -> WalkMap:
        """Take a map in, read by the child process."""
        read = read_map(osm_text(lines or streets()).encode(), "street.osm", by=self.by, now=NOW)
        return take_in_map(read, by=self.by, now=NOW)


@pytest.fixture
def town(cast):
    with in_community(cast.xinjie):
        Dwelling.objects.all().delete()
        Building.objects.all().delete()
        made = Town(cast.chen.actor, cast.xinjie, cast.grid_1)
        for name, x, y in (
            ("1幢", 20, 12),
            ("2幢", 210, 95),
            ("3幢", 390, 12),
            ("4幢", 590, 12),
            ("5幢", 300, 300),
        ):
            made.build(name, x, y)
        made.clinic = made.open(
            "卫生站",
            10,
            -10,
            Service.HEALTH,
            hours=(((8, 0), (11, 30)), ((13, 0), (17, 0))),
            steps=2,
        )
        made.canteen = made.open("食堂", 580, -10, Service.MEALS, hours=(((17, 0), (1, 0)),))
        yield made


@pytest.fixture
def mapped(town, tmp_path):
    """The same with its walking map, which needs no child process to be there."""
    path = tmp_path / "street.osm"
    path.write_text(osm_text(streets()), "utf-8")
    content = pack(read_extract(path))
    WalkMap.objects.create(
        community=town.community, file_name="street.osm", source="test", content=content,
        read_at=NOW, taken_in_at=NOW, told={"metres": 700},
    )  # fmt: skip
    return town
