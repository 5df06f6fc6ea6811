"""A community of so many buildings along the streets of an extract: `python -m bench.circle FILE HOMES`.

Prints the number of a building in the middle of them.
"""

import sys
from pathlib import Path
from random import Random

import django

django.setup()

from django.core.management import call_command  # noqa: E402  Django is set up first

from mulin.circle.proximity.models import WalkMap  # noqa: E402
from mulin.ground.community.actions.founding import found_community  # noqa: E402
from mulin.ground.community.models import Grid  # noqa: E402
from mulin.ground.community.rules import system  # noqa: E402
from mulin.ground.places.models import Building, Place, PlaceKind  # noqa: E402
from mulin.ground.places.rules import Service  # noqa: E402
from mulin.ground.places.walking.corrections import sliced  # noqa: E402
from mulin.ground.places.walking.network import network_of  # noqa: E402
from mulin.ground.places.walking.osm import read_extract  # noqa: E402
from mulin.ground.places.walking.stored import pack  # noqa: E402
from mulin.kit import clock  # noqa: E402
from mulin.kit.coordinates import Position  # noqa: E402
from mulin.kit.scoping import in_community  # noqa: E402

PLACES = 50


def make(path: Path, homes: int) -> int:
    """Buildings and places along the longest piece of the streets; the building in the middle."""
    call_command("migrate", interactive=False, verbosity=0)
    extract = read_extract(path)
    network = network_of(extract.ways, extract.positions)
    edges = sorted(network.pieces()[0])
    dice, now = Random(6), clock.now()
    spots: list[Position] = []
    for number in dice.choices(edges, [network.edges[one].metres for one in edges],
                               k=homes + PLACES):  # fmt: skip
        edge = network.edges[number]
        along = dice.random() * edge.metres
        spots.append(sliced(edge, along, along)[0])
    community, _accounts = found_community(
        street="街道", name="社区", slug="circle", phone="0573-86000120", grids=["第1网格"],
        founders=(), by=system(0), now=now,
    )  # fmt: skip
    with in_community(community):
        grid = Grid.objects.get()
        Building.objects.bulk_create(
            Building(
                community=community, name=f"{number}幢", sort_key=f"{number:06d}幢", grid=grid,
                latitude=round(at.lat, 6), longitude=round(at.lon, 6),
            )
            for number, at in enumerate(spots[:homes], start=1)
        )  # fmt: skip
        services = list(Service)
        Place.objects.bulk_create(
            Place(
                community=community, name=f"地点{number}", kind=PlaceKind.OTHER,
                serves=[services[number % len(services)]],
                latitude=round(at.lat, 6), longitude=round(at.lon, 6),
            )
            for number, at in enumerate(spots[homes:], start=1)
        )  # fmt: skip
        WalkMap.objects.create(
            community=community, file_name=path.name, source="ODbL", content=pack(extract),
            read_at=now, taken_in_at=now,
        )  # fmt: skip
        middle = sorted(spots[:homes])[homes // 2]
        return Building.objects.filter(
            latitude=round(middle.lat, 6), longitude=round(middle.lon, 6)
        ).values_list("pk", flat=True)[0]


if __name__ == "__main__":
    print(make(Path(sys.argv[1]), int(sys.argv[2])))
