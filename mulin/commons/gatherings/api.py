"""What takes place, for programs: lessons, talks, activities, courses that anybody may come to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.models import Gathering
from mulin.commons.gatherings.rules import State
from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.kit.openapi import MomentField


@dataclass(frozen=True, slots=True)
class GatheringAnswer:
    """One occasion that anybody may come to: never who comes."""

    code: str
    kind: str
    title: str
    about: str
    whom: str
    place: str | None
    place_words: str
    starts_at: datetime
    ends_at: datetime
    state: State
    capacity: int | None


class GatheringFilterForm(forms.Form):
    """Of what kind, and when; without days, what is still to come."""

    kind = forms.CharField(label=_("Kind"), max_length=30, required=False)
    since = MomentField(label=_("It begins then or later"), required=False)
    until = MomentField(label=_("It begins before then"), required=False)


def _list(asked: Asked) -> "QuerySet[Gathering]":
    rows: QuerySet[Gathering] = Gathering.objects.filter(is_public=True).select_related("place")
    chosen: Any = asked.query  # Any: values of several kinds, already checked
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["since"]:
        rows = rows.filter(starts_at__gte=chosen["since"])
    if chosen["until"]:
        rows = rows.filter(starts_at__lt=chosen["until"])
    if not chosen["since"] and not chosen["until"]:
        rows = rows.filter(ends_at__gte=asked.now)
    return rows.order_by("starts_at", "id")


def _shown(one: Gathering) -> GatheringAnswer:
    return GatheringAnswer(
        code=one.code, kind=one.kind, title=one.title, about=one.about, whom=one.whom,
        place=one.place.name if one.place else None, place_words=one.place_words,
        starts_at=one.starts_at, ends_at=one.ends_at, state=State(one.state),
        capacity=one.capacity,
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="gatherings", path="gatherings/",
        summary=_("What takes place and anybody may come to, the next first"),
        scope=Scope.PUBLIC_READ, answer=GatheringAnswer, query=GatheringFilterForm, do=_list,
        show=_shown, is_list=True,
    ),
)  # fmt: skip
