"""What pages of ideas read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import F, QuerySet

from mulin.kit.blindindex import blind_index
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.ranking import closeness, shares_a_pair
from mulin.parlour.suggestions.models import (
    AnswerTimes,
    Idea,
    IdeaQuerySet,
    Opinion,
    Stand,
    Statement,
    StatementState,
    Topic,
)
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


@dataclass(frozen=True, slots=True)
class Said:
    """A statement in a result: what is said, on which side, by what share of people."""

    words: str
    agrees: bool
    percent: int


@dataclass(frozen=True, slots=True)
class Camp:
    """A group in a result: how many, what it stands for, and where its circle is drawn."""

    name: str
    size: int
    says: list[Said]
    x: int
    y: int
    radius: int


#: The picture is 320 wide and 220 high; circles stay inside.
_WIDE, _HIGH, _EDGE = 320, 220, 56
_MOST_SAID = 7


def consensus_of(topic: Topic) -> list[Said]:
    """What unites people, the most united first, as far as it may still be shown."""
    words = _shown_words(topic)
    rows = topic.result.get("consensus", [])
    return [
        Said(words[pk], agrees, round(share * 100)) for pk, agrees, share in rows if pk in words
    ][:_MOST_SAID]


def camps_of(topic: Topic) -> list[Camp]:
    """The groups with what each stands for. A single person is in no picture."""
    words, groups = _shown_words(topic), topic.result.get("groups", [])
    if not groups:
        return []
    people = sum(group["size"] for group in groups)
    spans = []
    for axis in (0, 1):
        values = [group["centre"][axis] for group in groups]
        spans.append((min(values), (max(values) - min(values)) or 1.0))
    return [
        Camp(
            name="甲乙丙丁戊"[at],
            size=group["size"],
            says=[
                Said(words[pk], agrees, round(share * 100))
                for pk, agrees, share in group["says"]
                if pk in words
            ],
            x=round(_EDGE + (group["centre"][0] - spans[0][0]) / spans[0][1] * (_WIDE - 2 * _EDGE)),
            y=round(
                _HIGH - _EDGE
                - (group["centre"][1] - spans[1][0]) / spans[1][1] * (_HIGH - 2 * _EDGE)
            ),
            radius=round(16 + 34 * (group["size"] / people) ** 0.5),
        )
        for at, group in enumerate(groups)
    ]  # fmt: skip


def _shown_words(topic: Topic) -> dict[int, str]:
    rows = Statement.objects.filter(topic=topic, state=StatementState.SHOWN)
    return dict(rows.values_list("id", "words"))


@dataclass(frozen=True, slots=True)
class Turn:
    """Where somebody is with a topic: the statement they are asked now, what they said before."""

    statement: Statement | None
    vote: int | None
    done: int
    count: int


def voice_of(topic: Topic, *, person_id: int | None, account_id: int | None) -> str:
    """The voice of somebody on this topic alone: their votes on two topics share nothing."""
    who = f"p{person_id}" if person_id is not None else f"a{account_id}"
    kind = f"opinion-{topic.community_id}-{topic.pk}"
    return blind_index(kind, who, key=settings.MULIN_INDEX_KEY)


def opinions_of(person_id: int) -> "QuerySet[Opinion]":
    """Every vote of a person on the roll, found by their voice on each topic."""
    voices = [
        voice_of(topic, person_id=person_id, account_id=None) for topic in Topic.objects.all()
    ]
    rows: QuerySet[Opinion] = Opinion.objects.filter(voice__in=voices)
    return rows


def turn_of(topic: Topic, voice: str, wanted: str) -> Turn:
    """The next statement this voice has not seen, or the wanted one; three queries."""
    statements = list(Statement.objects.filter(topic=topic, state=StatementState.SHOWN))
    votes = dict(
        Opinion.objects.filter(statement__topic=topic, voice=voice).values_list(
            "statement_id", "vote"
        )
    )
    unseen = [one for one in statements if one.pk not in votes]
    again = [one for one in statements if str(one.pk) == wanted]
    chosen: Statement | None = next(iter([*again, *unseen]), None)
    return Turn(
        chosen, votes.get(chosen.pk) if chosen is not None else None,
        len(statements) - len(unseen), len(statements),
    )  # fmt: skip
