"""What the head owes here: children whom nobody fetched, checks that run out, enrolments."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Found, Kind, Part
from mulin.ground.community.rules import Harm, Role
from mulin.kit.clock import local_day
from mulin.workshop.childcare.models import Carer, Stay

#: A new check takes weeks to get.
_BEFORE: Final = timedelta(days=335)


def parts(asked: Asked) -> Iterator[Part]:
    """Without a name: whoever reads the list has no clearance."""
    if not asked.actor.has(Role.HEAD):
        return
    yield Part(
        "childcare.late", Stay.objects.here().filter(closing_at__lte=asked.now, rung__gt=0),
        harm=Harm.FRAIL, due="closing_at",
    )  # fmt: skip
    old = local_day(asked.now) - _BEFORE
    yield Part(
        "childcare.check", Carer.objects.active().filter(record_checked_on__lte=old),
        harm=Harm.COLLEAGUE, said=("person__name",),
    )  # fmt: skip


def _tell_late(asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=str(_("A child was not fetched")),
        why=_("childcare has closed"), harm=Harm(row.harm), due_at=row.due_at,
        holder_id=asked.actor.account_id, url=reverse("childcare:count"), opens_beside=False,
    )  # fmt: skip


def _tell_check(asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=str(row.said[0]),
        why=_("the check of the criminal record runs out"), harm=Harm(row.harm), due_at=row.due_at,
        holder_id=asked.actor.account_id, url=reverse("childcare:people"), opens_beside=False,
    )  # fmt: skip


TOLD: Final = (
    (Kind("childcare.late", _("children not fetched"), "childcare:count"), _tell_late),
    (Kind("childcare.check", _("checks of carers"), "childcare:people"), _tell_check),
)
