"""How hours are said."""

from collections.abc import Iterable
from datetime import datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.ground.places.rules import Hours, grouped, opening
from mulin.kit.clock import local_day


def opening_line(hours: Iterable[Hours], now: datetime) -> str:
    """One line under the name of a place: open until …, closed, opens …."""
    state = opening(hours, now)
    if state.changes_at is None:
        return _("No hours are known.")
    clock = _clock(state.changes_at)
    if state.is_open:
        return _("Open now, until %(clock)s.") % {"clock": clock}
    if state.in_days == 0:
        return _("Closed now, opens at %(clock)s.") % {"clock": clock}
    if state.in_days == 1:
        return _("Closed now, opens tomorrow at %(clock)s.") % {"clock": clock}
    weekday = (local_day(now).isoweekday() - 1 + state.in_days) % 7 + 1
    return _("Closed now, opens %(day)s at %(clock)s.") % {
        "day": weekday_name(weekday),
        "clock": clock,
    }


def week_lines(hours: Iterable[Hours]) -> list[str]:
    """The hours of the week, days that are alike in one line."""
    lines = []
    for weekdays, spans in grouped(hours):
        times = pgettext("between opening hours", ", ").join(
            f"{_clock(opens)}–{_clock(closes)}" for opens, closes in spans
        )
        first, last = weekday_name(weekdays[0]), weekday_name(weekdays[-1])
        days = (
            first
            if len(weekdays) == 1
            else _("%(first)s to %(last)s") % {"first": first, "last": last}
        )
        lines.append(f"{days} {times}")
    return lines


def weekday_name(weekday: int) -> str:
    """The day's name."""
    return (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
        _("Sunday"),
    )[weekday - 1]  # fmt: skip


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment:%M}"
