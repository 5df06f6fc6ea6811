"""The room's law: the seven stages, what becomes of an idea, who may decide an appeal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from math import cos, radians
from typing import Final

from mulin.commons.ballots.counting.election import Method

#: The rules whose result is shown beside the one that decided, where the rule sheet said so: equal
#: weight without a floor, Phragmén, equal shares of a budget.
COMPARED: Final = (Method.EQUAL, Method.PHRAGMEN, Method.EQUAL_SHARES_ADD1)


class Stage(StrEnum):
    """The river of a year, in its order."""

    COLLECT = "collect"
    SCREEN = "screen"
    PUBLISH = "publish"
    ROLL = "roll"
    VOTE = "vote"
    CARRY_OUT = "carry_out"
    APPRAISE = "appraise"


#: Which stage is begun by hand after which. The others begin by what happens in them.
NEXT: Final[Mapping[Stage, Stage]] = {
    Stage.COLLECT: Stage.SCREEN,
    Stage.SCREEN: Stage.PUBLISH,
}
#: Before a result is recorded, the published list must stand.
BEFORE_THE_RESULT: Final = frozenset({Stage.PUBLISH, Stage.ROLL, Stage.VOTE})


class State(StrEnum):
    """Where an idea stands."""

    OFFERED = "offered"
    MERGED = "merged"  # it goes on as a part of another
    PASSED = "passed"
    REFUSED = "refused"
    APPEALED = "appealed"
    CLOSED = "closed"  # refused, and the appeal as well: for good


class Act(StrEnum):
    """What may be done to an idea."""

    MERGE = "merge"
    PASS = "pass"  # noqa: S105  a verb
    REFUSE = "refuse"
    APPEAL = "appeal"
    ALLOW = "allow"  # the appeal is right
    DISMISS = "dismiss"


#: (state, act) → next state. Whatever is not here cannot be done: so there is one appeal.
MOVES: Final[Mapping[tuple[State, Act], State]] = {
    (State.OFFERED, Act.MERGE): State.MERGED,
    (State.OFFERED, Act.PASS): State.PASSED,
    (State.OFFERED, Act.REFUSE): State.REFUSED,
    (State.REFUSED, Act.APPEAL): State.APPEALED,
    (State.APPEALED, Act.ALLOW): State.PASSED,
    (State.APPEALED, Act.DISMISS): State.CLOSED,
}
#: What must be decided before the list is published.
OPEN: Final = frozenset({State.OFFERED, State.APPEALED})
#: The criteria that a new season begins with; the community words its own.
FIRST_CRITERIA: Final = (
    "公共的：不是一家一户的事",
    "社区能办：不违法，不归别的部门管",
    "办得起：一年内用社区的钱能办成",
    "好监督：办没办成看得见",
)
#: Days in which an author may appeal, where the season says nothing else. Ours to propose, not law.
APPEAL_DAYS: Final = 5
_FIRST_YEAR: Final = 2000


def is_year(year: int, today: date) -> bool:
    """A season is of this year, the next, or an earlier one that is written down afterwards."""
    return _FIRST_YEAR <= year <= today.year + 1


def may_appeal(refused_at: datetime, days: int, now: datetime) -> bool:
    """Whether the days for an appeal still run."""
    return now < refused_at + timedelta(days=days)


def decides_appeals(refused_by: int | None, decider: int | None) -> bool:
    """Nobody decides about their own refusal."""
    return decider is not None and decider != refused_by


class Reach(StrEnum):
    """How the river stands at a stage."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Reached:
    """A stage of the river as it is drawn."""

    stage: Stage
    reach: Reach


def river(now_at: Stage, *, is_over: bool = False) -> tuple[Reached, ...]:
    """The seven stages with how each stands; once the appraisal is published all are done."""
    stages = list(Stage)
    here = len(stages) if is_over else stages.index(now_at)
    return tuple(
        Reached(stage, Reach.DONE if place < here else Reach.NOW if place == here else Reach.NEXT)
        for place, stage in enumerate(stages)
    )


# ── carrying out ─────────────────────────────────────────────────────────────────────────────

#: The stages in which a chosen idea is carried out.
CARRIED: Final = frozenset({Stage.CARRY_OUT, Stage.APPRAISE})
#: So long after the owner and the desk, the head hears of a late milestone. Ours to propose.
HEAD_HEARS_AFTER: Final = timedelta(days=7)


class Level(IntEnum):
    """Who has been told that a milestone is late."""

    NOBODY = 0
    DESK = 1  # whoever owes it, and the desk
    HEAD = 2


def escalation(due_at: datetime, now: datetime) -> Level:
    """Up to whom an open milestone has to be brought by now."""
    if now <= due_at:
        return Level.NOBODY
    return Level.HEAD if now > due_at + HEAD_HEARS_AFTER else Level.DESK


class Way(StrEnum):
    """How a milestone stands, as `kit/steps.html` names it."""

    DONE = "done"
    LATE = "late"
    NOW = "now"
    NEXT = "next"


def way_of(milestones: Sequence[tuple[datetime, bool]], now: datetime) -> list[Way]:
    """How each (limit, is it done) stands, in the order given: the first open one is at hand."""
    ways: list[Way] = []
    for due_at, is_done in milestones:
        if is_done:
            ways.append(Way.DONE)
        elif now > due_at:
            ways.append(Way.LATE)
        else:
            ways.append(Way.NEXT if Way.NOW in ways else Way.NOW)
    return ways


# ── the map ──────────────────────────────────────────────────────────────────────────────────

#: A sheet in the units of the drawing.
SHEET: Final = (640, 420)
_MARGIN: Final = 44


def on_sheet(
    points: Sequence[tuple[Decimal, Decimal]], *, size: tuple[int, int] = SHEET
) -> list[tuple[int, int]]:
    """Where (latitude, longitude) fall on a drawing, north up, at one scale, all within a margin.

    A community is so small that the ground is flat: a degree east is a degree north times the
    cosine of the latitude.
    """
    if not points:
        return []
    middle = sum(latitude for latitude, _longitude in points) / len(points)
    narrowing = cos(radians(middle))
    east = [float(longitude) * narrowing for _latitude, longitude in points]
    north = [float(latitude) for latitude, _longitude in points]
    width, height = size[0] - 2 * _MARGIN, size[1] - 2 * _MARGIN
    spans = (max(east) - min(east), max(north) - min(north))
    scale = min(
        (room / span for room, span in zip((width, height), spans, strict=True) if span > 0),
        default=0.0,
    )
    left = (size[0] - spans[0] * scale) / 2
    top = (size[1] - spans[1] * scale) / 2
    return [
        (round(left + (x - min(east)) * scale), round(top + (max(north) - y) * scale))
        for x, y in zip(east, north, strict=True)
    ]


# ── appraising ───────────────────────────────────────────────────────────────────────────────

#: Fewer answers are not shown, nor what they could be found by (VOTING: groups under ten).
LEAST_SHOWN: Final = 10
#: Best first; the two best count as satisfied, as in the yearly survey.
STEPS: Final = (5, 4, 3, 2, 1)
SATISFIED: Final = frozenset({5, 4})
MOST_WORDS: Final = 300
#: Projects that one side of paper holds.
A_SHEET: Final = 4
#: Younger people are not asked. 《民法典》第17条.
GROWN_UP: Final = 18
#: How long an appraisal may be open at all.
LONGEST: Final = timedelta(days=60)


class Constituency(StrEnum):
    """Who appraises: the same three that chose."""

    PARTY = "party"
    LOCAL = "local"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Says:
    """What one person says of one project. `is_done` and `is_seen` are None for "I cannot say"."""

    is_done: bool | None = None
    is_seen: bool | None = None
    step: int | None = None
    words: str = ""

    @property
    def is_empty(self) -> bool:
        return self == Says()


def says_nothing(answers: Mapping[int, Says]) -> bool:
    """Whether not one question was answered."""
    return all(one.is_empty for one in answers.values())


@dataclass(frozen=True, slots=True)
class Tally:
    """What all say of one project."""

    done: int = 0
    not_done: int = 0
    seen: int = 0
    not_seen: int = 0
    steps: Mapping[int, int] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        """Who said how satisfied they are: the denominator."""
        return sum(self.steps.get(step, 0) for step in STEPS)

    @property
    def satisfied(self) -> int:
        return sum(self.steps.get(step, 0) for step in SATISFIED)


def tally(says: Iterable[Says]) -> Tally:
    """All that was said of one project, counted."""
    said = list(says)
    return Tally(
        done=sum(one.is_done is True for one in said),
        not_done=sum(one.is_done is False for one in said),
        seen=sum(one.is_seen is True for one in said),
        not_seen=sum(one.is_seen is False for one in said),
        steps={step: sum(one.step == step for one in said) for step in STEPS},
    )


def first_words(words: str, *, most: int = 40) -> str:
    """A name for an idea out of what was said: the first sentence, or its beginning."""
    sentence = words.strip().splitlines()[0] if words.strip() else ""
    for mark in "。！？；.!?;":
        sentence = sentence.partition(mark)[0]
    return sentence if len(sentence) <= most else sentence[: most - 1] + "…"
