"""How a demand stands, in a word and a colour, for pages."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.kit.clock import local_day
from mulin.parlour.reception.models import STATE_LABELS
from mulin.parlour.reception.rules import OPEN_STATES, State
from mulin.parlour.reception.similar import Similar

_TONES = {
    State.ANSWERED: "sky",
    State.CONFIRMED: "jade",
    State.CLOSED: "",
}
_LATE = _("late")
_TODAY = _("due today")
_TOMORROW = _("due tomorrow")


def standing(state: str, due_at: datetime | None, now: datetime) -> tuple[str, str | Promise]:
    """(tone, word): late before due before the state itself."""
    where = State(state)
    if where in OPEN_STATES and due_at is not None:
        if due_at < now:
            return "alarm", _LATE
        # A limit of 24:00 is the end of that day, not the start of the next.
        days = (local_day(due_at - timedelta(microseconds=1)) - local_day(now)).days
        if days <= 0:
            return "amber", _TODAY
        if days == 1:
            return "amber", _TOMORROW
    return _TONES.get(where, ""), STATE_LABELS[where]


# Any: what a template shows of each.
def shown(rows: Iterable[Similar], now: datetime) -> list[dict[str, Any]]:
    """Similar demands, each with its tone and word."""
    drawn = []
    for row in rows:
        tone, word = standing(row.state, row.due_at, now)
        drawn.append({"row": row, "tone": tone, "word": word})
    return drawn
