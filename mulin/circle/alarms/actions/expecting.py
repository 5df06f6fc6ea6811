"""What is to be heard of somebody: rows made ahead, and what becomes of those nobody answered."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from mulin.circle.alarms.actions.raising import Call, raise_alarm
from mulin.circle.alarms.models import Cause, Expectation, ExpectedState, Watch
from mulin.circle.alarms.queries import away_now, overdue
from mulin.circle.alarms.rules import AHEAD, Expected, check_ins, water_spans
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.ground.people.models import Person
from mulin.kit.failpoints import failpoint
from mulin.kit.scoping import in_community

logger = logging.getLogger(__name__)

#: Rows of what was heard are kept no longer: they would tell a life.
HEARD_KEPT = timedelta(days=3)


def plan_ahead(community: Community, now: datetime) -> int:
    """Make the rows of the next two days; those that are there stay. Returns how many are new."""
    rows = [
        Expectation(
            community=community, watch=watch, cause=cause, since=one.since, until=one.until,
            alarm_at=one.alarm_at, needed=watch.water_litres if cause == Cause.WATER else None,
        )
        for watch in Watch.objects.standing()
        for cause, one in _expected(watch, now)
    ]  # fmt: skip
    before = Expectation.objects.count()
    Expectation.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return int(Expectation.objects.count()) - before


def _expected(watch: Watch, now: datetime) -> list[tuple[Cause, Expected]]:
    begin = max(now, watch.since)
    times = [one for one in (watch.morning, watch.evening) if one is not None]
    found = [
        (Cause.SILENCE, one)
        for one in check_ins(
            times, grace=timedelta(minutes=watch.grace_minutes), begin=begin, until=now + AHEAD
        )
    ]
    if watch.water_litres:
        found += [
            (Cause.WATER, one)
            for one in water_spans(watch.water_hours, begin=begin, until=now + AHEAD)
            if one.since >= watch.since
        ]
    return found


def forget_heard(community: Community, now: datetime) -> int:
    """What was heard is forgotten."""
    old = Expectation.objects.filter(alarm_at__lt=now - HEARD_KEPT)
    dropped: int
    dropped, _kinds = old.exclude(state=ExpectedState.WAITING).delete()
    return dropped


def forget_plans(watch: Watch) -> None:
    """What was expected of them no longer is; the plan is made anew with the next round."""
    Expectation.objects.filter(watch=watch, state=ExpectedState.WAITING).delete()


def scan(community: Community, *, clock: Callable[[], datetime]) -> int:
    """Whatever was not heard becomes an alarm; whoever is away is left in peace. Also after a
    night off: in order, each in a transaction of its own. Returns how many alarms.
    """
    with in_community(community):
        due = overdue(clock())
    raised = 0
    for pk in due:
        try:
            with in_community(community):
                raised += _judge(pk, now=clock())
        except Exception:  # the next one must still be looked at
            logger.exception("expectation %s could not be judged", pk)
        failpoint("alarms.mid_scan")
    return raised


def _judge(expectation_id: int, *, now: datetime) -> bool:
    row: Expectation | None = (
        Expectation.objects.select_related("watch__person")
        .filter(pk=expectation_id, state=ExpectedState.WAITING)
        .first()
    )
    if row is None:
        return False
    mine = Expectation.objects.filter(pk=row.pk, state=ExpectedState.WAITING)
    watch = row.watch
    was_away = away_now([watch.pk], row.alarm_at) or away_now([watch.pk], row.since)
    if was_away or watch.ended_at is not None:
        mine.update(state=ExpectedState.AWAY, seen=0)
        return False
    person = Person.kept_of(watch.person)
    by = system(row.community_id)
    with recording(by, "alarms.miss", now=now) as act:
        if mine.update(state=ExpectedState.MISSED, seen=0) != 1:
            act.drop()
            return False
        call = Call(cause=Cause(row.cause), person=person, watch=watch, where=person.address)
        alarm = raise_alarm(call, by=by, now=now)
        Expectation.objects.filter(pk=row.pk).update(alarm=alarm)
        act.on(row, after={"alarm": alarm.pk})
        failpoint("alarms.in_scan")
    return True
