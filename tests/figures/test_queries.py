"""A figure against a slow, obvious count of the same thing."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from mulin.ground.community.models import WorkdayException
from mulin.ground.community.rules import Actor, Grant, Role
from mulin.ground.figures.queries import Bar, measured, read, rows_behind, trend, values_of
from mulin.ground.figures.registry import Figure
from mulin.ground.figures.rules import Period, share_percent
from mulin.ground.notify.models import Message
from mulin.kit.clock import local_day
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import CommunityFactory
from tests.figures.conftest import days_ago, during, knock

NOVEMBER = Period.of_month(2026, 11)
MIDNIGHT = NOW.replace(hour=0)


@pytest.fixture
def town(db, figures):
    town = CommunityFactory()
    for topic, times in {"open": 6, "shut": 2, "nobody": 3, "later": 1}.items():
        knock(town, topic=topic, times=times, minutes=7)
    knock(town, at=days_ago(40), times=9)
    knock(CommunityFactory(), times=50)
    with in_community(town):
        yield town


@pytest.fixture
def desk(town):
    return Actor(town.pk, grants=(Grant(Role.COMMUNITY_WORKER),))


@pytest.fixture
def overseer(town):
    return Actor(town.pk, grants=(Grant(Role.STREET_OVERSEER),))


def test_a_figure_equals_the_rows_it_opens(town, figures, desk):
    for figure in figures.values():
        reading = read(figure, NOVEMBER, actor=desk)
        rows = list(rows_behind(figure, NOVEMBER, "rows"))
        assert all(local_day(row.created_at).month == 11 for row in rows)
        if figure.measure is not None:
            assert reading.number == sum(row.attempts for row in rows)
        elif not figure.is_rate:
            assert reading.number == len(rows)


def test_a_rate_always_has_what_it_is_a_share_of_and_whom_nobody_asked(town, figures, desk):
    reading = read(figures["test.rate"], NOVEMBER, actor=desk)
    assert reading.number == Decimal("75.0")
    assert reading.parts == {"rows": 6, "of": 8, "unreachable": 3, "not-yet-asked": 1}
    for part, count in reading.parts.items():
        assert len(rows_behind(figures["test.rate"], NOVEMBER, part)) == count


def test_a_rate_of_nothing_is_shown_as_nothing(town, figures, desk):
    reading = read(figures["test.rate"], Period.of_year(2020), actor=desk)
    assert (reading.number, reading.parts["of"]) == (None, 0)


def test_midnight_belongs_to_the_day_that_begins(town, figures, desk):
    knock(town, at=MIDNIGHT - timedelta(microseconds=1), topic="eve")
    knock(town, at=MIDNIGHT, topic="morning")
    yesterday = Period.of_day(date(2026, 11, 24))
    assert [row.topic for row in rows_behind(figures["test.knocks"], yesterday, "rows")] == ["eve"]
    assert read(figures["test.knocks"], yesterday, actor=desk).number == 1


@pytest.mark.parametrize(
    "period",
    [
        Period.of_day(date(2026, 11, 25)),
        NOVEMBER,
        Period.of_year(2026),
        Period(date(2026, 9, 30), date(2026, 11, 25)),
        Period(date(2020, 1, 1), date(2026, 11, 25)),
    ],
)
def test_a_trend_equals_each_bar_counted_by_hand(town, figures, desk, period):
    knock(town, at=MIDNIGHT, times=2)
    knock(town, at=MIDNIGHT - timedelta(microseconds=1), times=3)
    knock(town, at=MIDNIGHT.replace(month=1, day=1), times=4)
    figure = figures["test.knocks"]
    bars = trend(figure, period, actor=desk)
    edges = [bar.first for bar in bars[1:]] + [period.last + timedelta(days=1)]
    for bar, edge in zip(bars, edges, strict=True):
        days = Period(bar.first, edge - timedelta(days=1))
        assert bar == Bar(bar.first, during(days).count())
    assert bars[-1].number > 0


def test_the_trend_of_a_sum_and_of_a_rate(town, figures, desk):
    sums = trend(figures["test.minutes"], NOVEMBER, actor=desk)
    assert (sums[-1].number, sums[-2].number) == (12 * 7, 9)
    rates = trend(figures["test.rate"], NOVEMBER, actor=desk)
    assert (rates[-1].number, rates[-2].number, rates[-3].number) == (
        Decimal("75.0"), Decimal("100.0"), None,
    )  # fmt: skip


def test_a_trend_by_a_column_of_days(db, figures):
    WorkdayException.objects.create(day=date(2026, 11, 1), is_workday=True, source="x")
    WorkdayException.objects.create(day=date(2026, 10, 31), is_workday=True, source="x")
    figure = Figure(
        name="test.days", label="", definition="", row_template="", date_field="day",
        rows=lambda period: WorkdayException.objects.filter(**period.on_days("day")),
    )  # fmt: skip
    bars = trend(figure, NOVEMBER, actor=Actor(1))
    assert [bar.number for bar in bars[-3:]] == [0, 1, 1]


def test_few_people_are_held_back_from_the_street(town, figures, desk, overseer):
    figure = figures["test.persons"]
    day = Period.of_day(local_day(days_ago(3)))
    knock(town, at=days_ago(3), times=4)
    assert read(figure, day, actor=desk).number == 4
    held = read(figure, day, actor=overseer)
    assert (held.number, held.is_held_back) == (None, True)
    assert trend(figure, day, actor=overseer) == []
    knock(town, at=days_ago(3))
    assert read(figure, day, actor=overseer).number == 5
    assert read(figure, Period.of_day(date(2026, 11, 1)), actor=overseer).number == 0


def test_a_sum_of_few_people_is_held_back_however_large_it_is(town, figures, overseer):
    figure = Figure(
        name="test.wages", label="", definition="", row_template="", date_field="created_at",
        rows=during, measure=Sum("attempts"), about_persons=True,
    )  # fmt: skip
    knock(town, at=days_ago(3), times=2, minutes=900)
    assert read(figure, Period.of_day(local_day(days_ago(3))), actor=overseer).is_held_back


def test_a_hundred_knocks_of_four_persons_are_four(town, figures, overseer, desk):
    figure = Figure(
        name="test.who", label="", definition="", row_template="", date_field="created_at",
        rows=during, measure=Sum("attempts"), about_persons=True, persons="topic",
    )  # fmt: skip
    assert read(figure, NOVEMBER, actor=overseer).is_held_back
    assert trend(figure, NOVEMBER, actor=overseer) == []
    assert read(figure, NOVEMBER, actor=desk).number == 12 * 7
    assert measured(NOVEMBER, [figure])[0].is_telling(least=5)
    knock(town, topic="a fifth")
    assert not read(figure, NOVEMBER, actor=overseer).is_held_back
    assert not measured(NOVEMBER, [figure])[0].is_telling(least=5)


def test_a_share_is_held_back_with_the_part_it_would_tell(town, figures, overseer):
    figure = replace(figures["test.rate"], about_persons=True)
    assert read(figure, NOVEMBER, actor=overseer).number == Decimal("75.0")
    assert measured(NOVEMBER, [figure])[0].is_telling(least=5)  # two of eight are the rest
    few = replace(figure, rows=lambda period: during(period, topic="shut"))
    assert read(few, NOVEMBER, actor=overseer).number is None


def test_a_part_is_held_back_where_the_whole_less_it_would_tell(town, figures, desk, overseer):
    part = Figure(
        name="test.part", label="", definition="", row_template="", date_field="created_at",
        rows=lambda period: during(period, topic__in=["open", "shut", "later"]),
        within="test.persons",
    )  # fmt: skip
    (found,) = measured(NOVEMBER, [part])
    assert (found.value, found.rest, found.is_telling(least=5)) == (9, 3, True)
    assert read(part, NOVEMBER, actor=overseer).is_held_back
    assert read(part, NOVEMBER, actor=desk).number == 9
    knock(town, topic="nobody", times=2)
    assert not measured(NOVEMBER, [part])[0].is_telling(least=5)
    assert read(part, NOVEMBER, actor=overseer).number == 9


def test_all_at_once_is_each_by_itself_in_one_question(
    town, figures, desk, django_assert_num_queries
):
    for period in (NOVEMBER, Period.of_year(2019)):
        with django_assert_num_queries(1):
            values = values_of(period)
        knocks = during(period)
        answered = during(period, topic__in=["open", "shut"]).count()
        opened = during(period, topic="open").count()
        assert values == {
            "test.knocks": knocks.count(),
            "test.persons": knocks.count(),
            "test.desk": knocks.count(),
            "test.minutes": sum(row.attempts for row in knocks),
            "test.rate": share_percent(opened, answered),
        }


def test_a_stand_is_what_there_is_at_the_end_of_each_bar(town, desk, overseer):
    figure = Figure(
        name="test.stand", label="", definition="", row_template="", date_field="created_at",
        rows=lambda period: Message.objects.filter(created_at__lt=period.ends_at),
        about_persons=True, at_end=True,
    )  # fmt: skip
    bars = trend(figure, NOVEMBER, actor=desk)
    assert [bar.number for bar in bars[-3:]] == [0, 9, 21]
    assert read(figure, NOVEMBER, actor=desk).number == 21
    of_all = replace(
        figure, of=figure.rows, rows=lambda period: figure.rows(period).filter(topic="open")
    )
    assert [bar.number for bar in trend(of_all, NOVEMBER, actor=desk)[-3:]] == [
        None, Decimal("100.0"), share_percent(9 + 6, 21),
    ]  # fmt: skip
    knock(town, at=days_ago(300), times=4)
    assert trend(figure, NOVEMBER, actor=overseer) == []


def test_a_rate_that_measures_is_refused():
    with pytest.raises(ValueError, match="measures nothing"):
        Figure(
            name="x", label="", definition="", row_template="", date_field="created_at",
            rows=during, of=during, measure=Sum("attempts"),
        )  # fmt: skip


def test_another_communitys_rows_count_nowhere(town, figures, desk):
    assert read(figures["test.knocks"], NOVEMBER, actor=desk).number == 12
    assert Message.objects.count() == 21
