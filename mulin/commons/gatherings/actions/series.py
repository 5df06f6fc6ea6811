"""What comes every month is entered, changed, ended; its gatherings make themselves."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.actions.coming import invite
from mulin.commons.gatherings.models import Gathering, Series
from mulin.commons.gatherings.permissions import may_keep_series
from mulin.commons.gatherings.queries import HOLDING, group_of_roll, to_announce
from mulin.commons.gatherings.registry import kind_of
from mulin.commons.gatherings.rules import Shift, coming_in, following_month
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Grid
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import Actor, system
from mulin.ground.places.holding import held_by_others
from mulin.ground.places.models import Place
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """What is typed of something that comes every month. `day` 0: by `nth` and `weekday`."""

    kind: str
    title: str
    begins: time
    ends: time
    day: int = 0
    nth: int = 1
    weekday: int = 6
    on_holiday: str = Shift.LATER
    on_make_up: str = Shift.KEEP
    place: Place | None = None
    place_words: str = ""
    whom: str = ""
    about: str = ""
    group: str = ""
    grid: Grid | None = None
    told_days: int = 5


def start_series(plan: SeriesPlan, *, by: Actor, now: datetime, token: str | None = None) -> Series:
    """Enter what comes every month; its first gathering is made at once. Raises NotPermitted,
    Refused.
    """
    _check(plan, by)
    with recording(by, "gatherings.start_series", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Series)
        series: Series = Series.objects.create(
            community_id=by.community_id, host_id=by.account_id, since=local_day(now),
            **_values(plan),
        )  # fmt: skip
        act.on(series, after=_told(plan))
        make_coming(series, now=now)
    return series


def change_series(
    series: Series, plan: SeriesPlan, *, by: Actor, now: datetime, token: str | None = None
) -> Series:
    """Another rule from now on. What stands in the calendar already stays: it is moved by itself.

    Raises NotPermitted, Refused, TakenMeanwhile.
    """
    _check_keep(series, by)
    _check(plan, by)
    with recording(by, "gatherings.change_series", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Series)
        _still_on(series, **_values(plan))
        series.refresh_from_db()
        act.on(series, after=_told(plan))
        make_coming(series, now=now)
    return series


def end_series(series: Series, *, by: Actor, now: datetime, token: str | None = None) -> Series:
    """No more of it is made. What stands in the calendar already stays. Raises NotPermitted,
    TakenMeanwhile.
    """
    _check_keep(series, by)
    with recording(by, "gatherings.end_series", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Series)
        _still_on(series, ended_on=local_day(now))
        series.refresh_from_db()
        act.on(series, after={"ended_on": series.ended_on})
    return series


def make_coming(series: Series, *, now: datetime) -> list[Gathering]:
    """Put what is to come this month and next into the calendar, each month once. Called by the
    sweep; what was called off is not made again. The next month waits while the State Council's
    notice for its year is unknown: people would be told a day that a holiday takes.

    Where its place is closed or held by another gathering it is made without one, and its host owes
    a place.
    """
    today = local_day(now)
    made = []
    for month in (today.replace(day=1), following_month(today)):
        if _held(series, month, today) is None or _is_made(series, month):
            continue
        found = _made(series, month, now=now)
        if found is not None:
            made.append(found)
    return made


def announce(gathering: Gathering, *, now: datetime) -> int:
    """Tell whoever the series tells, once. Called by the sweep; returns how many are new."""
    series = gathering.series
    if series is None or not series.group:
        return 0
    people = group_of_roll(series.group, grid_id=series.grid_id, day=local_day(now))
    return invite(
        gathering, people.order_by("grid", "id"), by=system(gathering.community_id), now=now
    )


def announce_due(now: datetime) -> int:
    """Announce all whose day has come; returns how many gatherings."""
    due = to_announce(local_day(now), now)
    for gathering in due:
        announce(gathering, now=now)
    return len(due)


def _held(series: Series, month: date, today: date) -> date | None:
    """The day that is to be made for a month; None where none is, or none yet."""
    coming = coming_in(series.rule, month, work_calendar())
    if not coming.is_certain and month > today:
        return None
    # A day that the holiday moved out of its month still counts for it.
    is_ahead = coming.held is not None and coming.held > max(today, series.since)
    return coming.held if is_ahead else None


def _made(read: Series, month: date, *, now: datetime) -> Gathering | None:
    try:
        return _make(read, month, now=now)
    except TakenMeanwhile:
        return None


def _make(read: Series, month: date, *, now: datetime) -> Gathering:
    by = system(read.community_id)
    with recording(by, "gatherings.make_coming", now=now) as act:
        # Within the act the head of the chain is locked: nobody else makes it, or takes the place,
        # and nobody ends or changes it.
        series = Series.objects.select_related("place").get(pk=read.pk)
        held = _held(series, month, local_day(now))
        if series.ended_on is not None or held is None or _is_made(series, month):
            raise TakenMeanwhile(_("It was ended meanwhile. Open it again."))
        starts = datetime.combine(held, series.begins, SHANGHAI)
        ends = datetime.combine(held, series.ends, SHANGHAI)
        place, words = series.place, series.place_words
        if place and (
            place.closed_at is not None
            or Gathering.objects.at_place(place, words, starts, ends).exists()
            or any(one.meets(words) for one in held_by_others(HOLDING, [place.pk], starts, ends))
        ):
            place, words = None, ""
        gathering: Gathering = Gathering.objects.create(
            community_id=series.community_id, kind=series.kind, title=series.title,
            starts_at=starts, ends_at=ends, place=place, place_words=words, about=series.about,
            whom=series.whom, host_id=series.host_id, series=series, series_month=month,
        )  # fmt: skip
        act.on(gathering, after={"title": gathering.title, "starts_at": starts})
    return gathering


def _is_made(series: Series, month: date) -> bool:
    return bool(Gathering.objects.filter(series=series, series_month=month).exists())


def _check(plan: SeriesPlan, by: Actor) -> None:
    if not kind_of(plan.kind).may_hold(by):
        raise NotPermitted(_("Whoever holds it plans it."))
    if plan.ends <= plan.begins:
        raise Refused(_("It ends before it begins. Look at both times."), field="ends")


def _check_keep(series: Series, by: Actor) -> None:
    if not may_keep_series(by, series):
        raise NotPermitted(_("Whoever holds it plans it."))


# Any: columns of mixed types.
def _still_on(series: Series, **values: Any) -> None:
    if Series.objects.filter(pk=series.pk, ended_on__isnull=True).update(**values) != 1:
        raise TakenMeanwhile(_("It was ended meanwhile. Open it again."))


def _values(plan: SeriesPlan) -> dict[str, Any]:  # Any: columns of mixed types
    values = {name: getattr(plan, name) for name in plan.__dataclass_fields__}
    return values | {"title": plan.title.strip(), "day": plan.day or 0}


def _told(plan: SeriesPlan) -> dict[str, str]:
    place = plan.place.pk if plan.place else ""
    grid = plan.grid.pk if plan.grid else ""
    flat = {name: getattr(plan, name) for name in plan.__dataclass_fields__}
    return {name: str(value) for name, value in (flat | {"place": place, "grid": grid}).items()}
