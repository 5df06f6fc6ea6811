"""Walks that a phone recorded are read as they were written, and refused where they can't be."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.ground.places.walking.doors import Flat, gap_of
from mulin.kit.coordinates import Position
from mulin.kit.tracks import GpsFile, TrackRefused, read_gps, thinned

pytestmark = pytest.mark.once
A, B, C = Position(120.9461, 30.5264), Position(120.9470, 30.5264), Position(120.9470, 30.5270)


def test_a_gpx_holds_walks_routes_and_marked_points():
    told = f"""<?xml version="1.0" encoding="utf-8"?>
    <gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
      <wpt lat="{A.lat}" lon="{A.lon}"><name>小门</name></wpt>
      <trk><name>新路</name>
        <trkseg><trkpt lat="{A.lat}" lon="{A.lon}"><ele>4</ele></trkpt>
          <trkpt lat="{B.lat}" lon="{B.lon}"/></trkseg>
        <trkseg><trkpt lat="{C.lat}" lon="{C.lon}"/></trkseg></trk>
      <rte><rtept lat="{C.lat}" lon="{C.lon}"/><rtept lat="{A.lat}" lon="{A.lon}"/></rte>
      <trk><trkseg><trkpt lat="{A.lat}" lon="{A.lon}"/></trkseg></trk>
    </gpx>"""
    # A pause ends a segment and not the walk; a single point is no walk.
    assert read_gps(told.encode()) == GpsFile(((A, B, C), (C, A)), (A,))


def test_a_kml_holds_lines_recorded_tracks_and_points():
    told = f"""<kml xmlns="http://www.opengis.net/kml/2.2"
        xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
      <Placemark><LineString><coordinates>{A.lon},{A.lat},3
        {B.lon},{B.lat},3</coordinates></LineString></Placemark>
      <Placemark><gx:Track><when>2026-11-25T08:00:00Z</when>
        <gx:coord>{B.lon} {B.lat} 3</gx:coord><gx:coord>{C.lon} {C.lat} 3</gx:coord>
      </gx:Track></Placemark>
      <Placemark><Point><coordinates>{C.lon},{C.lat}</coordinates></Point></Placemark>
    </Document></kml>"""
    assert read_gps(told.encode()) == GpsFile(((A, B), (B, C)), (C,))


@pytest.mark.parametrize(
    "told",
    [
        b"", b"walk", b"<gpx>", b"<html/>", b"\x00\x01",
        b'<?xml version="1.0" encoding="unheard-of"?><gpx/>',
        b'<gpx><wpt lat="north" lon="1"/></gpx>', b'<gpx><wpt lat="1"/></gpx>',
        b'<gpx><wpt lat="91" lon="1"/></gpx>', b'<gpx><wpt lat="nan" lon="1"/></gpx>',
        b"<kml><LineString><coordinates>120.9 30.5</coordinates></LineString></kml>",
        b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>',
    ],
)  # fmt: skip
def test_what_is_no_walk_is_refused(told):
    with pytest.raises(TrackRefused):
        read_gps(told)


def test_a_file_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("mulin.kit.tracks.MOST_POINTS", 2)
    point = f'<wpt lat="{A.lat}" lon="{A.lon}"/>'
    assert len(read_gps(f"<gpx>{point * 2}</gpx>".encode()).points) == 2
    with pytest.raises(TrackRefused):
        read_gps(f"<gpx>{point * 3}</gpx>".encode())


def test_a_straight_walk_is_two_points_and_a_corner_stays():
    east = [Position(A.lon + n * 1e-5, A.lat) for n in range(100)]
    north = [Position(east[-1].lon, A.lat + n * 1e-5) for n in range(1, 100)]
    assert thinned(east, 3) == [east[0], east[-1]]
    assert thinned([*east, *north], 3) == [east[0], east[-1], north[-1]]
    assert thinned([A, B], 3) == [A, B]
    assert thinned([A, *[A] * 9, A], 3) == [A, A]


STEPS = st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=2, max_size=40)


@given(STEPS, st.sampled_from([1.0, 3.0, 10.0]))
def test_a_thinned_walk_keeps_its_ends_and_is_a_part_of_the_whole(steps, within):
    line = [Position(A.lon + x * 1e-5, A.lat + y * 1e-5) for x, y in steps]
    kept = thinned(line, within)
    assert (kept[0], kept[-1]) == (line[0], line[-1])
    rest = iter(line)
    assert all(at in rest for at in kept)
    flat = Flat.around(line)
    for x, y in map(flat, line):
        gaps = [gap_of(x, y, flat(one), flat(other))[0] for one, other in pairwise(kept)]
        # What lay within two metres of the point before was taken for standing still.
        assert min(gaps) <= within + 2.01
