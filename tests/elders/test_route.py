"""The way of a day: by the paths and not across, drawn, told as a table, on paper."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.circle.elders.actions.visits import note_contact
from mulin.circle.elders.models import Elder
from mulin.circle.elders.queries import day_of, day_of_desk, round_of
from mulin.circle.elders.rules import Category, Outcome, Way
from mulin.circle.proximity.demo import osm_text
from mulin.circle.proximity.models import WalkMap
from mulin.ground.places.models import Place, PlaceKind, Residence
from mulin.ground.places.walking.osm import read_extract
from mulin.ground.places.walking.stored import pack
from mulin.kit import clock
from tests.clock import NOW
from tests.factories.places import (
    BuildingFactory,
    DwellingFactory,
    ResidenceFactory,
    UnitFactory,
)
from tests.proximity.conftest import spot

LATE = NOW + timedelta(days=40)
#: Two streets side by side, joined at their far end: who lives across is near only for birds.
STREETS = [
    ("前街", [spot(0, 0), spot(400, 0), spot(400, 60)], {"highway": "residential"}),
    ("后街", [spot(400, 60), spot(0, 60)], {"highway": "residential"}),
]


def settle(home, person, x, y):
    at = spot(x, y)
    building = BuildingFactory(
        community=home.cast.xinjie, grid=home.cast.grid_1, name=f"{x}幢",
        latitude=at.lat, longitude=at.lon,
    )  # fmt: skip
    unit = UnitFactory(community=home.cast.xinjie, building=building)
    dwelling = DwellingFactory(community=home.cast.xinjie, unit=unit)
    ResidenceFactory(community=home.cast.xinjie, person=person, dwelling=dwelling)


@pytest.fixture
def day(home):
    """The hall at one end of the front street; 周奶奶 across from it, 陆大伯 half way along."""
    at = spot(0, 5)
    Place.objects.create(
        community=home.cast.xinjie, name="议事厅", kind=PlaceKind.HALL,
        latitude=at.lat, longitude=at.lon,
    )  # fmt: skip
    settle(home, home.another("周奶奶", Category.DISABLED).person, 10, 55)
    settle(home, home.another("陆大伯", Category.ALONE).person, 200, 5)
    return home


@pytest.fixture
def mapped(day, tmp_path):
    path = tmp_path / "street.osm"
    path.write_text(osm_text(STREETS), "utf-8")
    WalkMap.objects.create(
        community=day.cast.xinjie, file_name="street.osm", source="test",
        content=pack(read_extract(path)), read_at=NOW, taken_in_at=NOW, told={"metres": 860},
    )  # fmt: skip
    return day


def told(found):
    return [(one.number, str(one.elder), one.metres, one.is_estimated) for one in found.stops]


def test_the_way_goes_by_the_paths_and_whose_house_nobody_knows_stands_last(mapped):
    found = day_of_desk(LATE)
    (one, two, three) = told(found)
    assert (one[1], two[1], three) == ("陆大伯", "周奶奶", (3, "王秀英", None, False))
    # To the end of the street, over, and all the way back, with the gaps at both doors.
    assert 200 <= one[2] <= 215
    assert 645 <= two[2] <= 665
    assert found.metres == one[2] + two[2]
    assert not found.is_estimated


def test_without_a_map_it_is_estimated_and_said_so(day):
    found = day_of_desk(LATE)
    assert [one[1] for one in told(found)] == ["周奶奶", "陆大伯", "王秀英"]
    assert found.is_estimated
    assert "M" in found.picture(LATE).figure


def test_whom_a_call_is_enough_for_is_not_walked_to_until_a_visit_is_due_as_well(mapped):
    lu = Elder.objects.get(person__name="陆大伯")
    note_contact(lu, outcome=Outcome.WELL, way=Way.DOOR, by=mapped.by, now=LATE - timedelta(days=8))
    found = day_of_desk(LATE)
    assert [(str(one.elder), one.is_call) for one in found.stops][:1] == [("周奶奶", False)]
    assert [str(one.elder) for one in found.stops if one.is_call] == ["陆大伯"]
    later = LATE + timedelta(days=30)
    assert [str(one.elder) for one in day_of_desk(later).stops if one.is_call] == []


def test_the_picture_follows_the_streets_with_a_mark_for_each_door(mapped):
    figure = day_of_desk(LATE).picture(LATE).figure
    assert figure.count('class="m-mark') == 2
    assert "从这里出发" in figure
    way = figure.partition('class="m-way"')[2].partition(' d="')[2].partition('"')[0]
    # Down the front street, over at its end, back along the other: no step across.
    steps = [tuple(map(int, one.split())) for one in _steps(way)]
    assert max(y for _x, y in steps) - min(y for _x, y in steps) <= 62
    assert sum(abs(x) for x, _y in steps) == pytest.approx(790, abs=6)


def _steps(way):
    numbers = way.partition("l")[2].split()
    return [" ".join(pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]


def test_a_helper_walks_their_own_and_the_desk_prints_it(mapped, client):
    settle(mapped, mapped.wang.person, 300, 5)
    settle(mapped, mapped.cast.yong.person, 390, 5)
    for found in (
        round_of(mapped.cast.yong.actor, LATE, only_due=True),
        day_of(mapped.helper, LATE),
    ):
        ((number, name, metres, _guess),) = told(found)
        assert (number, name) == (1, "王秀英")
        assert 90 <= metres <= 105
    with clock.standing_still(LATE):
        desk = mapped.cast.enter(client, mapped.cast.chen)
        page = desk.get("/elders/route/").content.decode()
        assert page.index("陆大伯") < page.index("周奶奶")
        assert "proximity/map" in page
        own = desk.get(f"/elders/route/?helper={mapped.helper.pk}").content.decode()
        assert "王秀英" in own
        assert "周奶奶" not in own
        printed = desk.get(f"/elders/route/paper/?helper={mapped.helper.pk}")
        assert printed.headers["Content-Type"] == "application/pdf"
        yong = mapped.cast.enter(client, mapped.cast.yong)
        assert "m-mark" in yong.get("/elders/round/").content.decode()
        assert yong.get("/elders/round/paper/").headers["Content-Type"] == "application/pdf"
        assert yong.get("/elders/route/").status_code == 404


def test_a_day_has_sixty_doors_and_says_how_many_are_left(day):
    for number in range(60):
        day.another(f"老人{number}", Category.ALONE)
    found = day_of_desk(LATE)
    assert (len(found.stops), found.left_out) == (60, 3)


def test_of_two_in_one_house_the_second_is_no_way(mapped):
    person = mapped.another("沈大妈", Category.DISABLED).person
    dwelling = Residence.objects.get(person__name="周奶奶").dwelling
    ResidenceFactory(community=mapped.cast.xinjie, person=person, dwelling=dwelling)
    metres = {str(one.elder): one.metres for one in day_of_desk(LATE).stops}
    assert 0 in {metres["周奶奶"], metres["沈大妈"]}


def test_ten_doors_more_are_no_question_more(mapped, client):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            assert desk.get("/elders/route/").status_code == 200
        return len(seen)

    with clock.standing_still(LATE):
        desk = mapped.cast.enter(client, mapped.cast.chen)
        desk.get("/elders/route/")
        before = asked()
        for number in range(10):
            person = mapped.another(f"老人{number}", Category.ALONE).person
            settle(mapped, person, 21 + 30 * number, 5)
        assert asked() == before
