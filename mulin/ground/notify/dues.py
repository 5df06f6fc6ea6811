"""What is to be told in person, as something owed: an alarm first, the rest by how long it waits."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Kind
from mulin.ground.community.rules import Harm
from mulin.ground.notify.models import Message
from mulin.kit.clock import end_of_day, local_day

KINDS: Final = (Kind("notify.task", _("to be told in person"), "notify:to-tell"),)


def dues(asked: Asked) -> Iterator[Due]:
    """What they carry themselves and, at the desk, what nobody carries: told the same day. One
    question.
    """
    carried = Q(carrier_id__in=asked.accounts)
    if asked.actor.is_desk:
        carried |= Q(carrier__isnull=True)
    rows = (
        Message.objects.to_be_told()
        .filter(carried, due_at__lte=asked.until)
        .order_by("-is_alarm", "due_at", "id")
        .values_list("id", "subject", "is_alarm", "due_at", "carrier_id")[: asked.most + 1]
    )
    for pk, subject, is_alarm, due_at, carrier_id in rows:
        yield Due(
            kind="notify.task", number=pk, what=subject or "", harm=Harm.LIFE if is_alarm
            else Harm.COURTESY, why=_("it reaches them by no other way"), due_at=end_of_day(local_day(due_at)),
            holder_id=carrier_id, url=reverse("notify:task", args=[pk]),
        )  # fmt: skip
