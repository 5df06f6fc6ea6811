"""What the worker does: asks the engine, reminds, calls substitutes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from mulin.commons.planning.duty.planning import (
    conflict,
    make_again,
    make_plan,
    missing_in,
    one_more,
    values_of,
)
from mulin.commons.planning.duty.rota import Duties, Plan, Rota
from mulin.commons.planning.solving import Impossible, NothingFound, SolverMissing
from mulin.commons.rota.actions.duties import miss, nudge, pass_over, remind, sign_in
from mulin.commons.rota.actions.engine import keep_failure, keep_plan
from mulin.commons.rota.actions.members import follow_people
from mulin.commons.rota.actions.months import follow_needs
from mulin.commons.rota.models import Duty, Member, MonthState, Run, RunState
from mulin.commons.rota.queries import duties_of, months_published, rota_of
from mulin.commons.rota.registry import kinds
from mulin.commons.rota.rules import (
    AGAIN_SECONDS,
    ASK_SECONDS,
    COMES_WITHIN,
    EXPECTED,
    MISSED_AFTER,
    NUDGE_AFTER,
    PLAN_SECONDS,
    SIGN_IN_FROM,
    Stand,
    changes,
    is_time_to_remind,
)
from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.kit.clock import local_day
from mulin.kit.failpoints import failpoint
from mulin.kit.scoping import in_community

#: Words by which a page says why the engine found nothing.
IMPOSSIBLE: Final = "impossible"
NOTHING_FOUND: Final = "nothing found"
CHANGED: Final = "changed"


def work_out(
    community: Community, now: datetime, *, run: int, seconds: float = PLAN_SECONDS
) -> None:
    """One question to the engine. It thinks outside of any transaction; a second go changes nothing."""
    with in_community(community):
        row: Run | None = (
            Run.objects.select_related("month", "away")
            .filter(pk=run, state=RunState.WAITING)
            .first()
        )
        if row is None:
            return
        rota, before = rota_of(row.month), duties_of(row.month)
    by = system(community.pk)
    try:
        plan, told = _asked(row, rota, before, seconds)
    except (Impossible, NothingFound, ValueError, LookupError, StopIteration) as fault:
        why = {Impossible: IMPOSSIBLE, NothingFound: NOTHING_FOUND}.get(type(fault), CHANGED)
        with in_community(community):
            keep_failure(row, why, by=by, now=now)
        return
    failpoint("rota.before_plan_is_kept")
    with in_community(community):
        keep_plan(row, rota, plan, told, by=by, now=now)


def _asked(
    row: Run, rota: Rota, before: Duties, seconds: float
) -> tuple[Plan, dict[str, Any]]:  # Any: JSON
    if row.away_id is not None and row.since is not None:
        again = make_again(
            rota, before, away=str(row.away_id), since=row.since, until=row.until,
            seconds=min(seconds, AGAIN_SECONDS),
        )  # fmt: skip
        off, on = changes(before, again.duties)
        return again, {"off": off, "on": on, "made_by": again.made_by}
    plan = make_plan(rota, seconds=seconds)
    told: dict[str, Any] = {"made_by": plan.made_by, "is_whole": plan.is_whole}
    lacking = missing_in(plan)
    if lacking:
        skills = sorted({lack.skill for lack in plan.lacks if lack.skill})
        told["training"] = {skill: _answered(_training, rota, skill) for skill in skills}
        told["conflict"] = _answered(_conflict, rota, lacking)
    return plan, told


def _training(rota: Rota, skill: str) -> list[Any]:  # Any: a person and two numbers
    """Whom to train, and how many places are empty before and after."""
    found = one_more(rota, skill, seconds=ASK_SECONDS)
    before, after = values_of(found.before), values_of(found.after)
    return [found.person, before["cover"], after["cover"]]


def _conflict(rota: Rota, lacking: int) -> list[list[str]]:
    return [list(wish) for wish in conflict(rota, lacking, seconds=ASK_SECONDS)]


def _answered(ask: Callable[..., Any], *args: Any) -> Any:  # Any: what it answers
    """What else could be asked of the engine, if it answers: without a solver it can't."""
    try:
        return ask(*args)
    except (SolverMissing, NothingFound, Impossible, ValueError):
        return None


def watch(community: Community, now: datetime) -> None:
    """Whoever is not there ten minutes after the beginning; substitutes who do not answer."""
    by = system(community.pk)
    see_who_came(community, now)
    running = Duty.objects.filter(
        shift__month__state=MonthState.PUBLISHED, shift__starts_at__lte=now - MISSED_AFTER,
        shift__ends_at__gt=now, day__gte=local_day(now) - timedelta(days=1),
    ).select_related("shift__month", "member__person")  # fmt: skip
    late = running.filter(stand__in=EXPECTED).exclude(
        is_stand_in=True, answered_at__gt=now - COMES_WITHIN
    )
    for duty in late:
        miss(duty, by=by, now=now)
    silent = Duty.objects.filter(
        stand=Stand.CALLED, asked_at__lte=now - MISSED_AFTER,
        day__gte=local_day(now) - timedelta(days=2),
    ).select_related("shift__month", "member__person")  # fmt: skip
    for duty in silent:
        pass_over(duty, by=by, now=now)


def see_who_came(community: Community, now: datetime) -> None:
    """Whom a room has signed in itself is on duty: nobody says twice that they are here."""
    by = system(community.pk)
    for kind in kinds():
        if kind.here is None:
            continue
        coming = Duty.objects.filter(
            member__kind=kind.name, stand__in=[*EXPECTED, Stand.MISSED, Stand.CALLED],
            shift__month__state=MonthState.PUBLISHED, shift__starts_at__lte=now + SIGN_IN_FROM,
            shift__ends_at__gt=now, day__gte=local_day(now) - timedelta(days=1),
        ).select_related("shift__month", "member__person")  # fmt: skip
        there = kind.here(now) if coming.exists() else set()
        for duty in coming.filter(member__person__in=there):
            sign_in(duty, by=by, now=now)


def follow_rooms(community: Community, now: datetime) -> None:
    """What rooms say since a month was published: who may not be on duty, where more are needed."""
    by = system(community.pk)
    rooms = {kind.name: kind for kind in kinds() if kind.people or kind.needs}
    for month in months_published(rooms, local_day(now)):
        follow_people(rooms[month.kind], month, by=by, now=now)
        follow_needs(month, rooms[month.kind], by=by, now=now)


def remind_all(community: Community, now: datetime) -> None:
    """The evening before, each once; in the same hours, whoever has not said yes or no for days."""
    tomorrow = local_day(now) + timedelta(days=1)
    if not is_time_to_remind(tomorrow, now):
        return
    silent = Duty.objects.filter(
        stand=Stand.ASKED, asked_at__lte=now - NUDGE_AFTER, day__gt=tomorrow,
        shift__month__state=MonthState.PUBLISHED,
    )  # fmt: skip
    for member in Member.objects.filter(pk__in=silent.values("member")).select_related("person"):
        nudge(member, by=system(community.pk), now=now)
    rows = Duty.objects.expected().filter(
        day=tomorrow, reminded_at__isnull=True, shift__month__state=MonthState.PUBLISHED
    )
    for duty in rows.select_related("shift__month", "member__person"):
        remind(duty, by=system(community.pk), now=now)
