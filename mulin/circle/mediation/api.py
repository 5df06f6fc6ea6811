"""Who mediates here, for programs, as on the room's public page. Cases have no call: their numbers are
figures, with few held back.
"""

from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.models import Mediator
from mulin.circle.mediation.queries import panel
from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope


@dataclass(frozen=True, slots=True)
class MediatorAnswer:
    """Somebody of the panel, with what their card says; never what they mediated."""

    name: str
    home_town: str
    dialects: list[str]
    card: str


def _list(_asked: Asked) -> "QuerySet[Mediator]":
    return panel()


def _shown(one: Mediator) -> MediatorAnswer:
    return MediatorAnswer(
        name=str(one), home_town=one.person.home_town,
        dialects=[str(word) for word in one.dialects], card=one.card,
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="mediators", path="mediators/", summary=_("Who mediates here"),
        scope=Scope.PUBLIC_READ, answer=MediatorAnswer, do=_list, show=_shown, is_list=True,
    ),
)  # fmt: skip
