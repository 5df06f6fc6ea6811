"""What pages of ideas read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from mulin.kit.clock import local_day, start_of_day
from mulin.kit.ranking import closeness, shares_a_pair
from mulin.parlour.suggestions.models import AnswerTimes, Idea, IdeaQuerySet, Stand
from mulin.parlour.suggestions.rules import Side, State, Times

#: The newest ideas that are compared with what is typed; older ones were answered long ago.
_CANDIDATES = 5_000
_REASONS = 100


def times_on(moment: datetime) -> Times:
    """The times in force on the day an idea came; the first ones where none were set."""
    row = AnswerTimes.objects.filter(since__lte=local_day(moment)).order_by("-since").first()
    return Times(row.look_workdays, row.answer_workdays) if row else Times()


def shown_ideas(order: str) -> IdeaQuerySet:
    """What everybody may read: the newest first, or those that most support."""
    rows: IdeaQuerySet = Idea.objects.shown().complete()
    return rows.order_by("-supporters", "-id") if order == "support" else rows.order_by("-id")


def ideas_of_desk(show: str) -> IdeaQuerySet:
    """The desk's list: what is held first, then by limit; or all that is over, the last first."""
    rows: IdeaQuerySet = Idea.objects.complete()
    if show == "over":
        return rows.filter(ended_at__isnull=False).order_by("-ended_at", "-id")
    if show == "held":
        return rows.filter(state=State.HELD).order_by("look_by", "id")
    return rows.waiting().order_by(F("look_by").asc(nulls_last=True), "due_at", "id")


def longest_waiting() -> IdeaQuerySet:
    """Ideas without an answer, the oldest first."""
    rows: IdeaQuerySet = Idea.objects.filter(state=State.OPEN).complete()
    return rows.order_by("came_at", "id")


def became(first: date, following: date) -> IdeaQuerySet:
    """What came to its end in a month and may be read, the latest first."""
    rows: IdeaQuerySet = (
        Idea.objects.shown()
        .complete()
        .filter(ended_at__gte=start_of_day(first), ended_at__lt=start_of_day(following))
    )
    return rows.order_by("-ended_at", "-id")


@dataclass(frozen=True, slots=True)
class Month:
    """How many ideas came in a month, and how many came to which end."""

    came: int
    adopted: int
    answered: int
    waiting: int


def month(first: date, following: date) -> Month:
    """The numbers of a month; merged ideas count with those they go with, not by themselves."""
    begins, ends = start_of_day(first), start_of_day(following)
    over = Counter(
        Idea.objects.filter(ended_at__gte=begins, ended_at__lt=ends).values_list("state", flat=True)
    )
    return Month(
        came=Idea.objects.filter(came_at__gte=begins, came_at__lt=ends).count(),
        adopted=over[State.ADOPTED],
        answered=over[State.ANSWERED],
        waiting=Idea.objects.waiting().count(),
    )


def similar_ideas(
    typed: str, *, most: int = 5, besides: int | None = None, open_only: bool = False
) -> list[Idea]:
    """Ideas that everybody may read whose words are closest to what is typed; two queries.

    What shares not even two neighbouring characters is left out. Nothing is merged by itself.
    """
    rows = Idea.objects.filter(state=State.OPEN) if open_only else Idea.objects.shown()
    if besides is not None:
        rows = rows.exclude(pk=besides)
    near = list(rows.order_by("-id").values_list("pk", "need__words")[:_CANDIDATES])
    scores = closeness(typed, [words for _pk, words in near])
    ranked = sorted(zip(scores, near, strict=True), key=lambda pair: (-pair[0], -pair[1][0]))
    chosen = [pk for _score, (pk, words) in ranked[: most * 4] if shares_a_pair(typed, words)]
    found = Idea.objects.complete().in_bulk(chosen[:most])
    return [found[pk] for pk in chosen[:most]]


def family(idea: Idea) -> list[int]:
    """An idea and those that were merged into it."""
    return [idea.pk, *Idea.objects.filter(lead=idea).values_list("pk", flat=True)]


def stands_of(ideas: Iterable[int]) -> dict[str, Stand]:
    """How each person stands to ideas that are one: of several stands the last counts."""
    rows = Stand.objects.filter(idea__in=ideas).order_by("at", "id")
    return {row.voter: row for row in rows}


def reasons(idea: Idea) -> tuple[list[Stand], list[Stand]]:
    """Reasons for and against, the newest first, without names."""
    given = [row for row in stands_of(family(idea)).values() if row.reason]
    given.sort(key=lambda row: (row.at, row.pk), reverse=True)
    sides = {
        side: [row for row in given if row.side == side][:_REASONS]
        for side in (Side.FOR, Side.AGAINST)
    }
    return sides[Side.FOR], sides[Side.AGAINST]
