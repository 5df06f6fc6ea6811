"""What a demonstration lives through a span of time by: its months and days, its moments, its dice.

A room's life is made in pieces of any length and in any order; a thing belongs to the piece in
which it ends. So nothing is made twice, nothing falls between two pieces, nothing lies ahead.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mulin.kit.clock import SHANGHAI, local_day


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `since` up to `now`, which does not belong to it any more; both aware."""

    since: datetime
    now: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.now

    def months(self) -> Iterator[date]:
        """The first day of each month that it touches, oldest first."""
        first = local_day(self.since).replace(day=1)
        last = local_day(self.now)
        while first <= last:
            yield first
            first = (first + timedelta(days=31)).replace(day=1)

    def days(self) -> Iterator[date]:
        """Each day that it touches, oldest first."""
        day, last = local_day(self.since), local_day(self.now)
        while day <= last:
            yield day
            day += timedelta(days=1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An hour of a day on the clock in Shanghai."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def ago(now: datetime, days: int, hour: int, minute: int = 0) -> datetime:
    """An hour of the day so many days before: what was done then was not done at the hour at which
    a demonstration happens to be made. Never later than `now`.
    """
    return min(at(local_day(now) - timedelta(days=days), hour, minute), now)


def lately(now: datetime, *, hours: int = 0, minutes: int = 0) -> datetime:
    """So much working time before `now`: what the desk did of late, it did while it was open.

    Past midnight that was the day before; who asks further back is never told a later moment.
    """
    left, day = timedelta(hours=hours, minutes=minutes), local_day(now)
    end = min(now, at(day, *_CLOSES))
    while end - left < at(day, *_OPENS):
        left -= max(end - at(day, *_OPENS), timedelta(0))
        day -= timedelta(days=1)
        end = at(day, *_CLOSES)
    return end - left


#: Between these the desk and the workshop are at work.
_OPENS, _CLOSES = (8, 30), (17, 30)


def dice(*what: object) -> random.Random:
    """The same dice for the same words, however often and in whatever order they are thrown."""
    return random.Random("-".join(map(str, what)))  # noqa: S311  made up, not guessed at


def nth_weekday(first: date, nth: int, weekday: int) -> date:
    """The nth (from 1) Monday (1) … Sunday (7) of the month that begins on `first`."""
    return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (nth - 1))


def reached(goals: dict[int, int], year: int, *, more: int) -> int:
    """How many there are at the end of a year: as planned, after the last planned year `more` each."""
    last = max(goals)
    return goals.get(year, goals[last] + more * max(year - last, 0))
