"""What pages of ideas read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext

from mulin.commons.flow.models import Link, Need, Step, Visibility
from mulin.commons.flow.rules import QUOTING
from mulin.commons.gatherings.models import AgendaItem, Attendance, Gathering
from mulin.ground.people.models import Person
from mulin.ground.places.models import Place
from mulin.kit.blindindex import blind_index
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.ranking import closeness, shares_a_pair
from mulin.kit.redaction import SOMEBODY, STAFF, redact
from mulin.parlour.suggestions.models import (
    AnswerTimes,
    Idea,
    IdeaPair,
    IdeaQuerySet,
    MinutePoint,
    Opinion,
    PairCount,
    Recording,
    Stand,
    Statement,
    StatementState,
    Topic,
)
from mulin.parlour.suggestions.rules import Side, State, Times, grouped, pairs_of

#: Ideas whose words are ranked, of all that share pairs with what is typed.
_CANDIDATES = 400
#: Pairs of what is typed that are looked up; a longer text has said what it is about by then.
_PAIRS = 30
#: Rows of pairs that are read for one search: what stands nearly everywhere tells nothing apart.
_READ = 25_000
_REASONS = 100
_TITLE = 40
#: Letters of names that a machine is given to know: more would drown the sound.
_PROMPT = 180
_PLACES = 12


def times_on(moment: datetime) -> Times:
    """The times in force on the day an idea came; the first ones where none were set."""
    row = AnswerTimes.objects.filter(since__lte=local_day(moment)).order_by("-since").first()
    return Times(row.look_workdays, row.answer_workdays) if row else Times()


def shown_ideas(order: str) -> IdeaQuerySet:
    """What everybody may read: the newest first, or those that most support."""
    rows: IdeaQuerySet = Idea.objects.shown().complete()
    newest = ("-came_at", "-id")
    return rows.order_by("-supporters", *newest) if order == "support" else rows.order_by(*newest)


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


#: Lines of a story that are for its asker alone, or only say that it was passed on.
_NOT_FOR_ALL = (*QUOTING, "received", "adopted", "handed_over")
#: Lines that are sentences of the product: of a person they name whoever works on it, nobody else.
_OWN_WORDS = frozenset({"accepted", "taken", "resumed"})


@dataclass(frozen=True, slots=True)
class Later:
    """What happened in the room that took an idea up, as everybody may read it."""

    at: datetime
    words: str


def afterwards(idea: Idea, *, keep: Iterable[str] = ()) -> list[Later]:
    """What became of an adopted idea since: each step that its author was told. Of what somebody
    wrote to the author it says that it was written, not what: no machine finds every private thing
    in it. Three queries; nothing of a sealed need.
    """
    if not idea.is_adopted or idea.ended_at is None:
        return []
    grown = Link.objects.filter(
        kind="grew_out_of", to_kind="flow.need", to_id=idea.need_id, from_kind="flow.need"
    ).values("from_id")
    needs = list(
        Need.objects.filter(Q(pk=idea.need_id) | Q(pk__in=grown), is_sealed=False).values_list(
            "pk", "person__name", "contact_name", "asked_by_account__display_name"
        )
    )
    names = {str(name): SOMEBODY for row in needs for name in row[1:] if name}
    steps = Step.objects.filter(
        need__in=[row[0] for row in needs], is_for_asker=True, at__gte=idea.ended_at
    ).exclude(kind__in=_NOT_FOR_ALL)
    rows = steps.order_by("at", "id")
    told: dict[str, Later] = {}
    for step in rows:
        if step.kind in _OWN_WORDS:
            by = {step.by_name: STAFF} if step.by_name else {}
            words = redact(step.line, names=names | by, keep=tuple(keep))
        else:
            words = gettext("Those who brought it got an answer.")
        told.setdefault(step.line, Later(step.at, words))
    return list(told.values())


def times_set() -> "QuerySet[AnswerTimes]":
    """All times that were set, the latest first."""
    rows: QuerySet[AnswerTimes] = AnswerTimes.objects.order_by("-since")
    return rows


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
    """Ideas that everybody may read whose words are closest to what is typed; five queries.

    All ideas are looked at, by the pairs of characters they share with it; those that share most
    are ranked by their words. Nothing is merged by itself.
    """
    shared = _that_share_pairs(typed)
    rows = Idea.objects.filter(pk__in=shared)
    rows = rows.filter(state=State.OPEN) if open_only else rows.shown()
    if besides is not None:
        rows = rows.exclude(pk=besides)
    near = list(rows.values_list("pk", "need__words"))
    scores = closeness(typed, [words for _pk, words in near])
    ranked = sorted(zip(scores, near, strict=True), key=lambda pair: (-pair[0], -pair[1][0]))
    chosen = [pk for _score, (pk, words) in ranked[: most * 4] if shares_a_pair(typed, words)]
    found = Idea.objects.complete().in_bulk(chosen[:most])
    return [found[pk] for pk in chosen[:most]]


def _that_share_pairs(typed: str) -> list[int]:
    """The ideas that share most pairs with what is typed, rare pairs first."""
    pairs = pairs_of(typed)[:_PAIRS]
    if not pairs:
        return []
    counted = PairCount.objects.filter(pair__in=pairs, count__gt=0).values_list("count", "pair")
    read, chosen = 0, list[str]()
    for count, pair in sorted(counted):
        if not chosen or read + count <= _READ:
            chosen.append(pair)
            read += count
    rows = IdeaPair.objects.filter(pair__in=chosen).order_by()
    best = rows.values("idea").annotate(shared=Count("*")).order_by("-shared", "-idea")
    return list(best.values_list("idea", flat=True)[:_CANDIDATES])


# ── the meeting ──────────────────────────────────────────────────────────────────────────────

#: Needs of a month that are looked through for topics, and ideas that are compared for it.
_SAID_MOST = 2_000
_GROUPED_MOST = 120
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """What several people said in a month: a title to begin with, how many, a few of their words."""

    key: str
    title: str
    count: int
    examples: list[str]
    #: The idea whose words the title is; none where it is a kind of demand.
    idea: int | None = None


def heard_between(first: date, following: date) -> list[Heard]:
    """What was said from a day to before another: ideas alike together, demands by their kind, what
    most people said first. Sealed and confidential needs stay out, and so do words of demands
    that were not said for all to hear.
    """
    begins, ends = start_of_day(first), start_of_day(following)
    ideas = list(
        Idea.objects.shown()
        .filter(came_at__gte=begins, came_at__lt=ends, need__is_sealed=False)
        .exclude(need__visibility=Visibility.CONFIDENTIAL)
        .order_by("-supporters", "-id")
        .values_list("pk", "need__words", "supporters")[:_GROUPED_MOST]
    )
    found = [
        Heard(
            key=f"i{ideas[group[0]][0]}", title=ideas[group[0]][1][:_TITLE],
            count=sum(max(ideas[at][2], 1) for at in group),
            examples=_examples(ideas[at][1] for at in group), idea=ideas[group[0]][0],
        )
        for group in grouped([words for _pk, words, _count in ideas])
    ]  # fmt: skip
    demands = (
        Need.objects.filter(said_at__gte=begins, said_at__lt=ends, is_sealed=False)
        .filter(category__isnull=False)
        .exclude(visibility=Visibility.CONFIDENTIAL)
        .order_by("-id")
        .values_list("category_id", "category__name", "words")[:_SAID_MOST]
    )
    kinds: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    for kind, name, words in demands:
        names[kind] = name
        kinds.setdefault(kind, []).append(words)
    found += [
        Heard(key=f"c{kind}", title=names[kind], count=len(said), examples=_examples(said))
        for kind, said in kinds.items()
    ]
    return sorted(found, key=lambda one: (-one.count, one.key))


def _examples(said: Iterable[str]) -> list[str]:
    """The first few of what was said; the same words, said by several, once."""
    return list(dict.fromkeys(said))[:_EXAMPLES]


def points_at(gathering: Gathering) -> "QuerySet[MinutePoint]":
    """The points of its minutes in their order, with what became of each."""
    rows: QuerySet[MinutePoint] = MinutePoint.objects.filter(gathering=gathering).select_related(
        "need", "speaker", "decided_by"
    )
    return rows


def recordings_of(gathering: Gathering) -> list[Recording]:
    """Its recordings in the order in which they came."""
    return list(Recording.objects.filter(gathering=gathering))


def who_was_there(gathering: Gathering) -> list[Person]:
    """Those who signed in, by their line: whose words may be theirs."""
    rows = Attendance.objects.filter(gathering=gathering).here().select_related("person")
    return [row.person for row in rows.order_by("line")]


def names_to_know(gathering: Gathering) -> str:
    """What a machine cannot guess from the sound: our places, the agenda, who is there."""
    people = [person.name for person in who_was_there(gathering)]
    items = AgendaItem.objects.filter(gathering=gathering).values_list("title", flat=True)
    places = Place.objects.order_by("id").values_list("name", flat=True)[:_PLACES]
    said = [gathering.title, *items, *people, *places]
    return "、".join(dict.fromkeys(filter(None, said)))[:_PROMPT]


def idea_of_need(need_id: int) -> Idea | None:
    """The idea that a need is."""
    found: Idea | None = Idea.objects.filter(need=need_id).first()
    return found


def said_at(idea: Idea) -> Gathering | None:
    """The gathering at which an idea came up."""
    point = MinutePoint.objects.filter(need=idea.need_id).select_related("gathering").first()
    return point.gathering if point is not None else None


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


def spoken_of(topic: Topic, voice: str) -> "QuerySet[Opinion]":
    """What this voice has said of the statements that stand, in the order of the question."""
    rows: QuerySet[Opinion] = Opinion.objects.filter(
        statement__topic=topic, statement__state=StatementState.SHOWN, voice=voice
    )
    return rows.select_related("statement").order_by("statement_id")


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
