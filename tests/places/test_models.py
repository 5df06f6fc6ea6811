"""How a place says when it is open."""

from datetime import time, timedelta

import pytest
from django.utils import translation

from mulin.ground.places.actions import add_place, set_hours
from mulin.ground.places.rules import Hours
from mulin.kit.scoping import in_community
from tests.clock import NOW  # a Wednesday, ten in the morning

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall(cast):
    with in_community(cast.xinjie), translation.override("en"):
        yield add_place(by=cast.chen.actor, now=NOW, name="睦邻客厅", kind="hall")


@pytest.mark.parametrize(
    ("hours_later", "line"),
    [
        (0, "Open now, until 11:30."),
        (2, "Closed now, opens at 13:30."),
        (8, "Closed now, opens tomorrow at 8:30."),
        (32, "Closed now, opens Monday at 8:30."),
    ],
)
def test_a_line_says_whether_one_may_come(cast, hall, hours_later, line):
    week = [
        Hours(day, *span)
        for day in (1, 3, 4)
        for span in ((time(8, 30), time(11, 30)), (time(13, 30), time(17)))
    ]
    hall = set_hours(hall, week, by=cast.chen.actor, now=NOW)
    assert hall.opening_line(NOW + timedelta(hours=hours_later)) == line
    assert hall.week_lines() == [
        "Monday 8:30–11:30, 13:30–17:00",
        "Wednesday to Thursday 8:30–11:30, 13:30–17:00",
    ]


def test_without_hours_nothing_is_promised(hall):
    assert hall.opening_line(NOW) == "No hours are known."
    assert hall.week_lines() == []
