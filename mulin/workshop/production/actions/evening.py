"""The engine is asked who should have which free lot, and what it said is kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from mulin.commons.planning.allocation import Work, faults
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.ground.notify.queue import enqueue
from mulin.kit.refusals import Refused
from mulin.workshop.production.evening import FAIR, WISHES
from mulin.workshop.production.models import LotPlan, PlanState
from mulin.workshop.production.permissions import check_keeper
from mulin.workshop.production.queries import free_lots, latest_plan

JOB = "production.plan"


def ask_plan(*, by: Actor, now: datetime, token: str | None = None) -> LotPlan:
    """Have the lots that are free worked out by the worker. Raises Refused where none is, and while
    the last plan is worked on.
    """
    check_keeper(by)
    with recording(by, "production.ask_plan", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(LotPlan)
        last = latest_plan()
        if last is not None and last.is_busy(now):
            raise Refused(_("It is being worked out already. Look again in half a minute."))
        if not free_lots():
            raise Refused(_("No lot is free."))
        plan: LotPlan = LotPlan.objects.create(community_id=by.community_id, asked_at=now)
        enqueue(JOB, community=Community.objects.get(pk=by.community_id), plan=plan.pk)
        act.on(plan, after={"asked": True})
    return plan


def keep_plan(
    plan: LotPlan, work: Work, told: Mapping[str, Any], *, by: Actor, now: datetime
) -> LotPlan:  # Any: JSON
    """What the engine said, with its whole input. An answer that breaks a hard rule is none; a
    second answer to the same question changes nothing.
    """
    wrong = [
        fault
        for name in (FAIR, WISHES)
        for fault in faults(work, (told.get(name) or {}).get("given", {}))
    ]
    if wrong:
        keep_failure(plan, wrong[0], by=by, now=now)
        return plan
    with recording(by, "production.keep_plan", now=now) as act:
        waiting = LotPlan.objects.filter(pk=plan.pk, state=PlanState.WAITING)
        won = waiting.update(
            state=PlanState.DONE, done_at=now, snapshot=work.snapshot(), told=dict(told)
        )
        if won != 1:
            act.drop()
            return plan
        plan.refresh_from_db()
        act.on(plan, after={"worst": told[FAIR]["worst"], "bound": told[FAIR]["bound"]})
    return plan


def keep_failure(plan: LotPlan, why: str, *, by: Actor, now: datetime) -> None:
    """Nothing came of it, and why."""
    with recording(by, "production.keep_plan_failure", now=now) as act:
        waiting = LotPlan.objects.filter(pk=plan.pk, state=PlanState.WAITING)
        if waiting.update(state=PlanState.FAILED, done_at=now, told={"why": why}) != 1:
            act.drop()
        act.on(plan, after={"why": why})
