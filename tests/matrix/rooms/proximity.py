"""The circle: what is near is for everybody; the map and the gaps are the desk's."""

from mulin.circle.proximity.models import MapCorrection, WalkMap
from mulin.ground.places.actions import add_photos, add_place
from mulin.ground.places.models import Building, PlaceKind
from mulin.ground.places.walking.network import Way
from mulin.ground.places.walking.osm import Extract
from mulin.ground.places.walking.stored import pack
from mulin.kit.coordinates import Position
from mulin.kit.photos import CleanPhoto
from tests.clock import NOW
from tests.matrix.people import DESK, EVERYBODY, HANDLERS, HOLDERS, Canary, Line

LINES = {
    "proximity:around": Line(EVERYBODY),
    "proximity:place": Line(HOLDERS, about="proximity.place"),
    "proximity:wall": Line(HOLDERS, about="proximity.home"),
    "proximity:coverage": Line(DESK),
    "proximity:next": Line(DESK),
    "proximity:map": Line(DESK),
    "proximity:map-act": Line(DESK, about="proximity.deed", method="POST", is_shared=True),
    "proximity:map-row": Line(DESK, about="proximity.correction", method="POST"),
    "places:place-act": Line(HANDLERS, about="proximity.said", method="POST"),
    "places:photo": Line(HOLDERS, about="proximity.photo"),
    "places:building-position": Line(DESK, about="building", method="POST"),
}


def fill(community, sides, *, head, desk, actors):
    """A house on a street, a place, a stretch that staff put on the map."""
    home = Building.objects.filter(latitude__isnull=True).first()
    Building.objects.filter(pk=home.pk).update(latitude=30.5265, longitude=120.9463)
    line = {1: Position(120.946, 30.5264), 2: Position(120.948, 30.5264)}
    extract = Extract([Way(1, (1, 2), {"highway": "residential"})], line, [])
    WalkMap.objects.create(
        community=community, file_name="street.osm", source="", content=pack(extract),
        read_at=NOW, taken_in_at=NOW, told={"metres": 190},
    )  # fmt: skip
    for side in sides:
        side.room["proximity.home"] = home
        side.room["proximity.place"] = add_place(
            by=desk, now=NOW, name=f"凉亭{side.sign}", kind=PlaceKind.SQUARE,
            latitude=30.5263, longitude=120.947,
        )  # fmt: skip
        add_photos(
            side.room["proximity.place"],
            [CleanPhoto(b"jpeg", b"jpeg", 1, 1)],
            "凉亭",
            by=desk,
            now=NOW,
        )
        side.room["proximity.photo"] = side.room["proximity.place"].photos.get()
        side.room["proximity.correction"] = MapCorrection.objects.create(
            community=community, fix="stairs", line=[[120.947, 30.5264]], words=f"图注{side.sign}",
            made_at=NOW, made_by_id=desk.account_id,
        )  # fmt: skip


KWARGS = {
    "proximity.home": lambda _world, side: {"pk": side.room["proximity.home"].pk},
    "proximity.place": lambda _world, side: {"pk": side.room["proximity.place"].pk},
    "proximity.correction": lambda _world, side: {
        "pk": side.room["proximity.correction"].pk, "deed": "back",
    },
    "proximity.photo": lambda _world, side: {
        "code": side.room["proximity.photo"].code, "size": "small",
    },
    "proximity.deed": lambda _world, _side: {"deed": "correct"},
    "proximity.said": lambda _world, side: {
        "pk": side.room["proximity.place"].pk, "deed": "facts",
    },
}  # fmt: skip

CANARIES = {
    # what staff wrote about a gate or stairs: it stands on their map alone
    "图注{}": Canary(DESK, "proximity:map"),
}
