"""What is near, what is open, who lacks what; against the obvious count."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.circle.booking.models import Booking, Room
from mulin.circle.proximity.actions import correct
from mulin.circle.proximity.figures import figures
from mulin.circle.proximity.queries import (
    around,
    board,
    busy_places,
    coverage,
    homes_near,
    people_by_building,
    tonight,
    way_to,
    with_service,
)
from mulin.circle.proximity.rules import Kind, Walk, Walker, services_for
from mulin.circle.proximity.siting import By, Means, Question, Where, answer
from mulin.circle.proximity.streets import streets as network
from mulin.commons.gatherings.actions.coming import sign_in
from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.ground.figures.rules import Period
from mulin.ground.people.models import Person, Residency
from mulin.ground.places.models import Building, Place, PlaceKind, Residence
from mulin.ground.places.rules import Service
from mulin.ground.places.walking.corrections import Fix
from mulin.ground.places.walking.table import table_of
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.coordinates import metres_between
from mulin.kit.refusals import Refused
from tests.clock import NOW
from tests.proximity.conftest import spot, streets
from tests.proximity.test_actions import a

ADULT, ELDER = Walker(Walk.ADULT), Walker()


def names(rows):
    return [row.place.name for row in rows]


def test_what_is_near_is_open_or_says_when(mapped):
    found = around(mapped.houses["1幢"], ELDER, NOW)
    assert [(one.place.name, one.is_open) for one in found.near] == [("卫生站", True)]
    # 580 m are more than an old person's ten minutes; the nearest is named all the same.
    ((service, nearest),) = found.lacking
    assert (service, nearest.place.name, nearest.way.minutes) == (Service.MEALS, "食堂", 13)
    assert names(around(mapped.houses["1幢"], ADULT, NOW).near) == ["卫生站", "食堂"]


@pytest.mark.parametrize(("hours", "clinic", "canteen"), [(0, True, False), (2, False, False), (8, False, True), (14, False, True), (16, False, False)])  # fmt: skip
def test_lunch_and_midnight(mapped, hours, clinic, canteen):
    at = NOW + timedelta(hours=hours)
    found = around(mapped.houses["3幢"], ADULT, NOW, at=at)
    assert {one.place.name: one.is_open for one in found.near} == {
        "卫生站": clinic,
        "食堂": canteen,
    }


def test_whoever_plans_a_way_is_told_it_by_the_streets_and_where_none_is_a_guess(mapped):
    points = [spot(20, 12), spot(210, 95), spot(300, 300)]
    table = table_of(points, NOW)
    # Along the street and up the lane: 180 + 95 m and the gaps at both doors; straight it is 207.
    assert 285 <= table.metres[0][1] == table.metres[1][0] <= 300
    assert {pair for pair in table.estimated if 2 not in pair} == set()
    assert table.metres[0][2] == pytest.approx(metres_between(points[0], points[2]) * 1.4, abs=1)
    assert table.metres[2][2] == 0


def test_a_pram_does_not_come_over_stairs_and_a_service_can_be_asked_for(mapped):
    correct(a(Fix.STAIRS, (300, 0), words="台阶"), by=mapped.by, now=NOW)
    Place.objects.filter(pk=mapped.clinic.pk).update(has_ramp=True)
    rolling = Walker(Walk.ADULT, steps=False)
    assert names(around(mapped.houses["2幢"], rolling, NOW).near) == ["卫生站"]
    assert names(around(mapped.houses["2幢"], ADULT, NOW, services=[Service.MEALS]).near) == [
        "食堂"
    ]


def test_who_comes_on_wheels_is_not_sent_over_steps_at_the_door(mapped):
    """The clinic has two steps and no ramp; of the canteen nobody has counted them."""
    rolling = Walker(Walk.ADULT, steps=False)
    found = around(mapped.houses["1幢"], rolling, NOW)
    assert (names(found.near), names(found.barred)) == (["食堂"], ["卫生站"])
    assert (Service.HEALTH, None) in found.lacking
    health = next(one for one in coverage(rolling, NOW).services if one.service is Service.HEALTH)
    assert (health.places, health.homes) == (0, 0)
    assert homes_near(mapped.clinic, rolling, NOW).homes == []
    assert homes_near(mapped.clinic, ADULT, NOW).homes != []
    Place.objects.filter(pk=mapped.clinic.pk).update(has_ramp=True)
    assert names(around(mapped.houses["1幢"], rolling, NOW).barred) == []


def test_who_lacks_what_at_an_hour_counts_what_is_open_then_and_gates_as_they_stand(mapped):
    """Without an hour it is told by day: a gate that is closed at night takes nobody away."""
    correct(
        a(Fix.GATE, (300, 0), words="门", opens=time(5), closes=time(22)), by=mapped.by, now=NOW
    )

    def homes(service, **more):
        found = coverage(ADULT, NOW + timedelta(hours=15), **more)
        return next(one.homes for one in found.services if one.service is service)

    # The gate is closed by now; by day everybody reaches both.
    assert (homes(Service.HEALTH), homes(Service.MEALS)) == (5, 5)
    at_eight = NOW.astimezone(SHANGHAI).replace(hour=20)
    assert (homes(Service.HEALTH, at=at_eight), homes(Service.MEALS, at=at_eight)) == (0, 5)
    at_night = at_eight.replace(hour=23)
    # Two on this side of it, and the one that is estimated.
    assert homes(Service.MEALS, at=at_night) == 3


def test_for_the_old_the_young_the_new(mapped):
    mapped.open("阅览室", 100, -10, Service.LEARNING)
    for asked, near in (("old", []), ("young", ["阅览室"]), ("new", []), ("health", ["卫生站"])):
        found = around(mapped.houses["1幢"], ELDER, NOW, services=services_for(asked))
        assert names(found.near) == near
    found = around(mapped.houses["1幢"], ELDER, NOW, services=services_for("old"))
    assert [service for service, _nearest in found.lacking] == [Service.MEALS]


def test_an_island_and_a_compound_are_not_walked_to(town):
    lines = streets(
        ("", [spot(300, 290), spot(320, 290)], {"highway": "footway"}),
        ("", [spot(390, 0), spot(390, 60)], {"highway": "footway", "access": "private"}),
    )
    lines[0] = ("新街路", [*lines[0][1][:2], spot(390, 0), *lines[0][1][2:]], lines[0][2])
    town.open("院内小店", 392, 50, Service.SHOPPING)
    town.build("6幢", 385, 40)
    town.walk_by(lines)
    inside, outside = around(town.houses["6幢"], ADULT, NOW), around(town.houses["4幢"], ADULT, NOW)
    assert "院内小店" in names(inside.near)
    assert "院内小店" not in names(outside.near)
    assert "食堂" in names(inside.near)
    # From the island nothing is reached, and nothing is guessed: it is said to lie apart.
    found = coverage(ADULT, NOW)
    assert [str(one) for one in found.apart] == ["5幢"]
    island = around(town.houses["5幢"], ADULT, NOW)
    assert (island.near, {nearest for _service, nearest in island.lacking}) == ([], {None})


def test_a_home_far_from_any_path_is_estimated_and_says_so(mapped):
    found = around(mapped.houses["5幢"], ADULT, NOW)
    assert found.is_estimate
    assert {one.way.is_estimate for one in found.near} == {True}
    assert [str(one) for one in coverage(ADULT, NOW).apart] == ["5幢"]


def test_a_way_is_drawn_where_one_is_known(mapped):
    way = way_to(mapped.houses["2幢"], mapped.canteen, ADULT, NOW)
    assert way.metres == pytest.approx(10 + 95 + 380 + 10, abs=2)
    assert way.line[0].lat > way.line[-1].lat
    assert way_to(mapped.houses["5幢"], mapped.canteen, ADULT, NOW) is None


def test_how_busy_it_is_stands_only_where_somebody_signed_in(mapped, cast):
    plan = Plan(title="血压日", place=mapped.clinic, starts_at=NOW, ends_at=NOW + timedelta(hours=10))  # fmt: skip
    made = plan_gathering("meeting", plan, by=mapped.by, now=NOW - timedelta(hours=2))
    assert [one.title for one in tonight(NOW)] == ["血压日"]
    sign_in(made, cast.wang.person, by=mapped.by, now=NOW)
    for minutes, busy in ((30, 1), (90, 0)):
        moment = NOW + timedelta(minutes=minutes)
        (clinic,) = around(mapped.houses["1幢"], ELDER, moment).near
        assert clinic.busy == busy


def test_who_came_to_a_booked_room_counts_too_and_nobody_twice(mapped, cast):
    room = Room.objects.create(
        community=mapped.community, place=mapped.clinic, name="大厅", seats=40
    )
    for state, ends in (("came", -30), ("came", -90), ("booked", 30)):
        Booking.objects.create(
            community=mapped.community, room=room, person=cast.wang.person, made_at=NOW,
            starts_at=NOW - timedelta(minutes=120), ends_at=NOW + timedelta(minutes=ends),
            minutes=90, purpose="group", people=7, state=state, group="everybody",
        )  # fmt: skip
    assert busy_places(NOW) == {mapped.clinic.pk: 7}


def test_the_old_with_meals_within_ten_minutes_are_a_share_of_the_old(peopled):
    figure = next(one for one in figures(with_service) if one.name == "proximity.old_with_meals")
    period = Period(NOW.date(), NOW.date())
    assert (figure.rows(period).count(), figure.of(period).count()) == (0, 12)
    peopled.settle("4幢", 3, born=NOW.year - 60)
    assert (figure.rows(period).count(), figure.of(period).count()) == (3, 15)


def test_what_is_near_is_told_in_the_chat_group(mapped, cast, client):
    page = cast.enter(client, cast.chen).get(
        f"/notify/share/proximity.home/{mapped.houses['1幢'].pk}/"
    )
    assert "卫生站：步行 1 分钟。" in page.context["text"]
    page = client.get(f"/notify/share/proximity.place/{mapped.clinic.pk}/")
    assert "8:00–11:30" in page.context["text"]


def test_the_hall_screen_shows_what_is_open_within_ten_minutes_of_the_parlour(mapped):
    assert board(NOW).open_now == []
    mapped.open("客厅", 200, -8, kind=PlaceKind.HALL, hours=(((8, 0), (17, 0)),))
    mapped.open("远店", 600, -8, Service.SHOPPING, hours=(((8, 0), (17, 0)),))
    assert names(board(NOW).open_now) == ["卫生站", "远店"]
    assert names(board(NOW + timedelta(hours=8)).open_now) == ["食堂"]


# ── the whole community ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def peopled(mapped):
    mapped.settle("1幢", 12, born=1945)
    mapped.settle("4幢", 4, born=2020)
    mapped.settle("4幢", 15, born=1990, residency=Residency.NEW)
    return mapped


def test_who_lacks_what_is_told_in_sums_of_ten_and_more(peopled):
    found = coverage(ELDER, NOW)
    by_service = {one.service: one for one in found.services}
    health = by_service[Service.HEALTH]
    assert [home.name for home, _way, _place in health.lacking] == ["4幢", "5幢"]
    assert health.homes == 3
    # 19 lack it, 12 have it: both may be told. Of four children nothing is.
    assert health.people_lacking == {
        Kind.ALL: 19, Kind.OLD: 0, Kind.OLDEST: 0, Kind.YOUNG: None, Kind.NEW: 15,
    }  # fmt: skip
    meals = by_service[Service.MEALS]
    assert [home.name for home, _way, _place in meals.lacking] == ["1幢", "2幢", "5幢"]
    assert meals.people_lacking[Kind.OLD] == 12
    assert by_service[Service.CHILDREN].places == 0
    assert len(by_service[Service.CHILDREN].lacking) == 5
    assert found.people[Kind.YOUNG] is None


def test_only_who_lives_there_now_is_counted(peopled):
    """Not who has moved out, moves in tomorrow, was erased, or stands on the roll under another row."""
    house, today = peopled.houses["1幢"], local_day(NOW)
    rows = list(Residence.objects.filter(dwelling__unit__building=house).order_by("pk"))
    assert people_by_building(today)[house.pk][Kind.OLD] == len(rows) == 12
    Residence.objects.filter(pk=rows[0].pk).update(until=today)
    Residence.objects.filter(pk=rows[1].pk).update(since=today + timedelta(days=1))
    Person.objects.filter(pk=rows[2].person_id).update(erased_at=NOW)
    Person.objects.filter(pk=rows[3].person_id).update(merged_into=rows[4].person_id)
    assert people_by_building(today)[house.pk][Kind.OLD] == 8


def test_who_comes_to_a_place(peopled):
    found = homes_near(peopled.canteen, ELDER, NOW)
    assert [home.name for home, _way in found.homes] == ["4幢", "3幢"]
    assert dict(found.people)[Kind.NEW] == 15
    assert dict(found.people)[Kind.YOUNG] is None


def test_the_whole_is_asked_for_in_the_same_number_of_queries_however_many_there_are(peopled):
    network()
    with CaptureQueriesContext(connection) as few:
        coverage(ELDER, NOW)
    for n in range(20):
        peopled.build(f"{n + 30}幢", n * 30, 12)
        peopled.open(f"店{n}", n * 30, -10, Service.SHOPPING)
    network()
    with CaptureQueriesContext(connection) as many:
        coverage(ELDER, NOW)
    assert len(few) == len(many)


# ── the next place ───────────────────────────────────────────────────────────────────────────


def test_the_next_place_goes_where_most_people_newly_reach_it(peopled):
    found = answer(Question(Service.MEALS, Kind.OLD, ELDER), NOW)
    # All twelve old people live at one end; whatever reaches them is best, and nothing is better.
    assert (found.now, found.then, found.bound, found.is_proved) == (0, 12, 12, True)
    assert found.chosen[0].homes == ["1幢"]
    assert found.chosen[0].gain == 12
    assert found.present == 1
    assert found.runner_up
    assert all(one.gain == 12 for one in found.ranked)


def test_where_nobody_would_gain_no_site_is_named(peopled):
    found = answer(Question(Service.HEALTH, Kind.OLD, ELDER), NOW)
    assert (found.now, found.then, found.chosen, found.runner_up) == (12, 12, [], [])


def test_corners_are_candidates_too_and_the_mean_walk_gets_shorter(peopled):
    corners = answer(Question(Service.MEALS, Kind.OLD, ELDER, where=Where.CORNERS), NOW)
    assert corners.chosen[0].name.endswith("新街路")
    walk = answer(Question(Service.MEALS, Kind.ALL, ELDER, by=By.WALK), NOW)
    assert walk.then < walk.now
    assert walk.bound <= walk.then + 1e-6


def test_longer_hours_are_a_candidate_beside_a_room(peopled):
    asked = Question(Service.MEALS, Kind.NEW, ELDER, at=NOW)
    found = answer(asked, NOW)
    assert found.present == 0
    assert "食堂延长开放" in [one.name for one in found.ranked] + [one.name for one in found.chosen]  # fmt: skip


def test_a_ramp_is_a_candidate_for_who_comes_on_wheels(peopled):
    rolling = Walker(Walk.ELDER, steps=False)
    found = answer(Question(Service.HEALTH, Kind.OLD, rolling), NOW)
    assert found.present == 0
    (ramp,) = (one for one in found.openings if one.means is Means.RAMP)
    assert (ramp.name, ramp.gain, ramp.homes) == ("卫生站加个坡道", 12, ["1幢"])


def test_only_what_is_named_is_chosen_among(peopled):
    asked = Question(Service.MEALS, Kind.OLD, ELDER, given=("3幢", "2幢", "食堂"))
    found = answer(asked, NOW)
    # Both are near the old of the first house; at the canteen there is one already.
    assert ([one.name for one in found.ranked], found.runner_up) == (["3幢", "2幢"], ["2幢"])
    assert (found.then, found.runner_up_then) == (12, 12)
    with pytest.raises(Refused, match="99幢") as refusal:
        answer(Question(Service.MEALS, Kind.OLD, ELDER, given=("99幢",)), NOW)
    assert refusal.value.field == "given"
    Building.objects.filter(name="2幢").update(longitude=None, latitude=None)
    with pytest.raises(Refused, match="2幢"):
        answer(asked, NOW)


def test_an_open_gate_is_a_candidate_beside_a_room(peopled):
    gate = a(Fix.SHUT, (100, 0), words="东门")
    correct(gate, by=peopled.by, now=NOW)
    peopled.settle("3幢", 11, born=1940)
    # Behind the wall the first house reaches the clinic, and nobody else does.
    found = answer(Question(Service.HEALTH, Kind.OLD, ELDER), NOW)
    (opened,) = (one for one in found.openings if one.means is Means.GATE)
    assert (opened.name, opened.gain) == ("东门", 11)
    assert set(opened.homes) >= {"3幢"}


def test_a_gate_that_is_not_there_yet_is_a_candidate_and_none_leads_through_a_compound(town):
    """A lane ends fifteen metres from the clinic's street: around it is a kilometre."""
    lane = ("后巷", [spot(100, 15), spot(100, 100), spot(-600, 100), spot(-600, 0), spot(0, 0)])
    town.build("9幢", 105, 90)
    town.settle("9幢", 12, born=1940)
    town.walk_by([*streets(), (*lane, {"highway": "footway"})])
    asked = Question(Service.HEALTH, Kind.OLD, ELDER)
    (gate,) = (one for one in answer(asked, NOW).ranked if one.means is Means.NEW_GATE)
    assert (gate.name, gate.gain, gate.homes) == (
        "新开一道门（新街路、后巷，两条路相距 15 米）", 12, ["9幢"],
    )  # fmt: skip
    town.walk_by([*streets(), (*lane, {"highway": "footway", "access": "private"})])
    Place.objects.filter(pk=town.clinic.pk).update(closed_at=NOW)
    town.open("内院门诊", 100, 60, Service.HEALTH)
    # From the street into the compound nobody is let through, gate or not.
    town.settle("3幢", 12, born=1940)
    assert not [one for one in answer(asked, NOW).openings if "3幢" in one.homes]


def test_nothing_is_said_where_nobody_lives_or_too_few(mapped):
    with pytest.raises(Refused):
        answer(Question(Service.MEALS, Kind.OLD), NOW)
    mapped.settle("1幢", 4, born=1945)
    found = answer(Question(Service.MEALS, Kind.OLD), NOW)
    assert (found.then, found.bound, found.whole, found.chosen[0].gain) == (None,) * 4
