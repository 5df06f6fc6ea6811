"""What the hall owes: a first look, an answer."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Kind
from mulin.ground.community.rules import Harm
from mulin.parlour.suggestions.permissions import may_answer_ideas
from mulin.parlour.suggestions.queries import ideas_of_desk

KINDS: Final = (
    Kind("suggestions.look", _("ideas to look at"), "suggestions:desk", "show=held"),
    Kind("suggestions.answer", _("ideas to answer"), "suggestions:desk"),
)


def dues(asked: Asked) -> Iterator[Due]:
    """Two questions, for the desk alone."""
    if not may_answer_ideas(asked.actor):
        return
    held = ideas_of_desk("held").filter(look_by__lte=asked.until)
    for idea in held[: asked.most + 1]:
        yield Due(
            kind="suggestions.look", number=idea.pk, what=idea.need.words[:80],
            why=_("somebody waits to see their idea shown"), harm=Harm.COURTESY,
            due_at=idea.look_by, url=reverse("suggestions:desk-idea", args=[idea.pk]),
        )  # fmt: skip
    late = ideas_of_desk("").filter(look_by__isnull=True, due_at__lte=asked.until)
    for idea in late[: asked.most + 1]:
        yield Due(
            kind="suggestions.answer", number=idea.pk, what=idea.need.words[:80],
            why=_("every idea gets its answer"), harm=Harm.PROMISE, due_at=idea.due_at,
            url=reverse("suggestions:desk-idea", args=[idea.pk]),
        )  # fmt: skip
