"""Reading a need's journey, to each reader what they may see."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models.expressions import RawSQL

from mulin.commons.flow.models import (
    FOR_STAFF,
    Need,
    NeedPhoto,
    NeedWords,
    PhotoMoment,
    Step,
    Visibility,
)
from mulin.ground.community.rules import Actor
from mulin.kit.scoping import current_community
from mulin.kit.search import matching


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a journey, ready for a page."""

    at: datetime
    kind: str
    words: str
    by_name: str
    is_for_asker: bool


@dataclass(frozen=True, slots=True)
class Journey:
    """A need and its story as one reader sees them."""

    need: Need
    lines: list[Line]
    photos: list[NeedPhoto]
    shows_words: bool
    shows_asker: bool


def needs_with(query: str, *, most: int) -> RawSQL:
    """Numbers of the newest needs whose words, number, category or place hold the query, at most so
    many; for `need_id__in`: asked by way of the needs themselves, PostgreSQL would walk through all
    that the community ever had.
    """
    return matching(NeedWords, current_community().pk, query, most=most)


def followed(code: str) -> Need | None:
    """The need that a slip's code opens, whoever holds it."""
    need: Need | None = (
        Need.objects.filter(follow_code=code)
        .select_related("category", "building", "place", "grid", "person")
        .first()
    )
    return need


def journey(need: Need, actor: Actor, *, may_work: bool, is_asker: bool) -> Journey:
    """The whole journey: internal lines and the asker's name only for those who work on it.

    A sealed need shows outside its room only that it is being dealt with.
    """
    if need.is_sealed and not is_asker:
        return Journey(need=need, lines=[], photos=[], shows_words=False, shows_asker=False)
    steps = Step.objects.filter(need=need).order_by("id")
    photos = NeedPhoto.objects.filter(need=need)
    if not may_work:
        steps = steps.filter(is_for_asker=True)
        photos = photos.exclude(moment__in=FOR_STAFF)
    shows_asker = (
        is_asker or actor.is_desk or (may_work and need.visibility != Visibility.ANONYMOUS)
    )
    if not shows_asker:
        photos = photos.exclude(moment=PhotoMoment.SHEET)
    return Journey(
        need=need,
        lines=[
            Line(step.at, step.kind, step.line, step.by_name, step.is_for_asker) for step in steps
        ],
        photos=list(photos),
        shows_words=True,
        shows_asker=shows_asker,
    )
