"""What the watch owes: somebody must go."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.models import Alarm, Cause, Chain, Duty, Watch
from mulin.circle.alarms.permissions import SETUP_ROLES, WATCH_ROLES
from mulin.circle.alarms.queries import SHEET_LOOK
from mulin.circle.alarms.rules import BOX_PROVEN_FOR
from mulin.ground.audit.models import Look
from mulin.ground.community.dues import Asked, Due, Found, Kind, Part, line_of_mine
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Harm
from mulin.kit.clock import local_day, start_of_day


def parts(asked: Asked) -> Iterator[Part]:
    """Alarms that have not ended, as far as the actor sees them."""
    if not asked.actor.has(*WATCH_ROLES):
        yield Part(
            "alarms.called", Alarm.objects.running().real().visible_to(asked.actor),
            harm=Harm.LIFE, due="opened_at", said=("cause",),
        )  # fmt: skip
        return
    if asked.actor.has(*SETUP_ROLES):
        yield from _of_the_desk(asked)
    yield Part(
        "alarms.alarm", Alarm.objects.running().real().visible_to(asked.actor), harm=Harm.LIFE,
        due="opened_at", holder="going_account", said=("person__name", "where", "cause"),
    )  # fmt: skip


def _of_the_desk(asked: Asked) -> Iterator[Part]:
    """Today's sheet that nobody printed, and a second box that nobody tried this week."""
    here = Community.objects.filter(pk=asked.actor.community_id)
    printed = Look.objects.filter(what=SHEET_LOOK, at__gte=start_of_day(local_day(asked.now)))
    yield Part(
        "alarms.sheet", here.filter(Exists(Watch.objects.standing()), ~Exists(printed)),
        harm=Harm.PROMISE,
    )  # fmt: skip
    proven = Chain.objects.filter(box_proven_at__gte=asked.now - BOX_PROVEN_FOR)
    boxes = Duty.objects.filter(second_box__isnull=False)
    yield Part("alarms.box", here.filter(Exists(boxes), ~Exists(proven)), harm=Harm.PROMISE)


def _tell_sheet(_asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=str(_("Sheet of the watch")),
        why=_("print today's: it works without power"), harm=Harm(row.harm),
        url=reverse("alarms:sheet"), opens_beside=False,
    )  # fmt: skip


def _tell_box(_asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=str(_("The second box")),
        why=_("nobody has seen this week that it sends its text"), harm=Harm(row.harm),
        url=f"{reverse('alarms:ladder')}#box", opens_beside=False,
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
    (Kind("alarms.sheet", _("sheet of the watch"), "alarms:sheet"), _tell_sheet),
    (Kind("alarms.box", _("second box"), "alarms:ladder"), _tell_box),
    (Kind("alarms.called", _("alarms that call me"), "alarms:mine"), _tell_called),
)
