"""Lessons, who was reached, feedback, the drill, stopped frauds; figures; coverage; erasure."""

from datetime import timedelta
from decimal import Decimal

import pytest

from mulin.commons.gatherings.actions.coming import sign_in
from mulin.commons.gatherings.actions.planning import close_gathering
from mulin.ground.audit.models import Act
from mulin.ground.figures.registry import figures
from mulin.ground.figures.rules import Period
from mulin.ground.places.models import Place, PlaceKind
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.classroom.actions.kits import put_online
from mulin.parlour.classroom.actions.lessons import (
    count_audience,
    finish_online,
    give_feedback,
    take_way,
    tell_stopped,
)
from mulin.parlour.classroom.holdings import erase_stopped, stopped_told
from mulin.parlour.classroom.models import DrillCount, StoppedFraud
from mulin.parlour.classroom.queries import coverage, drill_told, feedback_of, reached_by
from tests.classroom.conftest import ENDS, a_lesson
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.factories.places import ResidenceFactory

DAY = NOW.date()


def numbers():
    """Every figure of the room over this year, by its name."""
    period = Period(DAY.replace(month=1, day=1), DAY)
    told = {}
    for figure in figures():
        if figure.name.startswith("classroom."):
            rows = figure.rows(period)
            told[figure.name.partition(".")[2]] = (
                rows.aggregate(sum=figure.measure)["sum"] if figure.measure else rows.count()
            )
    return told


def stop(cast, **values):
    told = {
        "day": DAY, "trick": "police", "amount_yuan": Decimal("120000.50"), "stopper": "neighbour",
        "how": "敲门问了一句", "by": cast.chen.actor, "now": NOW,
    }  # fmt: skip
    return tell_stopped(**(told | values))


def test_who_was_reached_is_counted_by_kind_with_and_without_a_name(cast, lesson):
    sign_in(lesson.gathering, cast.wang.person, by=cast.chen.actor, now=NOW)
    counts = {"elderly": 3, "workers": 0, "children": 2}
    count_audience(lesson, counts, by=cast.chen.actor, now=NOW, token="t")
    count_audience(lesson, counts, by=cast.chen.actor, now=NOW, token="t")
    lesson.refresh_from_db()
    assert lesson.walk_ins == {"elderly": 3, "children": 2}
    assert lesson.gathering.walk_ins == 5
    assert [(named, unnamed) for _label, named, unnamed in reached_by(lesson, DAY)] == [
        (0, 2), (1, 3),
    ]  # fmt: skip
    with pytest.raises(Refused):
        count_audience(lesson, {"elderly": -1}, by=cast.chen.actor, now=NOW)
    with pytest.raises(NotPermitted):
        count_audience(lesson, counts, by=cast.yong.actor, now=NOW)


def test_only_whoever_looks_after_people_plans_a_lesson(cast, kits):
    assert a_lesson(kits["fire"], cast).gathering.kind == "lesson"
    with pytest.raises(NotPermitted):
        stop(cast, by=cast.yong.actor)


def test_the_drill_is_counted_for_the_class_and_no_act_says_who(cast, kits):
    lesson = a_lesson(kits["police"], cast)
    acts = Act.objects.count()
    assert take_way(lesson, 1, 1, now=NOW) == 3
    assert take_way(lesson, 1, 1, now=NOW) == 3
    assert take_way(lesson, 3, 0, now=NOW) == 4
    told = drill_told(lesson)
    assert [[way.count for way in ways] for _words, ways in told] == [[0, 2], [1, 0]]
    for step, choice in ((1, 9), (99, 0), (2, 0), (1, -1)):
        with pytest.raises(Refused):
            take_way(lesson, step, choice, now=NOW)
    assert Act.objects.count() == acts
    assert {field.name for field in DrillCount._meta.fields} == {
        "id", "community", "lesson", "step", "choice", "count",
    }  # fmt: skip


def test_three_taps_are_three_faces(lesson):
    give_feedback(lesson, understood=3, useful=2, again=1, now=NOW)
    give_feedback(lesson, understood=1, useful=2, again=1, now=NOW)
    assert feedback_of(lesson) == {"count": 2, "understood": 2, "useful": 2, "again": 1}
    with pytest.raises(Refused):
        give_feedback(lesson, understood=4, useful=1, again=1, now=NOW)


def test_a_stopped_fraud_is_written_down_once_with_a_sum_in_yuan(cast, lesson):
    row = stop(cast, lesson=lesson, token="t")
    assert row == stop(cast, lesson=lesson, token="t")
    assert StoppedFraud.objects.get().amount_yuan == Decimal("120000.50")
    for values, field in (
        ({"day": DAY + timedelta(days=1)}, "day"), ({"trick": "x"}, "trick"),
        ({"stopper": "x"}, "stopper"), ({"how": " "}, "how"),
        ({"amount_yuan": Decimal(-1)}, "amount_yuan"),
        ({"amount_yuan": Decimal(10) ** 8}, "amount_yuan"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            stop(cast, **values)
        assert refusal.value.field == field


def test_every_figure_is_what_its_words_say(cast, lesson, kits):
    a_lesson(kits["fire"], cast)  # planned, never held
    sign_in(lesson.gathering, cast.wang.person, by=cast.chen.actor, now=NOW)
    count_audience(lesson, {"new": 4}, by=cast.chen.actor, now=NOW)
    assert numbers()["lessons"] == numbers()["attendances"] == 0
    close_gathering(lesson.gathering, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
    online = put_online(kits["police"], film="", by=cast.chen.actor, now=NOW)
    for is_replay in (False, True, False):
        finish_online(online, is_replay=is_replay, now=NOW)
    stop(cast)
    stop(cast, amount_yuan=Decimal("0.50"))
    assert numbers() == {
        "lessons": 1, "attendances": 1, "walk_ins": 4, "came": 5, "online": 2, "stopped": 2,
        "stopped_yuan": Decimal(120001),
    }  # fmt: skip


def test_an_erased_person_leaves_the_sum_and_nothing_of_theirs(cast, lesson):
    row = stop(cast, person=cast.wang.person)
    assert stopped_told(cast.wang.person.pk)[0]["amount_yuan"] == "120000.50"
    for _time in range(2):
        erase_stopped(cast.wang.person.pk)
    row.refresh_from_db()
    assert (row.person, row.how, row.amount_yuan) == (None, "", Decimal("120000.50"))
    assert stopped_told(cast.wang.person.pk) == []
    detail = Act.objects.get(verb="classroom.tell_stopped").detail
    assert detail.changes is None


@pytest.fixture
def street(cast, xinjie):
    """Three people in 12幢 beside the hall and one in 20幢, a kilometre away."""
    cast.building_12.latitude, cast.building_12.longitude = Decimal("30.5250"), Decimal("120.9400")
    cast.building_12.save()
    cast.building_20.latitude, cast.building_20.longitude = Decimal("30.5350"), Decimal("120.9400")
    cast.building_20.save()
    Place.objects.create(
        community=xinjie, name="睦邻客厅", kind=PlaceKind.HALL, latitude=Decimal("30.5251"),
        longitude=Decimal("120.9401"),
    )  # fmt: skip
    old = [
        PersonFactory(community=xinjie, grid=cast.grid_1, birth_year=1950, residency="local")
        for _one in range(3)
    ]
    far = PersonFactory(community=xinjie, grid=cast.grid_2, birth_year=1990, residency="new")
    for person in old:
        ResidenceFactory(community=xinjie, person=person, dwelling=cast.dwelling_12_301)
    ResidenceFactory(community=xinjie, person=far, dwelling=cast.dwelling_20_101)
    return old, far


def test_coverage_says_who_is_missing_and_where_most_of_them_are_near(cast, street, lesson):
    (first, *_rest), _far = street
    before = coverage(NOW)
    sign_in(lesson.gathering, first, by=cast.chen.actor, now=NOW)
    after = coverage(NOW)
    place = {one.name: one for one in after.places}["睦邻客厅"]
    assert (place.people, place.reached, place.unreached) == (3, 1, 2)
    assert [count for _label, count in place.missing_words] == [2]
    assert [(one.name, one.unreached) for one in after.buildings] == [("12幢", 2), ("20幢", 1)]
    assert sum(one.reached for one in after.grids) == sum(one.reached for one in before.grids) + 1
    assert sum(one.people for one in after.audiences) == sum(one.people for one in before.audiences)
    # Without a position the grid decides.
    Place.objects.create(community=cast.xinjie, name="老年食堂", kind="shop", grid=cast.grid_2)
    assert {one.name: one.unreached for one in coverage(NOW).places}["老年食堂"] == 1
    # A year later nobody is reached any more.
    assert sum(one.reached for one in coverage(NOW + timedelta(days=366)).grids) == 0


def test_coverage_asks_as_often_for_four_people_as_for_forty(
    cast, street, lesson, django_assert_num_queries
):
    sign_in(lesson.gathering, street[1], by=cast.chen.actor, now=NOW)
    with django_assert_num_queries(7):
        coverage(NOW)
    for _one in range(36):
        person = PersonFactory(community=cast.xinjie, grid=cast.grid_1, birth_year=1950)
        ResidenceFactory(community=cast.xinjie, person=person, dwelling=cast.dwelling_12_301)
        sign_in(lesson.gathering, person, by=cast.chen.actor, now=NOW)
    with django_assert_num_queries(7):
        coverage(NOW)
