"""Who reaches what on foot: the rules of the network, and an independent engine on real streets."""

import csv
import json
from dataclasses import replace
from itertools import pairwise
from random import Random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.cli import main
from mulin.ground.places.walking.circle import TableRefused, doors_of, read_spots
from mulin.ground.places.walking.doors import FARTHEST, Doors
from mulin.ground.places.walking.network import Class, Way, class_of, directions, network_of
from mulin.ground.places.walking.osm import Barrier, Extract, ExtractRefused, read_extract
from mulin.ground.places.walking.reach import Pace, reach
from mulin.kit.coordinates import Position, metres_between

EXTRACTS = (
    "beijing-haidian-2017", "shanghai-baoshan-2021", "singapore-bayfront-2019",
    "liechtenstein-2015",
)  # fmt: skip
ADULT, ELDER = Pace(1.2), Pace(0.8)
#: A degree of latitude in metres; the towns below lie at the equator, where both are the same.
DEGREE = 111_195.08
PATH = {"highway": "footway"}


def at(x, y):
    """A point so many metres east and north of nowhere."""
    return Position(x / DEGREE, y / DEGREE)


def town(*ways, barriers=()):
    """Ways given as (tags, point, point, …); equal points are one joint."""
    numbers, made = {}, []
    for number, (tags, *points) in enumerate(ways):
        refs = tuple(numbers.setdefault(point, len(numbers) + 1) for point in points)
        made.append(Way(number, refs, tags))
    positions = {ref: at(*point) for point, ref in numbers.items()}
    return network_of(made, positions), list(barriers)


def metres(network, home, place, pace=ADULT, within=3600, barriers=()):
    """From one point to another on foot; None where nobody comes."""
    doors = Doors(network, barriers)
    found = list(reach(network, [doors.door(at(*home))], [doors.door(at(*place))], pace, within))
    return found[0].metres if found else None


# ── the rules of the network ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "residential"}, Class.PUBLIC),
        ({"highway": "motorway"}, None),
        ({"highway": "trunk", "motorroad": "yes"}, None),
        ({"highway": "construction"}, None),
        ({"highway": "footway", "foot": "no"}, None),
        ({"highway": "secondary", "foot": "use_sidepath"}, None),
        ({"highway": "service", "access": "no"}, None),
        ({"highway": "service", "access": "no", "foot": "yes"}, Class.PUBLIC),
        ({"highway": "service", "access": "private"}, Class.PRIVATE),
        ({"highway": "service", "access": "private", "foot": "designated"}, Class.PUBLIC),
        ({"highway": "cycleway"}, Class.PUBLIC),
        ({"railway": "rail"}, None),
    ],
)
def test_who_may_walk_a_way(tags, kind):
    assert class_of(tags) is kind


@pytest.mark.parametrize(
    ("tags", "open_"),
    [
        ({"oneway": "yes"}, (True, True)),
        # valhalla#4978: a path that is one way for cycles is none for walkers.
        ({"highway": "cycleway", "oneway": "yes", "oneway:bicycle": "yes"}, (True, True)),
        ({"oneway:foot": "yes"}, (True, False)),
        ({"oneway:foot": "-1"}, (False, True)),
        ({"foot:backward": "no"}, (True, False)),
        ({"conveying": "backward"}, (False, True)),
    ],
)
def test_only_what_is_said_of_walkers_closes_a_direction(tags, open_):
    assert directions(tags) == open_


def test_valhalla_4778_a_street_one_way_for_cars_is_walked_both_ways():
    network, _ = town(({"highway": "residential", "oneway": "yes"}, (0, 0), (100, 0)))
    assert metres(network, (10, 0), (90, 0)) == pytest.approx(80, abs=0.01)
    assert metres(network, (90, 0), (10, 0)) == pytest.approx(80, abs=0.01)


def test_opentripplanner_6201_a_path_one_way_on_foot_is():
    network, _ = town(
        (PATH | {"oneway:foot": "yes"}, (0, 0), (100, 0)),
        (PATH, (100, 0), (100, 100), (0, 100), (0, 0)),
    )
    assert metres(network, (10, 0), (90, 0)) == pytest.approx(80, abs=0.01)
    assert metres(network, (90, 0), (10, 0)) == pytest.approx(10 + 300 + 10, abs=0.1)


def test_a_bridge_above_a_path_is_no_crossing():
    network, _ = town(
        (PATH, (0, 0), (200, 0)), (PATH | {"bridge": "yes", "layer": "1"}, (100, -50), (100, 50))
    )
    assert len(network.pieces()) == 2
    assert metres(network, (0, 0), (100, 50)) is None


def test_two_paths_that_share_a_point_are_joined():
    network, _ = town((PATH, (0, 0), (100, 0), (200, 0)), (PATH, (100, 0), (100, 50)))
    assert len(network.edges) == 3
    assert metres(network, (0, 0), (100, 50)) == pytest.approx(150, abs=0.01)


def test_stairs_take_longer_and_stop_a_wheelchair():
    network, _ = town(
        (PATH, (0, 0), (100, 0)), ({"highway": "steps"}, (100, 0), (120, 0)),
        (PATH, (120, 0), (200, 0)),
    )  # fmt: skip
    doors = Doors(network)
    ends = [doors.door(at(0, 0))], [doors.door(at(200, 0))]
    slow = next(reach(network, *ends, Pace(0.8, flight_seconds=15), 3600))
    assert slow.seconds == pytest.approx(200 / 0.8 + 15, abs=0.1)
    assert slow.metres == pytest.approx(200, abs=0.01)
    assert list(reach(network, *ends, Pace(0.8, steps=False), 3600)) == []


def test_opentripplanner_1297_a_flight_costs_seconds_and_not_a_long_detour():
    network, _ = town(
        ({"highway": "steps"}, (0, 0), (30, 0)), (PATH, (0, 0), (0, 200), (30, 200), (30, 0))
    )
    doors = Doors(network)
    found = next(
        reach(network, [doors.door(at(0, 0))], [doors.door(at(30, 0))],
              Pace(0.8, flight_seconds=20), 3600)
    )  # fmt: skip
    assert found.metres == pytest.approx(30, abs=0.01)


PRIVATE = PATH | {"access": "private"}


def test_nobody_walks_through_a_compound_and_who_lives_there_walks_out():
    """Two streets with a closed compound between them; the way around is long."""
    network, _ = town(
        (PATH, (0, 0), (-50, 0)), (PRIVATE, (0, 0), (100, 0)), (PATH, (100, 0), (150, 0)),
        (PATH, (-50, 0), (-50, 300), (150, 300), (150, 0)),
    )  # fmt: skip
    assert metres(network, (-40, 0), (140, 0)) == pytest.approx(10 + 300 + 200 + 300 + 10, abs=0.1)
    assert metres(network, (50, 0), (140, 0)) == pytest.approx(90, abs=0.01)
    assert metres(network, (50, 0), (-40, 0)) == pytest.approx(90, abs=0.01)


def test_a_place_inside_a_closed_compound_is_reached_from_inside_only():
    network, _ = town((PATH, (-100, 0), (0, 0)), (PRIVATE, (0, 0), (100, 0)))
    assert metres(network, (20, 0), (80, 0)) == pytest.approx(60, abs=0.01)
    assert metres(network, (-50, 0), (80, 0)) is None


def test_a_path_that_ends_where_it_begins_is_walked_either_way():
    network, _ = town(
        (PATH, (0, 0), (100, 0), (100, 100), (0, 100), (0, 0)), (PATH, (0, 0), (-9, 0))
    )
    assert metres(network, (0, 90), (-9, 0)) == pytest.approx(99, abs=0.01)
    assert metres(network, (90, 0), (0, 90)) == pytest.approx(180, abs=0.01)


def test_an_extract_that_is_cut_joins_nothing_across_the_gap():
    positions = {1: at(0, 0), 2: at(50, 0), 4: at(150, 0), 5: at(200, 0)}
    network = network_of([Way(1, (1, 2, 3, 4, 5), PATH)], positions)
    assert [round(edge.metres) for edge in network.edges] == [50, 50]
    assert metres(network, (0, 0), (200, 0)) is None


def test_pandana_43_two_joints_are_a_network():
    network, _ = town((PATH, (0, 0), (80, 0)))
    assert metres(network, (0, 0), (80, 0)) == pytest.approx(80, abs=0.01)


def test_a_town_without_paths_reaches_nothing():
    network, _ = town()
    assert doors_of(network, Extract(), [], ADULT) == []
    assert Doors(network).door(at(0, 0)) is None
    assert list(reach(network, [None], [None], ADULT, 600)) == []


# ── doors ────────────────────────────────────────────────────────────────────────────────────


def test_a_door_is_on_the_nearest_edge_and_not_at_the_nearest_joint():
    network, _ = town((PATH, (0, 0), (100, 0)), (PATH, (100, 0), (100, 100)))
    door = Doors(network).door(at(40, 6))
    assert door is not None
    assert (door.along, door.gap) == pytest.approx((40, 6), abs=0.01)
    assert metres(network, (40, 6), (60, -5)) == pytest.approx(6 + 20 + 5, abs=0.01)


def test_openrouteservice_867_no_door_leads_into_the_tunnel_below():
    """GIScience/openrouteservice#867: a house hung on the far end of the tunnel below it."""
    network, _ = town(
        (PATH | {"tunnel": "yes", "layer": "-1"}, (0, 0), (300, 0)),
        (PATH, (300, 0), (300, 40), (0, 40)),
    )
    door = Doors(network).door(at(20, 5))
    assert door.gap == pytest.approx(35, abs=0.01)
    # The tunnel itself is walked through by whoever comes from its ends.
    assert metres(network, (20, 38), (300, 20)) == pytest.approx(2 + 280 + 20, abs=0.1)


def test_valhalla_4221_whoever_is_far_from_every_path_is_not_connected():
    network, _ = town((PATH, (0, 0), (100, 0)))
    doors = Doors(network)
    assert doors.door(at(50, FARTHEST - 1)) is not None
    assert doors.door(at(50, FARTHEST + 1)) is None
    assert doors.door(at(50, 300)) is None


def test_graphhopper_1345_nobody_wades_through_a_canal():
    """The path on the other bank is nearer; the one on this bank is taken."""
    network, _ = town((PATH, (0, 20), (100, 20)), (PATH, (0, -40), (100, -40)))
    canal = Barrier((at(-50, 10), at(150, 10)))
    assert Doors(network).door(at(50, 0)).edge == 0
    assert Doors(network, [canal]).door(at(50, 0)).edge == 1
    ring = Barrier((at(40, -10), at(60, -10), at(60, 10), at(40, 10), at(40, -10)))
    assert Doors(network, [ring]).door(at(50, 0)) is None


def test_a_home_leaves_its_own_house_and_walks_through_no_other():
    network, _ = town((PATH, (0, 30), (100, 30)))
    own = Barrier((at(40, -10), at(60, -10), at(60, 10), at(40, 10), at(40, -10)), building=1)
    other = Barrier((at(0, 15), at(100, 15), at(100, 25), at(0, 25), at(0, 15)), building=2)
    assert Doors(network, [own]).door(at(50, 0)) is not None
    assert Doors(network, [own, other]).door(at(50, 0)) is None


def test_pandana_121_and_r5r_361_none_is_dropped_silently(tmp_path, capsys):
    """Every id that was given is in a pair or in the list of those on no path."""
    homes, places = write(tmp_path, [("h1", 0.0, 0.0), ("h2", 9.0, 9.0)], [("p1", 0.0, 0.0001)])
    extract = tmp_path / "town.osm"
    extract.write_text(
        '<osm version="0.6"><node id="1" lat="0" lon="0" version="1"/><node id="2" lat="0"'
        ' lon="0.001" version="1"/><way id="1" version="1"><nd ref="1"/><nd ref="2"/>'
        '<tag k="highway" v="footway"/></way></osm>'
    )
    assert main(["circle", str(extract), "--homes", str(homes), "--places", str(places),
                 "--json"]) == 0  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert [pair[:2] for pair in told["pairs"]] == [["h1", "p1"]]
    assert told["pairs"][0][2] == pytest.approx(told["pairs"][0][3] / 0.8, abs=0.01)
    assert told["unconnected"] == ["h2"]


# ── what must always be so ───────────────────────────────────────────────────────────────────

POINTS = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda p: (p[0] * 40, p[1] * 40))
WAYS = st.lists(st.lists(POINTS, min_size=2, max_size=4), min_size=1, max_size=6)


@settings(max_examples=80)
@given(WAYS, POINTS, POINTS, POINTS)
def test_ways_are_symmetric_longer_than_a_bird_flies_and_shortest(ways, one, two, three):
    network, _ = town(*((PATH, *points) for points in ways))
    there, back = metres(network, one, two), metres(network, two, one)
    assert there == pytest.approx(back) if there is not None else back is None
    if there is None:
        return
    assert there >= metres_between(at(*one), at(*two)) - 0.01
    on, whole = metres(network, two, three), metres(network, one, three)
    if on is not None and whole is not None:
        assert whole <= there + on + 0.01


@settings(max_examples=60)
@given(WAYS, st.data(), POINTS, POINTS)
def test_goat_566_a_new_path_never_takes_anything_away(ways, data, home, place):
    network, _ = town(*((PATH, *points) for points in ways))
    doors = Doors(network)
    ends = [doors.door(at(*home))], [doors.door(at(*place))]
    before = list(reach(network, *ends, ELDER, 600))
    if not network.edges:
        return
    one, other = (
        data.draw(st.sampled_from(network.edges)),
        data.draw(st.sampled_from(network.edges)),
    )
    line = (one.line[0], other.line[-1])
    network.add(
        replace(
            one, end=other.end, line=line, along=(0.0, metres_between(*line)), kind=Class.PUBLIC
        )
    )
    after = list(reach(network, *ends, ELDER, 600))
    assert not before or after[0].metres <= before[0].metres + 0.01


@settings(max_examples=40)
@given(WAYS, POINTS, POINTS)
def test_whoever_walks_faster_reaches_no_less(ways, home, place):
    network, _ = town(*((PATH, *points) for points in ways))
    slow = metres(network, home, place, Pace(0.5), within=120)
    fast = metres(network, home, place, Pace(1.2), within=120)
    assert slow is None or fast == pytest.approx(slow)


# ── real streets, and an engine of others' ───────────────────────────────────────────────────


def by_networkx(network, homes, places, pace, within):
    """Metres of each pair on the same edges, by an engine of others'."""
    back = graph_of(network, homes, places, pace).reverse(copy=False)
    found = {}
    for number, door in enumerate(places):
        if door is not None and ("in", "place", number) in back:
            lengths = nx.single_source_dijkstra_path_length(
                back, ("in", "place", number), cutoff=within * pace.speed
            )
            found |= {
                (node[2], number): length
                for node, length in lengths.items()
                if node[:2] == ("out", "home")
            }
    return found


def graph_of(network, homes, places, pace):
    """Every door a node; the inside of compounds is a layer that may be left and not entered."""
    graph = nx.DiGraph()

    def link(one, other, weight, *, is_open=True):
        known = graph.get_edge_data(one, other, {"weight": float("inf")})["weight"]
        if is_open and weight < known:
            graph.add_edge(one, other, weight=weight)

    hung = hung_on(homes, places)
    for number, edge in enumerate(network.edges):
        if edge.is_steps and not pace.steps:
            continue
        inside = edge.kind is Class.PRIVATE
        stops = [(0.0, (edge.start, inside))]
        stops += sorted((along, ("on", *what)) for along, what, _gap in hung.get(number, []))
        stops.append((edge.metres, (edge.end, inside)))
        for (here, one), (there, other) in pairwise(stops):
            link(one, other, there - here, is_open=edge.is_open_ahead)
            link(other, one, there - here, is_open=edge.is_open_back)
        for _along, what, gap in hung.get(number, []):
            link(("out", *what), ("on", *what), gap)
            link(("on", *what), ("in", *what), gap)
    for joint in network.leaving:
        link((joint, True), (joint, False), 0.0)
    return graph


def hung_on(homes, places):
    """What hangs on each edge: (metres along it, what, gap)."""
    hung = {}
    for kind, doors in (("home", homes), ("place", places)):
        for number, door in enumerate(doors):
            if door is not None:
                hung.setdefault(door.edge, []).append((door.along, (kind, number), door.gap))
    return hung


def scattered(network, count, dice):
    """Points near streets, as homes are."""
    points = []
    for _ in range(count):
        line = dice.choice(network.edges).line
        here = dice.choice(line)
        points.append(
            Position(here.lon + dice.uniform(-4e-4, 4e-4), here.lat + dice.uniform(-3e-4, 3e-4))
        )
    return points


@pytest.mark.shared
@pytest.mark.parametrize("name", EXTRACTS)
def test_distances_on_real_streets_are_those_of_an_independent_engine(shared, name):
    extract = read_extract(shared / "data" / "osm" / f"{name}.osm.pbf")
    network = network_of(extract.ways, extract.positions)
    dice = Random(11)
    # The largest has few stairs; once is enough of it.
    for pace in (ADULT, Pace(0.5, steps=False))[: 1 if name.startswith("liechtenstein") else 2]:
        pieces = network.pieces(steps=pace.steps)
        doors = Doors(network, extract.barriers, allowed=pieces[0])
        homes = [doors.door(point) for point in scattered(network, 300, dice)]
        places = [doors.door(point) for point in scattered(network, 12, dice)]
        ours = {
            (one.home, one.place): one.metres for one in reach(network, homes, places, pace, 600)
        }
        theirs = by_networkx(network, homes, places, pace, 600)
        assert ours.keys() == theirs.keys()
        assert ours
        assert all(abs(ours[pair] - theirs[pair]) <= 0.01 for pair in ours)


@pytest.mark.shared
def test_the_streets_of_haidian_are_as_long_as_they_were_measured(shared):
    """125 km on foot; the largest piece holds nearly all of it."""
    extract = read_extract(shared / "data" / "osm" / "beijing-haidian-2017.osm.pbf")
    network = network_of(extract.ways, extract.positions)
    assert sum(edge.metres for edge in network.edges) == pytest.approx(125_000, abs=500)
    largest = sum(network.edges[number].metres for number in network.pieces()[0])
    assert largest > 0.9 * 125_000


# ── files ────────────────────────────────────────────────────────────────────────────────────


def write(folder, homes, places):
    paths = folder / "homes.csv", folder / "places.csv"
    for path, rows in zip(paths, (homes, places), strict=True):
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("id", "lon", "lat"), *rows])
    return paths


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id,lon\n1,2\n", "no column lat"),
        ("id,lon,lat\nh1,x,2\n", "line 2: lon and lat"),
        ("id,lon,lat\nh1,1,2\nh1,1,2\n", "line 3: the id"),
        ("id,lon,lat\nh1,1,200\n", "line 2: no place on Earth"),
        ("id,lon,lat\nh1,nan,2\n", "line 2: no place on Earth"),
        ("id,lon,lat\nh1\n", "line 2: lon and lat"),
    ],
)
def test_a_wrong_table_is_told_with_its_line(tmp_path, text, fault):
    path = tmp_path / "homes.csv"
    path.write_text(text)
    with pytest.raises(TableRefused, match=fault):
        read_spots(path)


def test_what_is_no_extract_is_refused(tmp_path, capsys):
    homes, places = write(tmp_path, [], [])
    wrong = tmp_path / "wrong.osm.pbf"
    wrong.write_bytes(b"no map")
    with pytest.raises(ExtractRefused):
        read_extract(wrong)
    typed = ["circle", str(wrong), "--homes", str(homes), "--places", str(places)]
    assert main(typed) == 2
    assert main(["circle", str(tmp_path / "none.pbf"), *typed[2:]]) == 2
    assert "none.pbf" in capsys.readouterr().err


@pytest.mark.parametrize("speed", [0, -1, float("inf"), float("nan")])
def test_a_pace_is_more_than_nothing(speed):
    with pytest.raises(ValueError, match="pace"):
        Pace(speed)
