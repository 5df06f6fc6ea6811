"""What is counted, and by which rule."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final


class Method(StrEnum):
    """The rules a vote may fix before it opens."""

    FLOOR_EQUAL = "floor-equal"  # 保底＋等权, the default
    EQUAL = "equal"  # equal weight without floor
    TOP = "top"  # all ballots together, the most approvals win
    PHRAGMEN = "phragmen"  # sequential, exact; Janson, arXiv:1611.08826
    EQUAL_SHARES_ADD1 = "equal-shares-add1"  # Peters, Pierczyński, Skowron 2021; add1 completion
    GREEDY = "greedy"  # most approvals first, what is too dear is passed over
    GREEDY_NO_SKIP = "greedy-no-skip"  # … and the first that is too dear ends it
    GREEDY_THRESHOLD = "greedy-threshold"  # as greedy, only from a number of approvals on


#: Rules in which the three constituencies weigh the same, however many they are.
BY_WEIGHT: Final = frozenset({Method.FLOOR_EQUAL, Method.EQUAL, Method.PHRAGMEN})
SEATS: Final = 5


class CannotCount(Exception):  # noqa: N818  said of the question, not of the program
    """The rule lacks a number it needs; `missing` names it."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Project:
    """A project on the ballot. `cost` in whole or exact parts of the budget's unit."""

    id: str
    name: str = ""
    cost: Fraction = Fraction(1)
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Constituency:
    """The valid ballots of one constituency, each as the ids it names, none twice.

    `points` stands beside `ballots`, place by place, where voters gave points; `void` counts the
    ballots that were not valid, which are not among `ballots`.
    """

    id: str
    ballots: Sequence[Sequence[str]]
    name: str = ""
    void: int = 0
    points: Sequence[Sequence[Fraction]] | None = None


@dataclass(frozen=True, slots=True)
class Election:
    """All that was cast."""

    projects: tuple[Project, ...]
    constituencies: tuple[Constituency, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A method with its numbers, as they were published before the vote.

    `seats` for rules by seats, and for Phragmén with unit costs; `budget` for rules by money;
    `threshold` is the least number of approvals (or points) a project needs.
    """

    method: Method = Method.FLOOR_EQUAL
    seats: int | None = None
    budget: Fraction | None = None
    threshold: Fraction = Fraction(0)

    @property
    def seats_or_five(self) -> int:
        """As many as were fixed; else five, as in 双五工程."""
        return SEATS if self.seats is None else self.seats


@dataclass(frozen=True, slots=True)
class Lot:
    """A draw that anybody can repeat.

    `root` is the hash of the published board, `seed` a public number that nobody knew when the
    notice named its source. `drawn` is an order drawn by hand before witnesses instead: whoever
    stands earlier goes first.
    """

    root: str = ""
    seed: str = ""
    drawn: tuple[str, ...] = ()

    def settles(self, projects: Sequence[str]) -> bool:
        """Whether something was drawn that puts these in order: a number, or all but one."""
        return bool(self.seed) or len(set(projects) - set(self.drawn)) <= 1

    def ticket(self, project: str) -> str:
        """The lot of a project; the lowest goes first."""
        return hashlib.sha256(f"{self.root}|{self.seed}|{project}".encode()).hexdigest()

    def place(self, project: str) -> tuple[int, str]:
        """What to sort by."""
        drawn = self.drawn.index(project) if project in self.drawn else len(self.drawn)
        return drawn, self.ticket(project)
