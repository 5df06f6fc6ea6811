"""The law of the hall: states of a matter, shares that must be reached, whose seat is filled."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a matter stands."""

    SECONDING = "seconding"
    PROPOSED = "proposed"
    REFUSED = "refused"
    ADMITTED = "admitted"
    LISTED = "listed"
    DECIDED = "decided"
    TURNED_DOWN = "turned_down"
    PUBLISHED = "published"
    STANDING = "standing"
    DONE = "done"
    PASSED_ON = "passed_on"  # another room has it now


class Act(StrEnum):
    """What may happen to a matter."""

    SECOND = "find its seconders"
    ADMIT = "admit"
    REFUSE = "refuse"
    LIST = "put on an agenda"
    PUT_OFF = "put off"
    DECIDE = "decide"
    TURN_DOWN = "turn down"
    PUBLISH = "publish"
    STAND = "let stand"
    REOPEN = "take up again"
    FINISH = "finish"
    PASS_ON = "pass on"  # noqa: S105  a verb


#: (state, act) → next state. Whatever is not here cannot happen.
MOVES: Final[dict[tuple[State, Act], State]] = {
    (State.SECONDING, Act.SECOND): State.PROPOSED,
    (State.SECONDING, Act.REFUSE): State.REFUSED,
    (State.PROPOSED, Act.ADMIT): State.ADMITTED,
    (State.PROPOSED, Act.REFUSE): State.REFUSED,
    (State.ADMITTED, Act.LIST): State.LISTED,
    (State.LISTED, Act.PUT_OFF): State.ADMITTED,
    (State.LISTED, Act.DECIDE): State.DECIDED,
    (State.LISTED, Act.TURN_DOWN): State.TURNED_DOWN,
    (State.DECIDED, Act.PUBLISH): State.PUBLISHED,
    (State.PUBLISHED, Act.STAND): State.STANDING,
    (State.PUBLISHED, Act.REOPEN): State.ADMITTED,
    (State.STANDING, Act.FINISH): State.DONE,
    (State.ADMITTED, Act.PASS_ON): State.PASSED_ON,
    (State.STANDING, Act.PASS_ON): State.PASSED_ON,
}
#: As long as one may still argue for and against.
ARGUED: Final = frozenset({State.ADMITTED, State.LISTED})
#: What the street reads. What waits to be screened is its proposer's, but for a motion: it was read
#: by its seconders before, and stays where they found it.
PUBLIC: Final = frozenset(State) - {State.PROPOSED}
#: Nothing more happens.
OVER: Final = frozenset({State.REFUSED, State.TURNED_DOWN, State.DONE, State.PASSED_ON})
#: From here another room may take it, such as the candidates of the Double-Five.
MAY_GO_ON: Final = frozenset(state for state, act in MOVES if act is Act.PASS_ON)

#: How many second a motion before it is screened, where the community has said nothing else.
#: A choice of ours, no law.
FIRST_SECONDERS: Final = 5
#: An objection is read within so long, and stands in the street then. A choice of ours, no law.
READ_WITHIN: Final = timedelta(days=2)
#: As what a secret vote on a point is known to ballots.
BALLOT_ORIGIN: Final = "deliberation.point"
#: Fewer ratings are not shown: they could be told apart.
LEAST_SHOWN: Final = 5


def next_state(state: State, act: Act) -> State | None:
    """Where an act leads, or None if it cannot happen now."""
    return MOVES.get((state, act))


class Basis(StrEnum):
    """Who has a seat in a meeting of a kind."""

    PERSONS = "persons"
    HOUSEHOLDS = "households"
    NAMED = "named"


class Of(StrEnum):
    """Of what a majority is taken."""

    ROLL = "roll"
    PRESENT = "present"
    CAST = "cast"


class Choice(StrEnum):
    """What somebody says when their name is called."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class Method(StrEnum):
    """How a resolution was voted on in the room."""

    HANDS = "hands"
    ROLL_CALL = "roll_call"
    SECRET = "secret"  # noqa: S105  a way to vote


@dataclass(frozen=True, slots=True)
class Share:
    """A share that must be reached, in whole numbers: more than 1 of 2, at least 2 of 3."""

    part: int
    whole: int
    is_more_than: bool

    def is_met(self, count: int, of: int) -> bool:
        """Whether so many of so many reach it; nobody of nobody never does."""
        if of <= 0:
            return False
        reached, needed = count * self.whole, self.part * of
        return reached > needed if self.is_more_than else reached >= needed

    def least(self, of: int) -> int:
        """The smallest number that reaches it."""
        needed = self.part * of
        if self.is_more_than:
            return needed // self.whole + 1
        return -(-needed // self.whole)


@dataclass(frozen=True, slots=True)
class Count:
    """Votes of one question, by seats."""

    yes: int
    no: int
    abstain: int

    @property
    def cast(self) -> int:
        return self.yes + self.no

    @property
    def all(self) -> int:
        return self.yes + self.no + self.abstain


def is_passed(count: Count, majority: Share, of: Of, *, present: int, roll: int) -> bool:
    """Whether the yeses reach the majority of the roll, of those present, or of votes cast."""
    bases = {Of.ROLL: roll, Of.PRESENT: present, Of.CAST: count.cast}
    return majority.is_met(count.yes, bases[of])


@dataclass(frozen=True, slots=True)
class Seat:
    """One person of the frozen roll: their entry, and the seat they fill, alone or with others."""

    entry: int
    seat: int


def seats_present(
    roll: Iterable[Seat], here: Iterable[int], proxies: Mapping[int, int]
) -> frozenset[int]:
    """The seats that count as present, each once.

    `here` are entries whose persons are in the room; `proxies` maps the giver's entry to the
    holder's, and counts where the holder is in the room.
    """
    seat_of = {one.entry: one.seat for one in roll}
    present = {entry for entry in here if entry in seat_of}
    filled = {seat_of[entry] for entry in present}
    filled |= {
        seat_of[giver]
        for giver, holder in proxies.items()
        if giver in seat_of and holder in present
    }
    return frozenset(filled)


def counted(voices: Mapping[int, Choice], seat_of: Mapping[int, int]) -> Count:
    """A roll call by seats: who shares a seat speaks with one voice, and raises ValueError if not."""
    by_seat: dict[int, Choice] = {}
    for entry, choice in voices.items():
        if by_seat.setdefault(seat_of[entry], choice) is not choice:
            raise ValueError(seat_of[entry])
    said = list(by_seat.values())
    return Count(said.count(Choice.YES), said.count(Choice.NO), said.count(Choice.ABSTAIN))


def digest_of_roll(pairs: Iterable[tuple[int, int]]) -> str:
    """The fingerprint of a frozen roll: SHA-256 over its persons and seats in order."""
    text = "\n".join(f"{person}:{seat}" for person, seat in sorted(pairs))
    return hashlib.sha256(text.encode()).hexdigest()


def last_day_of_publication(first: date, days: int) -> date:
    """A publication of so many days, the day it begins not counted (《民法典》第201条)."""
    return first + timedelta(days=days)


def same_words(words: str) -> str:
    """A digest under which two sayings are one: width, case, blanks and signs apart."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    letters = "".join(letter for letter in plain if letter.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()
