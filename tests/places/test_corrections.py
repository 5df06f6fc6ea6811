"""What staff correct on the map, and the way that is drawn: on small towns and on real streets."""

from itertools import pairwise
from random import Random

import pytest

from mulin.ground.places.walking.circle import Spot, doors_of
from mulin.ground.places.walking.corrections import Correction, Fix, closed, corrected
from mulin.ground.places.walking.doors import Doors
from mulin.ground.places.walking.network import Class, network_of
from mulin.ground.places.walking.osm import ExtractRefused, read_extract
from mulin.ground.places.walking.reach import Pace, reach
from mulin.ground.places.walking.route import route
from mulin.ground.places.walking.stored import pack, read_apart, unpack
from mulin.kit.coordinates import metres_between
from tests.places.test_walking import ADULT, PATH, at, metres, town

ROLLING = Pace(1.2, steps=False)


def fix(number, kind, *points, is_private=False):
    return Correction(number, kind, tuple(at(*point) for point in points), is_private)


def walked(network, home, place, pace=ADULT):
    return metres(network, home, place, pace)


@pytest.fixture
def ring():
    """A square of streets, 100 m a side."""
    network, _ = town((PATH, (0, 0), (100, 0), (100, 100), (0, 100), (0, 0)))
    return network


def test_a_gate_closes_one_way_and_the_long_way_round_is_left(ring):
    found = corrected(ring, [fix(1, Fix.GATE, (50, 3))])
    assert walked(found.network, (10, 0), (90, 0)) == pytest.approx(80, abs=0.1)
    shut = closed(found.network, [found.gates[1]])
    assert walked(shut, (10, 0), (90, 0)) == pytest.approx(320, abs=0.2)
    assert walked(shut, (10, 0), (40, 0)) == pytest.approx(30, abs=0.1)


def test_stairs_stop_a_pram_and_nobody_else(ring):
    found = corrected(ring, [fix(1, Fix.STAIRS, (50, 0))])
    assert walked(found.network, (10, 0), (90, 0)) == pytest.approx(80, abs=0.1)
    assert walked(found.network, (10, 0), (90, 0), ROLLING) == pytest.approx(320, abs=0.2)
    slow = Pace(1.0, flight_seconds=30)
    (only,) = reach(
        found.network, [Doors(found.network).door(at(10, 0))],
        [Doors(found.network).door(at(90, 0))], slow, 600,
    )  # fmt: skip
    assert only.seconds == pytest.approx(110, abs=0.2)


def test_what_is_shut_for_good_is_no_path_any_more(ring):
    found = corrected(ring, [fix(1, Fix.SHUT, (50, 0)), fix(2, Fix.SHUT, (50, 100))])
    assert walked(found.network, (10, 0), (90, 0)) is None
    assert len(found.network.pieces()) == 2
    assert found.gates == {}


def test_a_drawn_path_joins_where_it_begins_and_ends(ring):
    found = corrected(ring, [fix(1, Fix.PATH, (50, 4), (50, 97))])
    # From the street to the drawn end, along it, and back to the other street.
    assert walked(found.network, (50, 0), (50, 100)) == pytest.approx(100, abs=0.2)
    assert found.misfits == ()


def test_a_drawn_path_crosses_what_it_is_drawn_through_only_at_its_points(ring):
    cross = fix(1, Fix.CROSSING, (0, 50), (50, 50), (100, 50))
    down = fix(2, Fix.PATH, (50, 0), (50, 50), (50, 100))
    found = corrected(ring, [cross, down])
    assert walked(found.network, (0, 50), (50, 100)) == pytest.approx(100, abs=0.2)
    over = corrected(ring, [cross, fix(2, Fix.PATH, (40, 0), (40, 100))])
    assert walked(over.network, (0, 50), (40, 60)) == pytest.approx(50 + 40 + 40, abs=0.5)


def test_a_path_of_a_compound_is_no_way_through(ring):
    found = corrected(ring, [fix(1, Fix.PATH, (50, 0), (50, 100), is_private=True)])
    assert Class.PRIVATE in {edge.kind for edge in found.network.edges}
    assert walked(found.network, (50, 0), (50, 100)) == pytest.approx(200, abs=0.2)
    assert walked(found.network, (50, 60), (50, 100)) == pytest.approx(40, abs=0.2)


def test_what_fits_nowhere_is_said_so(ring):
    found = corrected(
        ring,
        [
            fix(1, Fix.GATE, (500, 500)), fix(2, Fix.PATH, (500, 500), (600, 600)),
            fix(3, Fix.STAIRS, (50, 20)), fix(4, Fix.GATE, (50, 100)),
        ],
    )  # fmt: skip
    assert found.misfits == (2, 1)
    assert set(found.gates) == {4}


def test_a_gate_on_a_drawn_path_waits_for_the_path(ring):
    found = corrected(ring, [fix(1, Fix.GATE, (50, 50)), fix(2, Fix.PATH, (50, 0), (50, 100))])
    assert found.misfits == ()
    shut = closed(found.network, found.gates.values())
    assert walked(shut, (50, 40), (50, 100)) == pytest.approx(40 + 50 + 100 + 50, abs=0.5)


def test_goat_566_a_drawn_bridge_never_makes_reach_smaller():
    dice = Random(7)
    network, _ = town(
        *((PATH, *[(x, y) for x in range(0, 500, 100)]) for y in range(0, 500, 100)),
        (PATH, *[(0, y) for y in range(0, 500, 100)]),
    )
    spots = [(dice.uniform(0, 400), dice.choice(range(0, 500, 100))) for _n in range(12)]
    more = corrected(network, [fix(1, Fix.PATH, (400, 0), (400, 400))]).network
    for one in spots:
        for other in spots:
            before, after = walked(network, one, other), walked(more, one, other)
            assert after <= before + 0.01


# ── the way that is drawn ────────────────────────────────────────────────────────────────────


def along(line):
    return sum(metres_between(one, other) for one, other in pairwise(line))


def check_routes(network, homes, places, pace, within=900):
    by_pair = {(one.home, one.place): one for one in reach(network, homes, places, pace, within)}
    for i, home in enumerate(homes):
        for j, place in enumerate(places):
            if home is None or place is None:
                continue
            found = route(network, home, place, pace, within)
            known = by_pair.get((i, j))
            assert (found is None) == (known is None)
            if found is not None:
                assert found.seconds == pytest.approx(known.seconds, abs=0.01)
                assert along(found.line) == pytest.approx(
                    found.metres - home.gap - place.gap, abs=0.05
                )


@pytest.mark.once
def test_the_drawn_way_is_the_one_that_was_counted():
    network, _ = town(
        (PATH, (0, 0), (100, 0), (200, 0)),
        (PATH | {"oneway:foot": "yes"}, (200, 0), (200, 100), (0, 100)),
        ({"highway": "steps"}, (100, 0), (100, 100)),
        ({"highway": "service", "access": "private"}, (0, 0), (0, 50), (0, 100)),
        (PATH, (500, 500), (600, 500)),
    )
    dice = Random(3)
    for pace in (ADULT, Pace(0.8, flight_seconds=20), ROLLING):
        doors = Doors(network)
        spots = [doors.door(at(dice.uniform(-5, 205), dice.uniform(-5, 105))) for _n in range(25)]
        check_routes(network, spots, spots, pace)


@pytest.mark.once
@pytest.mark.shared
def test_on_real_streets_too(shared):
    extract = read_extract(shared / "data" / "osm" / "shanghai-baoshan-2021.osm.pbf")
    again = unpack(pack(extract))
    network = network_of(again.ways, again.positions)
    whole = network_of(extract.ways, extract.positions)
    assert len(network.edges) == len(whole.edges)
    dice = Random(1)
    joints = list(again.positions.values())
    spots = [Spot(str(n), dice.choice(joints)) for n in range(24)]
    pace = Pace(1.0)
    doors = doors_of(network, again, spots, pace)
    check_routes(network, doors[:20], doors[20:], pace)


@pytest.mark.once
@pytest.mark.shared
def test_a_child_reads_the_file_and_refuses_one_that_was_cut(shared):
    content = (shared / "data" / "osm" / "singapore-bayfront-2019.osm.pbf").read_bytes()
    extract = unpack(read_apart(content, suffix=".osm.pbf"))
    assert len(extract.ways) > 100
    with pytest.raises(ExtractRefused):
        read_apart(content[: len(content) // 2], suffix=".osm.pbf")
    with pytest.raises(ExtractRefused):
        read_apart(b"not a map", suffix=".osm.pbf")
