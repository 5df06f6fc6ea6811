"""Chinese working days, make-up days (调休) included, and the limits counted in them.

How a limit is counted:

- by the day: the day of receipt is not counted (《民法典》第201条第1款), the limit ends at 24:00 of
  its last day (第203条第2款). Received late on Friday or during the Spring Festival makes no
  difference: the first counted day is the next one of its kind;
- in working days: holidays and days off don't count (as 《行政许可法》第82条 has it), so the last
  day is always a working day;
- in calendar days: all days count, and a last day that is a holiday moves to the next working
  day (《民法典》第203条第1款);
- by the hour: from the moment itself (第201条第2款), through nights and holidays.

第203条第2款 also lets a limit end when business closes. Mulin gives the whole day instead.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from chinese_calendar import constants

from mulin.kit.clock import SHANGHAI, end_of_day, local_day

_HOLIDAYS: Final[frozenset[date]] = frozenset(constants.holidays)
_MAKE_UP_DAYS: Final[frozenset[date]] = frozenset(constants.workdays)
_KNOWN_YEARS: Final[frozenset[int]] = frozenset(day.year for day in _HOLIDAYS)
_FRIDAY: Final = 4
_ONE_DAY: Final = timedelta(days=1)


class WorkCalendar:
    """Which days are worked, by the State Council's yearly notice and the table of exceptions.

    `exceptions` maps a day to True (worked) or False (off) and outranks the notice.
    `complete_years` are years beyond the built-in notices whose notice has been entered in the
    table. For any other year only weekends are known, and `is_certain` says so.
    """

    def __init__(
        self,
        exceptions: Mapping[date, bool] = MappingProxyType({}),
        *,
        complete_years: Collection[int] = (),
    ) -> None:
        self._exceptions = dict(exceptions)
        self._certain_years = _KNOWN_YEARS.union(complete_years)

    def is_workday(self, day: date) -> bool:
        exception = self._exceptions.get(day)
        if exception is not None:
            return exception
        return day in _MAKE_UP_DAYS or (day.weekday() <= _FRIDAY and day not in _HOLIDAYS)

    def is_holiday(self, day: date) -> bool:
        """Off by the notice or the table. An ordinary weekend is no holiday."""
        exception = self._exceptions.get(day)
        return day in _HOLIDAYS if exception is None else not exception

    def is_make_up_day(self, day: date) -> bool:
        """A Saturday or Sunday that is worked (调休)."""
        return day.weekday() > _FRIDAY and self.is_workday(day)

    def is_certain(self, day: date) -> bool:
        """The notice for that day is known; otherwise the answer is a guess from the weekday."""
        return day in self._exceptions or day.year in self._certain_years

    def certain_until(self) -> date:
        """The last day up to which no year is guessed."""
        year = max(_KNOWN_YEARS)
        while year + 1 in self._certain_years:
            year += 1
        return date(year, 12, 31)

    def workday_on_or_after(self, day: date) -> date:
        while not self.is_workday(day):
            day += _ONE_DAY
        return day

    def workday_after(self, day: date, days: int) -> date:
        """The n-th working day after `day`, which itself is not counted; before it if negative.

        Zero gives `day` itself.
        """
        step = _ONE_DAY if days > 0 else -_ONE_DAY
        left = abs(days)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def add_workdays(self, moment: datetime, days: int) -> datetime:
        """The same time of day in Shanghai, so many working days later, or earlier if negative."""
        local = moment.astimezone(SHANGHAI)
        return datetime.combine(
            self.workday_after(local_day(moment), days), local.time(), tzinfo=SHANGHAI
        )

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.workdays_between(end, start)
        return sum(map(self.is_workday, _days(start + _ONE_DAY, end)))

    def deadline_in_workdays(self, moment: datetime, days: int) -> datetime:
        """24:00 of the n-th working day after the day of receipt."""
        _at_least_one(days)
        return end_of_day(self.workday_after(local_day(moment), days))

    def deadline_in_days(self, moment: datetime, days: int) -> datetime:
        """24:00 of the n-th calendar day, moved to the next working day if that day is off."""
        _at_least_one(days)
        return end_of_day(self.workday_on_or_after(local_day(moment) + timedelta(days=days)))


def deadline_in_hours(moment: datetime, hours: int) -> datetime:
    """So many hours by the clock, at night and on holidays too: for what can't wait."""
    _at_least_one(hours)
    return (moment.astimezone(UTC) + timedelta(hours=hours)).astimezone(SHANGHAI)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _at_least_one(count: int) -> None:
    if count < 1:
        raise ValueError("a limit is at least one day or hour")
