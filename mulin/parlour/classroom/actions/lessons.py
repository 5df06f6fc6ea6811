"""A lesson is planned, its audience counted, its feedback and drill kept; a stopped fraud is told."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.actions.planning import Plan, count_walk_ins, plan_gathering
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.classroom.models import (
    DrillCount,
    Feedback,
    Kit,
    Lesson,
    OnlineLesson,
    OnlineVisit,
    StoppedFraud,
)
from mulin.parlour.classroom.permissions import may_teach, may_tell_stopped
from mulin.parlour.classroom.rules import KIND, MOST_SUM, Audience, Stopper, Trick

_WORST, _BEST = 1, 3


def plan_lesson(
    plan: Plan, *, kit: Kit, site: str, grid: Grid | None = None, teacher: str = "", by: Actor,
    now: datetime, token: str | None = None,
) -> Lesson:  # fmt: skip
    """Put a lesson into the calendar. Nobody is told yet. Raises NotPermitted, Refused."""
    _check(by)
    with recording(by, "classroom.plan_lesson", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Lesson)
        gathering = plan_gathering(KIND, plan, by=by, now=now)
        lesson: Lesson = Lesson.objects.create(
            community_id=by.community_id, gathering=gathering, kit=kit, grid=grid, site=site,
            teacher=teacher.strip(),
        )  # fmt: skip
        act.on(lesson, after={"title": gathering.title, "kit": kit.pk, "teacher": lesson.teacher})
    return lesson


def count_audience(
    lesson: Lesson, counts: Mapping[str, int], *, by: Actor, now: datetime, token: str | None = None
) -> Lesson:
    """So many of each kind came without leaving a name. Raises NotPermitted, and Refused for a
    number below nought or once the list of who came is closed.
    """
    _check(by)
    if any(count < 0 or kind not in set(Audience) for kind, count in counts.items()):
        raise Refused(_("Type a number; nought if nobody."))
    with recording(by, "classroom.count_audience", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Lesson)
        count_walk_ins(lesson.gathering, sum(counts.values()), by=by, now=now)
        before = lesson.walk_ins
        lesson.walk_ins = {kind: count for kind, count in counts.items() if count}
        lesson.save(update_fields=["walk_ins"])
        act.on(lesson, before={"walk_ins": before}, after={"walk_ins": lesson.walk_ins})
    return lesson


def give_feedback(
    lesson: Lesson, *, understood: int, useful: int, again: int, now: datetime
) -> Feedback:
    """Three taps. No act is written: it would say who tapped. Raises Refused for no face, and half
    a day after the lesson.
    """
    if lesson.is_past(now):
        raise Refused(_("This lesson is long over: nothing more is asked about it."))
    if any(not _WORST <= face <= _BEST for face in (understood, useful, again)):
        raise Refused(_("Tap one of the three faces."))
    row: Feedback = Feedback.objects.create(
        community_id=lesson.community_id, lesson=lesson, understood=understood, useful=useful,
        again=again,
    )  # fmt: skip
    return row


def take_way(lesson: Lesson, step: int, choice: int, *, now: datetime) -> int:
    """Somebody of the class takes a way in the drill: counted, and forgotten who. Half a day after
    the lesson it is walked without being counted. Gives the step it leads to. Raises Refused for a
    way that is not there.
    """
    found = lesson.kit.steps.get(step)
    if found is None or not 0 <= choice < len(found.choices):
        raise Refused(_("There is no such way here. Begin the scene again."))
    if not lesson.is_past(now):
        row, _made = DrillCount.objects.get_or_create(
            community_id=lesson.community_id, lesson=lesson, step=step, choice=choice
        )
        DrillCount.objects.filter(pk=row.pk).update(count=F("count") + 1)
    _words, goal = found.choices[choice]
    return int(goal)


def finish_online(online: OnlineLesson, *, is_replay: bool, now: datetime) -> OnlineVisit:
    """Somebody has read or watched it to the end; who, nobody knows, so no act is written."""
    row: OnlineVisit = OnlineVisit.objects.create(
        community_id=online.community_id, online=online, at=now, is_replay=is_replay
    )
    return row


def tell_stopped(
    *, day: date, trick: str, amount_yuan: Decimal, stopper: str, how: str,
    person: Person | None = None, lesson: Lesson | None = None, by: Actor, now: datetime,
    token: str | None = None,
) -> StoppedFraud:  # fmt: skip
    """Write down a fraud that was stopped. Raises NotPermitted, Refused beside the field."""
    if not may_tell_stopped(by):
        raise NotPermitted(_("Whoever looks after people does this."))
    if day > local_day(now):
        raise Refused(_("This day is still to come."), field="day")
    if trick not in set(Trick):
        raise Refused(_("Choose what kind of fraud it was."), field="trick")
    if stopper not in set(Stopper):
        raise Refused(_("Choose who stopped it."), field="stopper")
    if not 0 <= amount_yuan < MOST_SUM:
        raise Refused(_("Write the sum in yuan; nought if nobody knows."), field="amount_yuan")
    if not how.strip():
        raise Refused(_("Say how it was noticed and stopped: others learn from it."), field="how")
    with recording(by, "classroom.tell_stopped", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(StoppedFraud)
        row: StoppedFraud = StoppedFraud.objects.create(
            community_id=by.community_id, day=day, trick=trick, amount_yuan=amount_yuan,
            stopper=stopper, how=how.strip(), person=person, lesson=lesson, told_at=now,
            told_by_id=by.account_id,
        )  # fmt: skip
        act.on(row, after={"trick": trick, "amount_yuan": amount_yuan, "stopper": stopper})
    return row


def _check(by: Actor) -> None:
    if not may_teach(by):
        raise NotPermitted(_("Whoever holds lessons does this."))
