"""Time limits and categories of a community: dated data with a source."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import first_categories
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.reception.actions.visit_kinds import first_visit_kinds
from mulin.parlour.reception.models import TimeLimit
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.rules import (
    FIRST_CATEGORIES,
    FIRST_LIMITS,
    FIRST_LIMITS_SINCE,
    FIRST_LIMITS_SOURCE,
    Limit,
)


def set_limit(
    *,
    by: Actor,
    urgency: str,
    limit: Limit,
    since: date,
    source: str,
    now: datetime,
    token: str | None = None,
) -> TimeLimit:
    """A new limit from a day on; what was received before keeps its own. Raises Refused without
    a source: a number nobody can trace is not a rule.
    """
    if not may(by, "change_limits"):
        raise NotPermitted(_("Only the head of the community changes limits."))
    if not source.strip():
        raise Refused(_("Say where this limit stands: a rule, a decision, a date."), field="source")
    with recording(by, "reception.set_limit", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(TimeLimit)
        row, _made = TimeLimit.objects.update_or_create(
            community_id=by.community_id, urgency=urgency, since=since,
            defaults={
                "respond_hours": limit.respond_hours,
                "answer_workdays": limit.answer_workdays,
                "answer_hours": limit.answer_hours,
                "source": source.strip(),
            },
        )  # fmt: skip
        act.on(row, after={"urgency": urgency, "since": since, "source": source})
    return row


def open_reception(*, by: Actor, now: datetime) -> None:
    """Give a new community its first categories, limits and kinds of visits; running it again changes nothing."""
    with recording(by, "reception.open_reception", now=now) as act:
        first_categories(FIRST_CATEGORIES, community_id=by.community_id)
        first_visit_kinds(by.community_id)
        row = None
        for urgency, limit in FIRST_LIMITS.items():
            row, _made = TimeLimit.objects.get_or_create(
                community_id=by.community_id, urgency=urgency, since=FIRST_LIMITS_SINCE,
                defaults={
                    "respond_hours": limit.respond_hours,
                    "answer_workdays": limit.answer_workdays,
                    "answer_hours": limit.answer_hours,
                    "source": FIRST_LIMITS_SOURCE,
                },
            )  # fmt: skip
        if row is not None:
            act.on(row)
