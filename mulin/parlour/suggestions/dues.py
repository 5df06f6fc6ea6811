"""What the hall owes: a first look, an answer."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Found, Kind, Part
from mulin.ground.community.rules import Harm
from mulin.parlour.suggestions.permissions import may_answer_ideas
from mulin.parlour.suggestions.queries import ideas_of_desk

_WHY: Final = {
    "suggestions.look": _("somebody waits to see their idea shown"),
    "suggestions.answer": _("every idea gets its answer"),
}


def parts(asked: Asked) -> Iterator[Part]:
    """What the desk alone may do."""
    if not may_answer_ideas(asked.actor):
        return
    yield Part(
        "suggestions.look", ideas_of_desk("held").filter(look_by__lte=asked.until),
        harm=Harm.COURTESY, due="look_by", said=("need__words",),
    )  # fmt: skip
    yield Part(
        "suggestions.answer",
        ideas_of_desk("").filter(look_by__isnull=True, due_at__lte=asked.until),
        harm=Harm.PROMISE, due="due_at", said=("need__words",),
    )  # fmt: skip


def _tell(asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=row.said[0][:80], why=_WHY[row.kind],
        harm=Harm(row.harm), due_at=row.due_at,
        url=reverse("suggestions:desk-idea", args=[row.number]),
    )  # fmt: skip


#: What is told of the rows that `parts` gives.
TOLD: Final = (
    (Kind("suggestions.look", _("ideas to look at"), "suggestions:desk", "show=held"), _tell),
    (Kind("suggestions.answer", _("ideas to answer"), "suggestions:desk"), _tell),
)
