"""What the classroom owes: the number of a draw, and a quiz that is to be forgotten."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Found, Kind, Part
from mulin.ground.community.rules import Harm
from mulin.kit.clock import local_day
from mulin.parlour.classroom.models import Draw
from mulin.parlour.classroom.permissions import may_draw


def parts(asked: Asked) -> Iterator[Part]:
    """Draws whose day has come: people wait to hear who has won."""
    if not may_draw(asked.actor):
        return
    yield Part(
        "classroom.draw",
        Draw.objects.waiting().filter(source_day__lte=local_day(asked.now)),
        harm=Harm.COURTESY, said=("lesson__gathering__title", "code"),
    )  # fmt: skip


def _tell(_asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=row.said[0][:80],
        why=_("people wait to hear who has won"), harm=Harm(row.harm), due_at=row.due_at,
        url=reverse("classroom:draw", args=[row.said[1]]),
    )  # fmt: skip


#: What is told of the rows that `parts` gives.
TOLD: Final = (
    (Kind("classroom.draw", _("draws whose number is known"), "classroom:lessons"), _tell),
)
