"""The room's law: the seven stages, what becomes of an idea, who may decide an appeal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final


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


def river(now_at: Stage) -> tuple[Reached, ...]:
    """The seven stages with how each stands."""
    stages = list(Stage)
    here = stages.index(now_at)
    return tuple(
        Reached(stage, Reach.DONE if place < here else Reach.NOW if place == here else Reach.NEXT)
        for place, stage in enumerate(stages)
    )


def first_words(words: str, *, most: int = 40) -> str:
    """A name for an idea out of what was said: the first sentence, or its beginning."""
    sentence = words.strip().splitlines()[0] if words.strip() else ""
    for mark in "。！？；.!?;":
        sentence = sentence.partition(mark)[0]
    return sentence if len(sentence) <= most else sentence[: most - 1] + "…"
