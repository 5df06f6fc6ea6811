"""What the hall owes: a first look, an answer."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Found, Kind, Part
from mulin.ground.community.rules import Harm
from mulin.parlour.suggestions.models import Idea, IdeaQuerySet
from mulin.parlour.suggestions.permissions import may_answer_ideas
from mulin.parlour.suggestions.queries import ideas_of_desk, longest_waiting

_WHY: Final = {
    "suggestions.look": _("somebody waits to see their idea shown"),
    "suggestions.answer": _("every idea gets its answer"),
}


def parts(asked: Asked) -> Iterator[Part]:
    """What the desk alone may do."""
    if not may_answer_ideas(asked.actor):
        return
    held = ideas_of_desk("held").filter(look_by__lte=asked.until)
    yield Part(
        "suggestions.look", _first(held.order_by("look_by", "id"), asked), harm=Harm.COURTESY,
        due="look_by", said=("need__words",),
    )  # fmt: skip
    waiting = longest_waiting().filter(due_at__lte=asked.until)
    yield Part(
        "suggestions.answer", _first(waiting.order_by("due_at", "id"), asked), harm=Harm.PROMISE,
        due="due_at", said=("need__words",),
    )  # fmt: skip


def _first(rows: IdeaQuerySet, asked: Asked) -> IdeaQuerySet:
    """The most pressing, in the order of an index: where all might be wanted, PostgreSQL goes
    through every idea there is.
    """
    few = rows.select_related(None).values("pk")[: asked.most + 1]
    first: IdeaQuerySet = Idea.objects.filter(pk__in=few)
    return first


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
