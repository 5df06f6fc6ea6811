"""What came out: one object for every page, sheet and export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from mulin.commons.ballots.counting.election import Lot, Rule


class How(StrEnum):
    """How a project stands, and why."""

    FLOOR = "floor"  # first of a constituency
    RANK = "rank"  # by its place among the rest
    BOUGHT = "bought"  # its supporters could pay for it
    BEHIND = "behind"
    TOO_DEAR = "too_dear"
    STOPPED = "stopped"  # behind the first that was too dear
    BELOW = "below"  # under the threshold
    NOBODY = "nobody"  # no ballot names it
    WITHDRAWN = "withdrawn"

    @property
    def is_elected(self) -> bool:
        return self in {How.FLOOR, How.RANK, How.BOUGHT}


class Broken(StrEnum):
    """By which step of the chain equals were put in order."""

    APPROVALS = "approvals"
    LOWEST_SHARE = "lowest_share"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class Row:
    """A project in the result. `shares` are of the valid ballots of each constituency."""

    id: str
    name: str
    approvals: Mapping[str, int]
    shares: Mapping[str, Fraction]
    points: Fraction | None
    how: How
    floor_of: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Approvals of all ballots together."""
        return sum(self.approvals.values())

    @property
    def joint(self) -> Fraction:
        """The shares added up: 3 where all of three constituencies named it."""
        return sum(self.shares.values(), Fraction(0))

    @property
    def count(self) -> Fraction | int:
        """What plain rules rank by: points where points were given, else approvals."""
        return self.total if self.points is None else self.points


@dataclass(frozen=True, slots=True)
class Turnout:
    """The ballots of one constituency."""

    id: str
    name: str
    valid: int
    blank: int
    void: int


@dataclass(frozen=True, slots=True)
class Tie:
    """Projects that were equal, in the order they were put in.

    `of` says in what: "count", "joint", "floor:ID", "load:ROUND", "price:ROUND". `decides` tells
    whether another order would have elected others.
    """

    of: str
    value: Fraction
    projects: tuple[str, ...]
    by: tuple[Broken, ...]
    decides: bool


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader must know, as a code with its facts; `words` makes the sentence."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """Who won, in order of election, and everything that explains it."""

    rule: Rule
    lot: Lot
    winners: tuple[str, ...]
    rows: tuple[Row, ...]
    turnout: tuple[Turnout, ...]
    ties: tuple[Tie, ...]
    notes: tuple[Note, ...]
    left: Fraction | None = None

    def row(self, project: str) -> Row:
        """Raises KeyError for a project that did not stand."""
        for one in self.rows:
            if one.id == project:
                return one
        raise KeyError(project)

    def noting(self, notes: Sequence[Note]) -> "Result":
        """The same with what the reading of a file has to say in front."""
        return replace(self, notes=(*notes, *self.notes))


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be published of a row: None where a small group would be told by it."""

    id: str
    name: str
    approvals: Mapping[str, int | None]
    total: int | None
    joint: Fraction | None
    is_elected: bool


def publishable(result: Result, *, least: int) -> tuple[Shown, ...]:
    """The rows, with nothing from which the choices of fewer than `least` voters can be told.

    One small constituency hides its own numbers and every sum, from which it could be subtracted.
    """
    small = {one.id for one in result.turnout if one.valid < least}
    return tuple(
        Shown(
            id=row.id,
            name=row.name,
            approvals={key: None if key in small else n for key, n in row.approvals.items()},
            total=None if small else row.total,
            joint=None if small else row.joint,
            is_elected=row.how.is_elected,
        )
        for row in result.rows
    )
