"""Two demands about one thing go together: one is worked on, both askers hear of every step.

What each said stays written down once, in their own need, with a number and a slip of their own.
Nothing is joined by itself, and whatever was joined can be taken apart again.
"""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import add_step, go_with
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import Refused
from mulin.parlour.reception.actions.moves import (
    end_joining,
    move,
    name_of,
    next_reminder,
    permit,
    spoken,
    tell_owner,
)
from mulin.parlour.reception.models import Demand, Joining
from mulin.parlour.reception.rules import OPEN_STATES, Act, State, next_state


def join_demand(
    demand: Demand, *, lead: Demand, by: Actor, now: datetime, token: str | None = None
) -> Demand:
    """Let a demand go with another, by somebody who works on both.

    Raises Refused for two that are one already, for a lead that is not open or goes with another
    itself, and for a demand that others go with.
    """
    permit("work_on", by, demand)
    permit("work_on", by, lead)
    with recording(by, "reception.join_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        go_together(demand, lead, by=by, now=now)
        act.on(demand, after={"lead": lead.pk})
    return demand


def part_demand(demand: Demand, *, by: Actor, now: datetime, token: str | None = None) -> Demand:
    """It was about something else after all: it goes on by itself, from where it stood."""
    permit("leave", by, demand)
    with recording(by, "reception.part_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        lead_id = demand.joinings.filter(ended_at__isnull=True).values_list("lead", flat=True)
        before = list(lead_id)
        if next_state(State(demand.state), Act.LEAVE) is None:
            raise Refused(_("It does not go with another now. Open it again to see."))
        _part(demand, by=by, now=now)
        act.on(demand, before={"lead": before})
    return demand


def go_together(demand: Demand, lead: Demand, *, by: Actor, now: datetime) -> None:
    """Part of an act that joins: the demand waits for the lead's answer, its asker hears where.

    That they hear who looks after it and by when is their first word.
    """
    _check(demand, lead)
    after = next_state(State(demand.state), Act.JOIN)
    if after is None:
        raise Refused(_("This cannot be done now. Open it again to see where it stands."))
    Joining.objects.create(
        community_id=demand.community_id, demand=demand, lead=lead, joined_at=now,
        joined_by_id=by.account_id,
    )  # fmt: skip
    move(
        demand, after, now=now, owner_id=lead.owner_id, due_at=None, remind_at=None,
        waiting_on="", responded_at=demand.responded_at or now,
        was_late=demand.was_late or bool(demand.due_at and demand.due_at < now),
    )  # fmt: skip
    demand.owner = lead.owner
    go_with(demand.need, lead.need)
    add_step(
        demand.need, by=by, kind="joined", record=demand, now=now, tell_asker=True, may_wait=True,
        line=_(
            "Somebody has told us of the same before. %(name)s looks after it and answers by"
            " %(when)s; you hear of every step."
        )
        % {"name": name_of(lead.owner), "when": spoken(lead.answer_by)},
    )  # fmt: skip
    add_step(
        lead.need, by=by, kind="companion", record=lead, now=now, is_for_asker=False,
        line=_("%(number)s goes with it from now on.") % {"number": demand.need.number},
    )  # fmt: skip
    tell_owner(
        lead, by=by, now=now, subject=_("One more asks for the same: %(number)s"),
        key=f"companion-{demand.pk}-{now:%Y%m%d%H%M%S}",
    )  # fmt: skip


def _check(demand: Demand, lead: Demand) -> None:
    if demand.pk == lead.pk or demand.joinings.filter(lead=lead, ended_at__isnull=True).exists():
        raise Refused(_("These two go together already."))
    if State(lead.state) not in OPEN_STATES:
        raise Refused(_("That one is not open any more. Open it again to see where it stands."))
    if demand.followers.filter(ended_at__isnull=True).exists():
        raise Refused(_("Others go with this one: join the other one to it instead."))
    if demand.need.is_sealed or lead.need.is_sealed:
        raise Refused(_("A sealed matter goes with no other."))


def _part(demand: Demand, *, by: Actor, now: datetime) -> None:
    """On with it, within the limits it was promised on the day it was said."""
    due = demand.answer_by
    move(
        demand, State.ACCEPTED, now=now, due_at=due, remind_at=next_reminder(now, due),
        escalated_at=None,
    )  # fmt: skip
    end_joining(demand, now=now)
    add_step(
        demand.need, by=by, kind="parted", record=demand, now=now, tell_asker=True, may_wait=True,
        line=_("It goes on by itself. You get an answer by %(when)s.") % {"when": spoken(due)},
    )  # fmt: skip
    tell_owner(
        demand, by=by, now=now, subject=_("It goes on by itself: %(number)s"),
        key=f"parted-{now:%Y%m%d%H%M%S}",
    )  # fmt: skip
