"""Snapshots: once a day, kept as they were, caught up after a night off."""

from datetime import date, timedelta
from decimal import Decimal

from mulin.ground.figures.actions import take_snapshots
from mulin.ground.figures.models import Snapshot
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import CommunityFactory
from tests.figures.conftest import days_ago, knock

YESTERDAY = date(2026, 11, 24)


def test_what_a_day_was_stays_whatever_comes_later(db, figures):
    town = CommunityFactory()
    knock(town, at=days_ago(1), times=3, topic="open")
    knock(town, at=days_ago(1), times=1, topic="shut")
    with in_community(town):
        assert take_snapshots(town, NOW) == 7 * len(figures)
        knock(town, at=days_ago(1), times=5)
        assert take_snapshots(town, NOW) == 0
        kept = Snapshot.objects.filter(day=YESTERDAY)
        assert {row.name: (row.value, row.denominator) for row in kept} == {
            "test.knocks": (4, None),
            "test.minutes": (4, None),
            "test.persons": (4, None),
            "test.desk": (4, None),
            "test.rate": (Decimal("75.0"), 4),
        }


def test_a_week_off_is_caught_up(db, figures):
    town = CommunityFactory()
    with in_community(town):
        take_snapshots(town, NOW)
        assert take_snapshots(town, NOW + timedelta(days=3)) == 3 * len(figures)
