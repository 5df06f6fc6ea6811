"""Keeping what each figure was at the end of a day."""

from datetime import datetime, timedelta

from mulin.ground.community.models import Community
from mulin.ground.figures.models import Snapshot
from mulin.ground.figures.queries import measured, snapshots_of
from mulin.ground.figures.registry import figures
from mulin.ground.figures.rules import Period
from mulin.kit.clock import local_day

#: How many days back a sweep fills what was missed: a worker may have been off for a week.
CAUGHT_UP = 7


def take_snapshots(community: Community, now: datetime, *, days: int = CAUGHT_UP) -> int:
    """Keep the values of the last ended days; returns how many were new.

    Once kept a value stays, whatever becomes of the rows: it says what the day looked like at
    its end. Safe to run again and by two workers at once.
    """
    today = local_day(now)
    ended = [today - timedelta(days=back) for back in range(1, days + 1)]
    kept = snapshots_of(ended)
    fresh = []
    for day in ended:
        missing = [figure for figure in figures() if (figure.name, day) not in kept]
        fresh += [
            Snapshot(
                community=community, name=one.figure.name, day=day, value=one.value,
                denominator=one.parts.get("of"),
            )
            for one in measured(Period.of_day(day), missing)
        ]  # fmt: skip
    Snapshot.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def snapshot_sweep(community: Community, now: datetime) -> None:
    """What the hourly sweep does."""
    take_snapshots(community, now)
