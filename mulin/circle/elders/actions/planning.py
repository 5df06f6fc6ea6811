"""When somebody is due next, and how often whom: what every other act of the room ends with."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.models import Elder, Pace
from mulin.circle.elders.permissions import may_set_paces
from mulin.circle.elders.queries import categories_of, last_seen, misses_of, paces_in_force
from mulin.circle.elders.rules import (
    FLOOR_DAYS,
    PLANNED_WAYS,
    Category,
    Paces,
    Way,
    keeps_floor,
    next_contact,
    risk_of,
)
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.refusals import NotPermitted, Refused


def plan(elder: Elder, *, paces: Paces | None = None) -> None:
    """Write down when somebody is due next. Part of another act.

    Whoever was not found stays due at the moment they were missed last, until somebody sees them;
    what is noted later than it was counts by when it was.
    """
    categories = categories_of(elder)
    elder.risk = risk_of(categories)
    seen = last_seen(elder)
    due = next_contact(
        categories, paces_in_force() if paces is None else paces,
        {way: local_day(moment) for way, moment in seen.items()}, since=elder.since,
    )  # fmt: skip
    elder.misses, missed_at = misses_of(elder, max(seen.values(), default=None))
    if missed_at is not None:
        elder.due_at, elder.due_way = missed_at, Way.DOOR
    else:
        elder.due_at = end_of_day(due.day) if due else None
        elder.due_way = due.way if due else ""
    elder.save(update_fields=["risk", "misses", "due_at", "due_way"])


def set_pace(
    category: Category, way: Way, *, days: int, source: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Pace:  # fmt: skip
    """From now on elders of a category are visited or called this often; everybody is planned anew.

    Raises NotPermitted for whoever is not the head, Refused for less than monthly (民发〔2022〕73号).
    """
    if not may_set_paces(by):
        raise NotPermitted(_("Only the head of the community sets how often."))
    if way not in PLANNED_WAYS or not 1 <= days <= FLOOR_DAYS:
        raise Refused(
            _("Between 1 and %(most)s days: everybody is seen or heard every month."),
            {"most": FLOOR_DAYS},
            field="days",
        )
    if not source.strip():
        raise Refused(_("Say by whose word, so that everybody can ask there."), field="source")
    with recording(by, "elders.set_pace", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Pace)
        row: Pace = Pace.objects.create(
            community_id=by.community_id, category=category, way=way, days=days, since=now,
            source=source.strip(),
        )  # fmt: skip
        paces = paces_in_force()
        if not keeps_floor(paces):
            raise Refused(_("Somebody would not be seen for a month."), field="days")
        for elder in Elder.objects.in_care().filter(facts__until=None, facts__category=category):
            plan(elder, paces=paces)
        act.on(row, after={"category": category, "way": way, "days": days, "source": source})
    return row
