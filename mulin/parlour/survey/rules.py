"""The room's law: states, the draw, who counts in the response rate, the interval, what is too
small to be shown, and the code on the letter.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from hashlib import sha256
from math import sqrt
from statistics import NormalDist
from typing import Final, TypeVar

from mulin.ground.figures.rules import share_percent
from mulin.kit.ids import READABLE, normalise_code

Key = TypeVar("Key", bound=Hashable)


# ── states ───────────────────────────────────────────────────────────────────────────────────


class State(StrEnum):
    """Where a survey stands. Once published, nothing of it changes."""

    DRAFTED = "drafted"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"


class Act(StrEnum):
    """What may be done to a survey."""

    OPEN = "open"
    PROLONG = "prolong"
    CLOSE = "close"
    PUBLISH = "publish"


#: (state, act) → next state. Whatever is not here cannot be done.
MOVES: Final[dict[tuple[State, Act], State]] = {
    (State.DRAFTED, Act.OPEN): State.OPEN,
    (State.OPEN, Act.PROLONG): State.OPEN,
    (State.OPEN, Act.CLOSE): State.CLOSED,
    (State.CLOSED, Act.PUBLISH): State.PUBLISHED,
}

#: Paper handed in on the last day may still be typed this long; then the survey closes by itself.
TYPED_AFTERWARDS: Final = timedelta(days=5)
#: How long a survey may be open at all.
LONGEST: Final = timedelta(days=120)


def next_state(state: State, act: Act) -> State | None:
    """Where an act leads, or None if it cannot be done now."""
    return MOVES.get((state, act))


def takes_answers(state: State, last_day: date | None, today: date) -> bool:
    """Whether a household may still answer by itself."""
    return state is State.OPEN and last_day is not None and today <= last_day


def closes_itself_on(last_day: date) -> date:
    """The first day on which an open survey is closed by the sweep."""
    return last_day + TYPED_AFTERWARDS + timedelta(days=1)


# ── questions ────────────────────────────────────────────────────────────────────────────────


class Field(StrEnum):
    """What a question is about. The figure of the year is that of `OVERALL`."""

    OVERALL = "overall"
    ENVIRONMENT = "environment"
    SAFETY = "safety"
    ERRANDS = "errands"
    SERVICES = "services"
    DEMANDS = "demands"
    CULTURE = "culture"


#: Best first; 0 is 不了解, which counts as no opinion.
STEPS: Final = (5, 4, 3, 2, 1)
#: How long what a household says in its own words may be.
MOST_WORDS: Final = 500
UNSURE: Final = 0

#: The community's own first set; from the second year on the last year's is copied.
FIRST_QUESTIONS: Final[tuple[tuple[Field, str], ...]] = (
    (Field.OVERALL, "总的来说，您对社区这一年的工作满意吗？"),
    (Field.ENVIRONMENT, "楼道、路面、绿化、垃圾这些环境卫生，您满意吗？"),
    (Field.SAFETY, "住在这里安不安全（消防、治安、防骗），您满意吗？"),
    (Field.ERRANDS, "到社区办事，方不方便、态度好不好，您满意吗？"),
    (Field.SERVICES, "养老、托管、维修、义诊这些便民服务，您满意吗？"),
    (Field.DEMANDS, "您反映的事情，社区处理得怎么样，您满意吗？"),
    (Field.CULTURE, "社区的文体活动和邻里往来，您满意吗？"),
)
FIRST_WORDS: Final = "您最希望社区明年先做好哪一件事？"


#: How is counted until the community says otherwise: (steps that count, least answers, tries).
FIRST_STANDARD: Final = (2, 10, 3)
FIRST_SOURCE: Final = (
    "满意率＝选“非常满意”“满意”的户数÷对该题表态的户数，“不了解”和空白不计入分母；由本社区自定，街道另有口径时"
    "另立一条。回收率按美国民意研究协会（AAPOR）《标准定义》第10版（2023）RR1。"
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What one household says: a step for each question's id, None where left blank, and words."""

    steps: Mapping[int, int | None]
    words: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.words and all(step is None for step in self.steps.values())


# ── what became of a household ───────────────────────────────────────────────────────────────


class Disposition(StrEnum):
    """The final word on a sampled household, after AAPOR, Standard Definitions."""

    WAITING = "waiting"  # not asked yet, or nobody met so far
    RETURNED = "returned"
    REFUSED = "refused"
    UNABLE = "unable"  # ill, away for months, no common language
    NOT_REACHED = "not_reached"
    EMPTY = "empty"  # nobody lives there: not in the frame, as it turned out


class Outcome(StrEnum):
    """What came of one call or visit."""

    ANSWERED = "answered"
    NOBODY = "nobody"
    REFUSED = "refused"
    UNABLE = "unable"
    EMPTY = "empty"


_AFTER: Final = {
    Outcome.ANSWERED: Disposition.RETURNED,
    Outcome.REFUSED: Disposition.REFUSED,
    Outcome.UNABLE: Disposition.UNABLE,
    Outcome.EMPTY: Disposition.EMPTY,
}


def disposition_after(outcome: Outcome, tries: int, *, most: int) -> Disposition:
    """What a household counts as after this try, the one just made included in `tries`."""
    if outcome is Outcome.NOBODY:
        return Disposition.NOT_REACHED if tries >= most else Disposition.WAITING
    return _AFTER[outcome]


#: Younger members of a household are not asked. 《民法典》第17条.
GROWN_UP: Final = 18


def may_be_asked(birth_year: int | None, year: int) -> bool:
    """Whether somebody is an adult for certain, or of unknown age."""
    return birth_year is None or year - birth_year > GROWN_UP


@dataclass(frozen=True, slots=True)
class Response:
    """Households by what became of them.

    `rate` is AAPOR's RR1: complete ÷ all sampled that are not known to be empty. Refusals and
    those nobody met stay in the denominator, or a survey could be bettered by not asking.
    `rate_of_reached` is the same without those nobody met (COOP1). AAPOR, Standard Definitions,
    10th edition, 2023.
    """

    returned: int = 0
    refused: int = 0
    unable: int = 0
    not_reached: int = 0
    waiting: int = 0
    empty: int = 0

    @property
    def sampled(self) -> int:
        return self.eligible + self.empty

    @property
    def eligible(self) -> int:
        return self.reached + self.not_reached + self.waiting

    @property
    def reached(self) -> int:
        return self.returned + self.refused + self.unable

    @property
    def rate(self) -> Decimal | None:
        return share_percent(self.returned, self.eligible)

    @property
    def rate_of_reached(self) -> Decimal | None:
        return share_percent(self.returned, self.reached)


# ── the draw ─────────────────────────────────────────────────────────────────────────────────


def allot(sizes: Mapping[Key, int], size: int) -> dict[Key, int]:
    """So many of each stratum, in proportion, by the largest remainder (Hamilton).

    Of equal remainders the larger stratum is served first, then the one that stands first. The
    sum is exactly `size`, and no stratum gives more than it has. Raises ValueError for a sample
    larger than the frame.
    """
    total = sum(sizes.values())
    if not 0 <= size <= total:
        msg = f"{size} of {total} cannot be drawn"
        raise ValueError(msg)
    if total == 0:
        return dict.fromkeys(sizes, 0)
    given = {key: size * count // total for key, count in sizes.items()}
    left = size - sum(given.values())
    by_remainder = sorted(sizes, key=lambda key: (-(size * sizes[key] % total), -sizes[key]))
    for key in by_remainder[:left]:
        given[key] += 1
    return given


def draw(frame: Mapping[Key, Sequence[str]], size: int, seed: str) -> dict[Key, list[str]]:
    """A random sample, stratified in proportion, that anybody with seed and list can draw again.

    In each stratum those are drawn whose SHA-256 of "seed|address" is lowest: every household has
    the same chance, and neither the order of the list nor a program's own dice play a part.
    """
    given = allot({key: len(homes) for key, homes in frame.items()}, size)
    return {
        key: sorted(homes, key=lambda home: _lot(seed, home))[: given[key]]
        for key, homes in frame.items()
    }


def _lot(seed: str, home: str) -> str:
    return sha256(f"{seed}|{home}".encode()).hexdigest()


def digest_of_frame(frame: Mapping[int, Sequence[str]]) -> str:
    """A fingerprint of the list from which was drawn: it can be shown, the list cannot."""
    lines = sorted(f"{number}|{home}" for number, homes in frame.items() for home in homes)
    return sha256("\n".join(lines).encode()).hexdigest()


# ── the figure ───────────────────────────────────────────────────────────────────────────────

CONFIDENCE: Final = 0.95
_Z: Final = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
_TENTH: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers to one question, counted."""

    steps: Mapping[int, int]
    unsure: int = 0
    blank: int = 0

    @property
    def answered(self) -> int:
        """Who gave an opinion: 不了解 and blanks are apart."""
        return sum(self.steps.get(step, 0) for step in STEPS)

    def satisfied(self, top_steps: int) -> int:
        """Who chose one of the best steps."""
        return sum(self.steps.get(step, 0) for step in STEPS[:top_steps])


def interval(part: int, whole: int, population: int) -> tuple[Decimal, Decimal] | None:
    """The 95 % interval of a share, in percent with one place, rounded outwards.

    Wilson's score interval (J. Am. Stat. Assoc. 22, 1927) with the finite population correction:
    of a population of N, n answers weigh as much as n (N-1) / (N-n) would without end (Cochran,
    Sampling Techniques, 1977, §2.6; Korn & Graubard 1999 on effective size). When everybody
    answered nothing is left to chance. None where nobody answered.
    """
    if whole == 0:
        return None
    share = part / whole
    if whole >= population:
        low = high = share
    else:
        size = whole * (population - 1) / (population - whole)
        spread = _Z**2 / size
        middle = (share + spread / 2) / (1 + spread)
        half = _Z / (1 + spread) * sqrt(share * (1 - share) / size + spread / (4 * size))
        low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (
        _tenths(min(low, share), ROUND_FLOOR),
        _tenths(max(high, share), ROUND_CEILING),
    )


def _tenths(share: float, rounding: str) -> Decimal:
    # Twelve places first: 0.29 is 28.999999999999996 % to a machine.
    percent = Decimal(repr(round(share * 100, 10)))
    return percent.quantize(_TENTH, rounding)


def differs_clearly(
    one: tuple[Decimal, Decimal] | None, other: tuple[Decimal, Decimal] | None
) -> bool:
    """Whether two intervals do not touch; otherwise the difference may be chance."""
    if one is None or other is None:
        return False
    return one[1] < other[0] or other[1] < one[0]


def showable(counts: Mapping[Key, int], least: int) -> frozenset[Key]:
    """The groups whose results may be shown beside their total.

    A group of fewer than `least` is hidden. What is hidden could be found again by taking the
    shown ones from the total; so there are always two hidden groups or none, with `least` answers
    between them, and further groups are hidden, the smallest first, until that is so. A total
    below `least` shows nothing. Empty groups tell of nobody. (Small cells and their complement:
    Hundepool et al., Statistical Disclosure Control, 2012, ch. 4.)
    """
    if sum(counts.values()) < least:
        return frozenset()
    full = sorted((key for key in counts if counts[key] > 0), key=lambda key: counts[key])
    hidden = sum(1 for key in full if counts[key] < least)
    while 0 < hidden < len(full) and (
        hidden == 1 or sum(counts[key] for key in full[:hidden]) < least
    ):
        hidden += 1
    return frozenset(full[hidden:])


# ── letters ──────────────────────────────────────────────────────────────────────────────────

#: In one print: half a minute of the press.
LETTERS_AT_ONCE: Final = 60


def letter_parts(count: int) -> list[tuple[int, int, int]]:
    """The prints it takes for so many letters: number, first letter, last letter."""
    starts = range(0, max(count, 1), LETTERS_AT_ONCE)
    return [
        (number, start + 1, min(start + LETTERS_AT_ONCE, max(count, 1)))
        for number, start in enumerate(starts, start=1)
    ]


# ── the code on the letter ───────────────────────────────────────────────────────────────────

CODE_LENGTH: Final = 10
_CHECK_LENGTH: Final = 2
#: A prime above the number of letters: one wrong sign, and any two swapped, always show.
_MODULUS: Final = 97
_MISREAD: Final = str.maketrans("OIL", "011")


def check_digits(body: str) -> str:
    """Two digits by which a mistyped code is noticed: the code read as a number, modulo 97."""
    number = 0
    for sign in body:
        number = (number * len(READABLE) + READABLE.index(sign)) % _MODULUS
    return f"{number:02}"


def code_from(digest: str) -> str:
    """The code that follows from a keyed digest (hex), with its check digits."""
    number, body = int(digest, 16), ""
    for _place in range(CODE_LENGTH):
        number, sign = divmod(number, len(READABLE))
        body += READABLE[sign]
    return body + check_digits(body)


def read_code(typed: str) -> str | None:
    """The code somebody typed, blanks and dashes and small letters forgiven; None if misread."""
    plain = normalise_code(typed)
    body, check = plain[:CODE_LENGTH], plain[CODE_LENGTH:].translate(_MISREAD)
    if len(plain) != CODE_LENGTH + _CHECK_LENGTH or any(sign not in READABLE for sign in body):
        return None
    return body + check if check_digits(body) == check else None


def in_fours(code: str) -> str:
    """A code as it is printed: three groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
