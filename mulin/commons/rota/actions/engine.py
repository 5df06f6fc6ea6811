"""Asking the engine in a job, and keeping what it said."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from mulin.commons.planning.duty.checks import faults
from mulin.commons.planning.duty.rota import Plan, Rota, snapshot
from mulin.commons.rota.models import (
    Duty,
    Member,
    Month,
    MonthState,
    Run,
    RunState,
    Shift,
)
from mulin.commons.rota.queries import latest_run
from mulin.commons.rota.rules import Stand, check_ends
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.ground.notify.queue import enqueue
from mulin.kit.refusals import Refused

JOB = "rota.plan"


def ask_engine(month: Month, *, by: Actor, now: datetime) -> Run:
    """A proposal for the whole month, worked out by the worker. Within the caller's act.

    Raises Refused while the last one is still worked on.
    """
    last = latest_run(month)
    if last is not None and last.is_busy(now):
        raise Refused(_("It is being worked out already. Look again in half a minute."))
    run: Run = Run.objects.create(community_id=by.community_id, month=month, asked_at=now)
    _ring(run)
    return run


def ask_again(
    month: Month, away: Member, *, since: datetime, until: datetime, by: Actor, now: datetime
) -> Run:
    """Who takes what somebody had, with as few changes as possible. Within the caller's act."""
    run: Run = Run.objects.create(
        community_id=by.community_id, month=month, away=away, since=since, until=until,
        asked_at=now,
    )  # fmt: skip
    _ring(run)
    return run


def _ring(run: Run) -> None:
    enqueue(JOB, community=Community.objects.get(pk=run.community_id), run=run.pk)


def keep_plan(
    run: Run, rota: Rota, plan: Plan, told: Mapping[str, Any], *, by: Actor, now: datetime
) -> Run:  # Any: JSON
    """What the engine said. For an open month its duties become the proposal; after a sick call the
    changes wait for whoever manages. A second answer to the same question changes nothing.
    """
    with recording(by, "rota.keep_plan", now=now) as act:
        won = Run.objects.filter(pk=run.pk, state=RunState.WAITING).update(
            state=RunState.DONE, done_at=now, snapshot=snapshot(rota), plan=plan.as_json(),
            told=dict(told),
        )  # fmt: skip
        if won != 1:
            act.drop()
            return run
        run.refresh_from_db()
        act.on(run, after={"made_by": plan.made_by, "is_whole": plan.is_whole})
        is_open = Month.objects.filter(pk=run.month_id, state=MonthState.OPEN).exists()
        if run.away_id is None and is_open:
            _lay(run, rota, plan)
    return run


def _lay(run: Run, rota: Rota, plan: Plan) -> None:
    """The proposal as rows; what was proposed before is gone."""
    shifts = {str(one.pk): one for one in Shift.objects.filter(month=run.month_id)}
    members = {str(one.pk): one for one in Member.objects.filter(kind=run.month.kind)}
    known = set(plan.duties) <= set(shifts) and not faults(rota, plan.duties)
    if not known:
        Run.objects.filter(pk=run.pk).update(state=RunState.FAILED, told={"why": "changed"})
        return
    Duty.objects.filter(shift__month=run.month_id, stand=Stand.PROPOSED).delete()
    Duty.objects.bulk_create(
        duty_row(shifts[shift], members[member], Stand.PROPOSED)
        for shift, people in plan.duties.items()
        for member in people
    )


def keep_failure(run: Run, why: str, *, by: Actor, now: datetime) -> None:
    """The engine found nothing; `why` is a word of `FAILURES`."""
    with recording(by, "rota.keep_failure", now=now) as act:
        won = Run.objects.filter(pk=run.pk, state=RunState.WAITING).update(
            state=RunState.FAILED, done_at=now, told={"why": why}
        )
        if won != 1:
            act.drop()
        act.on(run, after={"why": why})


def duty_row(
    shift: Shift, member: Member, stand: Stand, *, now: datetime | None = None,
    is_stand_in: bool = False,
) -> Duty:  # fmt: skip
    """A duty that is not in the database yet. Raises Refused for who may not be with children."""
    checked = member.checked_on
    ends = check_ends(checked) if checked is not None else None
    if shift.with_children and not (checked and ends and checked <= shift.day < ends):
        raise Refused(
            _("%(name)s has no record check that is less than twelve months old on that day."),
            {"name": member},
        )
    return Duty(
        community_id=shift.community_id, shift=shift, member=member, stand=stand, day=shift.day,
        with_children=shift.with_children, checked_on=checked, check_ends_on=ends, asked_at=now,
        is_stand_in=is_stand_in,
    )  # fmt: skip
