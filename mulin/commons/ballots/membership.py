"""Who belongs to which constituency: rules as data, read in their order; everybody in one at most.

Pure. A rule asks for an age, for living here, for a party card, for being somebody's representative;
the words that are posted stand beside it (`Terms.constituencies`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

#: 《宪法》第34条: who has completed the eighteenth year may vote.
GROWN_UP: Final = 18
#: Where somebody who is kept on the community's roll does not live here.
ELSEWHERE: Final = "visitor"


@dataclass(frozen=True, slots=True)
class Belongs:
    """The rule of a constituency. Of what is not asked for, nothing is asked.

    `residency` is a value of `people.Residency`; without one everybody who lives here fits.
    """

    code: str
    least_age: int = GROWN_UP
    is_party: bool = False
    residency: str = ""
    is_representative: bool = False
    grid: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person as rules ask about them. `born_on` is needed in the year of the birthday only."""

    id: int
    birth_year: int | None
    born_on: date | None = None
    is_party: bool = False
    residency: str = ""
    is_representative: bool = False
    grid: int | None = None


def is_of_age(member: Member, least: int, day: date) -> bool | None:
    """Whether somebody has completed so many years on that day; None where nobody knows."""
    if least == 0:
        return True
    if member.birth_year is None:
        return None
    years = day.year - member.birth_year
    if years != least:
        return years > least
    if member.born_on is None:
        return None
    return (member.born_on.month, member.born_on.day) <= (day.month, day.day)


def fits(rule: Belongs, member: Member) -> bool:
    """Whether a rule is met, its age apart."""
    lives_here = member.residency != ELSEWHERE
    return (
        lives_here
        and (not rule.is_party or member.is_party)
        and (not rule.residency or member.residency == rule.residency)
        and (not rule.is_representative or member.is_representative)
        and (rule.grid is None or member.grid == rule.grid)
    )


@dataclass(frozen=True, slots=True)
class Electorate:
    """Who stands where by the rules, and who would if their age were known."""

    of: dict[str, list[int]]
    age_unknown: list[int]

    def counts(self) -> dict[str, int]:
        """How many stand in each constituency."""
        return {code: len(ids) for code, ids in self.of.items()}


def assigned(members: Iterable[Member], rules: Sequence[Belongs], day: date) -> Electorate:
    """Everybody in the first constituency whose rule they meet, in no second one.

    Nobody votes by guess: whose age is not known is told, and stands nowhere.
    """
    of: dict[str, list[int]] = {rule.code: [] for rule in rules}
    unknown: list[int] = []
    for member in members:
        for rule in rules:
            if not fits(rule, member):
                continue
            grown = is_of_age(member, rule.least_age, day)
            if grown is None:
                unknown.append(member.id)
                break
            if grown:
                of[rule.code].append(member.id)
                break
    return Electorate(of, unknown)
