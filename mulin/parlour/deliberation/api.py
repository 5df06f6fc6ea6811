"""Matters that neighbours deliberate, for programs: what was asked and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.parlour.deliberation.models import Matter, MatterQuerySet
from mulin.parlour.deliberation.rules import State


@dataclass(frozen=True, slots=True)
class MatterAnswer:
    """A matter as a passer-by reads it: never who brought it in, nor who spoke."""

    number: int
    code: str
    title: str
    words: str
    size: str
    state: State
    proposed_at: datetime
    outcome: str
    finished_at: datetime | None


def _list(_asked: Asked) -> MatterQuerySet:
    rows: MatterQuerySet = Matter.objects.public()
    return rows


def _shown(matter: Matter) -> MatterAnswer:
    return MatterAnswer(
        number=matter.number, code=matter.code, title=matter.title, words=matter.words,
        size=matter.size, state=State(matter.state), proposed_at=matter.proposed_at,
        outcome=matter.outcome, finished_at=matter.finished_at,
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="matters", path="matters/", summary=_("Matters that neighbours decide, the latest first"),
        scope=Scope.PUBLIC_READ, answer=MatterAnswer, do=_list, show=_shown, is_list=True,
    ),
)  # fmt: skip
