"""What the worker does for the workshop: the evening's plan."""

from datetime import datetime
from typing import Any

from mulin.commons.planning.allocation import (
    BY_SOLVER,
    Work,
    allocate,
    first_come,
    measured,
    trade,
)
from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.kit.clock import SHANGHAI
from mulin.kit.scoping import in_community
from mulin.workshop.production.actions.evening import ask_plan, keep_failure, keep_plan
from mulin.workshop.production.evening import (
    COUNTER,
    FAIR,
    WISHES,
    allocation_told,
    measure_told,
    still,
    work_of,
)
from mulin.workshop.production.models import LotPlan, PlanState
from mulin.workshop.production.queries import batches, free_lots, hands, latest_plan
from mulin.workshop.production.rules import EVENING, FAIR_SECONDS, WISH_SECONDS, propose

FIRST_COME = "first_come"


def work_out(
    community: Community, now: datetime, *, plan: int, seconds: float = FAIR_SECONDS
) -> None:
    """One question to the engine. It thinks outside of any transaction; a second go changes nothing."""
    with in_community(community):
        row: LotPlan | None = LotPlan.objects.filter(pk=plan, state=PlanState.WAITING).first()
        if row is None:
            return
        lots = free_lots()
        people, _workers = hands(now, lots)
        asked = batches(lots)
    by = system(community.pk)
    try:
        work = work_of(asked, people)
        told = _answers(work, seconds)
    except ValueError as fault:
        with in_community(community):
            keep_failure(row, str(fault), by=by, now=now)
        return
    counter = {str(one.lot): str(one.worker) for one in propose(asked, people) if one.worker}
    told[COUNTER] = measure_told(measured(work, still(work, counter)))
    with in_community(community):
        keep_plan(row, work, told, by=by, now=now)


def _answers(work: Work, seconds: float) -> dict[str, Any]:  # Any: what JSON holds
    """The fairest answer; what a little less equality buys, where it buys something; first come."""
    fair = allocate(work, seconds=seconds)
    told: dict[str, Any] = {
        FAIR: allocation_told(fair),
        FIRST_COME: measure_told(measured(work, first_come(work))),
    }
    if fair.made_by == BY_SOLVER and any(one.likes for one in work.workers):
        wishes = trade(work, fair, seconds=min(seconds, WISH_SECONDS))
        if wishes.measure.wishes_met > fair.measure.wishes_met:
            told[WISHES] = allocation_told(wishes)
    return told


def ask_in_the_evening(community: Community, now: datetime) -> None:
    """Once an evening, where a lot is free."""
    here = now.astimezone(SHANGHAI)
    begins = here.replace(hour=EVENING.hour, minute=0, second=0, microsecond=0)
    last = latest_plan()
    if here < begins or (last is not None and last.asked_at >= begins) or not free_lots():
        return
    ask_plan(by=system(community.pk), now=now)
