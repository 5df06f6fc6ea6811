"""A map is read, shown, taken in; corrections hold on the next one."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction

from mulin.circle.proximity.actions import (
    Correcting,
    correct,
    leave_map,
    read_map,
    take_back,
    take_in_map,
)
from mulin.circle.proximity.demo import osm_text
from mulin.circle.proximity.models import MapCorrection, WalkMap
from mulin.circle.proximity.queries import on_foot
from mulin.circle.proximity.rules import Walk, Walker
from mulin.circle.proximity.streets import streets as network
from mulin.ground.audit.models import Act
from mulin.ground.places.walking.corrections import Fix
from mulin.kit.coordinates import from_gcj, to_gcj
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.proximity.conftest import spot, streets

ADULT = Walker(Walk.ADULT)


def metres(town, home, place, walker=ADULT, now=NOW):
    way = on_foot([town.houses[home]], [place], walker, now, network=network())
    found = way.get((town.houses[home].pk, place.pk))
    return None if found is None else (round(found.metres), found.is_estimate)


def a(fix, *points, words="小门", **more):
    return Correcting(fix, [spot(*point) for point in points], words, **more)


def test_a_map_is_shown_before_it_is_walked_by(town, cast):
    assert network() is None
    assert metres(town, "1幢", town.canteen) == (784, True)
    read = read_map(osm_text(streets()).encode(), "a.OSM", by=town.by, now=NOW, token="t")
    again = read_map(osm_text(streets()).encode(), "a.OSM", by=town.by, now=NOW, token="t")
    assert (again, WalkMap.objects.count()) == (read, 1)
    assert network() is None
    # Five houses and two places; one house lies 300 m from every path.
    assert read.told == {
        "metres": 700, "edges": 3, "steps": 0, "pieces": 1, "largest_percent": 100,
        "connected": 6, "apart": 1, "misfits": [], "may_be_gcj": False,
    }  # fmt: skip
    take_in_map(read, by=town.by, now=NOW)
    found, is_estimate = metres(town, "1幢", town.canteen)
    assert not is_estimate
    assert found == pytest.approx(12 + 560 + 10, abs=2)
    assert metres(town, "5幢", town.canteen)[1]
    with pytest.raises(TakenMeanwhile):
        take_in_map(read, by=town.by, now=NOW)
    with in_community(cast.linli):
        assert network() is None


def test_what_is_no_extract_is_refused_and_changes_nothing(mapped, cast):
    whole = osm_text(streets()).encode()
    for content, name in (
        (whole, "map.pdf"), (whole[: len(whole) // 2], "map.osm"), (b"", "map.osm.pbf"),
        (osm_text([]).encode(), "map.osm"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            read_map(content, name, by=mapped.by, now=NOW)
        assert refusal.value.field == "file"
    with pytest.raises(NotPermitted):
        read_map(whole, "map.osm", by=cast.sun.actor, now=NOW)
    assert WalkMap.objects.count() == 1
    assert WalkMap.objects.in_use().get().file_name == "street.osm"


def test_corrections_survive_a_renewed_extract_and_what_fits_no_more_is_said(mapped):
    gate = correct(a(Fix.GATE, (300, 3), opens=time(5), closes=time(22)), by=mapped.by, now=NOW)
    correct(a(Fix.STAIRS, (200, 50), words="台阶"), by=mapped.by, now=NOW)
    at_night = NOW + timedelta(hours=13)
    assert metres(mapped, "1幢", mapped.canteen, now=at_night) is None
    # The new extract knows a way round, has other numbers, and the lane with the stairs is gone.
    new = [
        ("环路", [spot(0, 0), spot(0, 90), spot(600, 90), spot(600, 0)], {"highway": "footway"}),
        streets()[0],
    ]
    read = read_map(osm_text(new).encode(), "b.osm", by=mapped.by, now=NOW)
    assert read.told["misfits"] == ["台阶"]
    take_in_map(read, by=mapped.by, now=NOW)
    assert metres(mapped, "1幢", mapped.canteen)[0] == pytest.approx(582, abs=2)
    assert metres(mapped, "1幢", mapped.canteen, now=at_night)[0] > 650
    assert bytes(WalkMap.objects.get(replaced_at__isnull=False).content) == b""
    take_back(gate, by=mapped.by, now=NOW)
    assert metres(mapped, "1幢", mapped.canteen, now=at_night)[0] == pytest.approx(582, abs=2)
    with pytest.raises(TakenMeanwhile):
        take_back(gate, by=mapped.by, now=NOW)


def test_a_map_may_be_left_out(town):
    read = read_map(osm_text(streets()).encode(), "a.osm", by=town.by, now=NOW)
    leave_map(read, by=town.by, now=NOW)
    assert not WalkMap.objects.exists()


def test_positions_of_a_map_app_are_noticed(town):
    for house in town.houses.values():
        moved = to_gcj(spot(0, 0))
        house.latitude = float(house.latitude) + moved.lat - spot(0, 0).lat
        house.longitude = float(house.longitude) + moved.lon - spot(0, 0).lon
        house.save()
    read = read_map(osm_text(streets()).encode(), "a.osm", by=town.by, now=NOW)
    assert read.told["may_be_gcj"]


def test_a_drawn_path_makes_the_way_shorter_and_stairs_stop_a_pram(mapped):
    round_about = metres(mapped, "2幢", mapped.canteen)[0]
    correct(
        a(Fix.PATH, (200, 95), (390, 20), (400, 2), words="新路"), by=mapped.by, now=NOW, token="p"
    )
    correct(
        a(Fix.PATH, (200, 95), (390, 20), (400, 2), words="新路"), by=mapped.by, now=NOW, token="p"
    )
    assert MapCorrection.objects.count() == 1
    assert metres(mapped, "2幢", mapped.canteen)[0] < round_about - 30
    correct(a(Fix.STAIRS, (300, 48), words="台阶"), by=mapped.by, now=NOW)
    rolling = Walker(Walk.ADULT, steps=False)
    assert metres(mapped, "2幢", mapped.canteen, rolling)[0] == pytest.approx(round_about, abs=3)
    assert Act.objects.filter(verb="proximity.correct").count() == 2


@pytest.mark.parametrize(
    ("what", "field"),
    [
        (a(Fix.GATE, (300, 0)), "hours"),
        (a(Fix.GATE, (300, 0), opens=time(5), closes=time(5)), "hours"),
        (a(Fix.STAIRS, (300, 0), opens=time(5), closes=time(6)), "hours"),
        (a(Fix.PATH, (300, 0)), "points"),
        (a(Fix.STAIRS, (300, 0), (310, 0)), "points"),
        (a(Fix.STAIRS, (300, 200)), "points"),
        (a(Fix.PATH, (300, 200), (300, 300)), "points"),
        (a(Fix.PATH, (300, 0), (300, 9000)), "points"),
        (a(Fix.STAIRS, (300, 0), words=" "), "words"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(mapped, what, field):
    with pytest.raises(Refused) as refusal:
        correct(what, by=mapped.by, now=NOW)
    assert refusal.value.field == field
    assert not MapCorrection.objects.exists()


@pytest.mark.parametrize(
    ("moved", "system"), [(to_gcj, "高德"), (from_gcj, "GPS"), (lambda at: at, "没有路")]
)
def test_a_point_in_the_wrong_system_is_refused_and_told_so(mapped, moved, system):
    there = spot(300, 0) if system != "没有路" else spot(300, 200)
    with pytest.raises(Refused, match=system) as refusal:
        correct(Correcting(Fix.STAIRS, [moved(there)], "台阶"), by=mapped.by, now=NOW)
    assert refusal.value.field == "points"


def test_only_the_desk_and_only_on_a_map(town, cast):
    with pytest.raises(NotPermitted):
        correct(a(Fix.STAIRS, (300, 0)), by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        correct(a(Fix.STAIRS, (300, 0)), by=town.by, now=NOW)


def test_the_database_keeps_one_map_and_no_gate_without_hours(mapped):
    with pytest.raises(IntegrityError), transaction.atomic():
        WalkMap.objects.create(
            community=mapped.community, file_name="b", source="", content=b"", read_at=NOW,
            taken_in_at=NOW,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        MapCorrection.objects.create(
            community=mapped.community, fix="gate", line=[[1, 1]], words="x", made_at=NOW
        )
