"""Ideas that everybody may read, for programs: how many are for them, and the answer they got."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.kit.openapi import MomentField
from mulin.parlour.suggestions.models import Idea, IdeaQuerySet
from mulin.parlour.suggestions.queries import shown_ideas
from mulin.parlour.suggestions.rules import State


@dataclass(frozen=True, slots=True)
class IdeaAnswer:
    """An idea and what became of it: never who had it, nor who is for it."""

    number: str
    words: str
    state: State
    came_at: datetime
    supporters: int
    objectors: int
    due_at: datetime
    ended_at: datetime | None
    answer: str
    adopted_into: str


class IdeaFilterForm(forms.Form):
    """Only those without an answer, or those that came in a span of time."""

    only_open = forms.BooleanField(label=_("Only those without an answer"), required=False)
    since = MomentField(label=_("It came then or later"), required=False)
    until = MomentField(label=_("It came before then"), required=False)


def _list(asked: Asked) -> IdeaQuerySet:
    rows = shown_ideas("")
    chosen: Any = asked.query  # Any: values of several kinds, already checked
    if chosen["only_open"]:
        rows = rows.filter(state=State.OPEN)
    if chosen["since"]:
        rows = rows.filter(came_at__gte=chosen["since"])
    if chosen["until"]:
        rows = rows.filter(came_at__lt=chosen["until"])
    return rows


def _shown(idea: Idea) -> IdeaAnswer:
    return IdeaAnswer(
        number=str(idea.need.number), words=idea.need.words, state=State(idea.state),
        came_at=idea.came_at, supporters=idea.supporters, objectors=idea.objectors,
        due_at=idea.due_at, ended_at=idea.ended_at, answer=idea.answer,
        adopted_into=idea.adopted_into,
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="ideas", path="ideas/", summary=_("Ideas and their answers, newest first"),
        scope=Scope.PUBLIC_READ, answer=IdeaAnswer, query=IdeaFilterForm, do=_list, show=_shown,
        is_list=True,
    ),
)  # fmt: skip
