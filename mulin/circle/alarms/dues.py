"""What the watch owes: somebody must go."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.models import Alarm, Cause
from mulin.circle.alarms.permissions import WATCH_ROLES
from mulin.ground.community.dues import Asked, Due, Found, Kind, Part, line_of_mine
from mulin.ground.community.rules import Harm


def parts(asked: Asked) -> Iterator[Part]:
    """Alarms that have not ended, as far as the actor sees them."""
    if not asked.actor.has(*WATCH_ROLES):
        yield Part(
            "alarms.called", Alarm.objects.running().real().visible_to(asked.actor),
            harm=Harm.LIFE, due="opened_at", said=("cause",),
        )  # fmt: skip
        return
    yield Part(
        "alarms.alarm", Alarm.objects.running().real().visible_to(asked.actor), harm=Harm.LIFE,
        due="opened_at", holder="going_account", said=("person__name", "where", "cause"),
    )  # fmt: skip


def _tell(asked: Asked, row: Found) -> Due:
    name, where, cause = row.said[:3]
    what = " · ".join(part for part in (name or str(_("somebody")), where) if part)
    return Due(
        kind=row.kind, number=row.number, what=what, why=Cause(cause).label, harm=Harm(row.harm),
        due_at=row.due_at, holder_id=row.holder_id or asked.actor.account_id,
        url=reverse("alarms:alarm", args=[row.number]), opens_beside=False,
    )  # fmt: skip


def _tell_called(asked: Asked, row: Found) -> Due:
    return line_of_mine(
        asked, row, what=str(_("An alarm that calls you")), why=Cause(row.said[0]).label,
        url=reverse("alarms:alarm", args=[row.number]),
    )  # fmt: skip


TOLD: Final = (
    (Kind("alarms.alarm", _("alarms"), "alarms:duty"), _tell),
    (Kind("alarms.called", _("alarms that call me"), "alarms:mine"), _tell_called),
)
