"""The law of the childcare room: ages and adults, who may mind, who may take a child away, the
ladder of a child that nobody fetches, medicine, allergens. Nothing here can be switched off.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mulin.ground.community.rules import Role
from mulin.kit.clock import local_day

LEAD: Final = frozenset({Role.CHILDCARE_LEAD})
#: Who is with the children.
MINDERS: Final = LEAD | {Role.CHILD_DUTY}
#: 《未成年人网络保护条例》第36条: whoever answers for the room says who may read.
APPROVERS: Final = LEAD | {Role.HEAD}
#: Who writes an enrolment down for somebody who is no user of phones.
ENROLLERS: Final = LEAD | {Role.HEAD, Role.COMMUNITY_WORKER}

# ── how many adults ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Band:
    """Children of an age, in full months, and how many of them one adult may mind from a day on.

    `source` is the rule; empty where no national one is known and the number is ours.
    """

    from_months: int
    until_months: int
    per_adult: int
    since: date
    source: str


_NURSERY: Final = "《托育机构设置标准（试行）》第20条（国卫人口发〔2019〕58号）"
_KINDERGARTEN: Final = "《幼儿园教职工配备标准（暂行）》（教师〔2013〕1号）"
_FIRST: Final = date(2019, 10, 8)
_SCHOOL_AGE: Final = 72
_GROWN: Final = 18 * 12
BANDS: Final = (
    Band(6, 12, 3, _FIRST, _NURSERY),
    Band(12, 24, 5, _FIRST, _NURSERY),
    Band(24, 36, 7, _FIRST, _NURSERY),
    Band(36, _SCHOOL_AGE, 9, date(2013, 1, 8), _KINDERGARTEN),
    Band(_SCHOOL_AGE, _GROWN, 15, date(2020, 7, 1), ""),
)
#: Nobody is alone with children.
TWO_ADULTS: Final = 2


def months_on(born_on: date, day: date) -> int:
    """Full months of life. Whoever was born on the 31st is a month older on the next month's 1st."""
    return (day.year - born_on.year) * 12 + day.month - born_on.month - (day.day < born_on.day)


def band_on(born_on: date, day: date, bands: Sequence[Band] = BANDS) -> Band | None:
    """The band of a child on a day, by the newest rule in force; None for who is too small or grown."""
    months = months_on(born_on, day)
    fitting = [
        one for one in bands if one.from_months <= months < one.until_months and one.since <= day
    ]
    return max(fitting, key=lambda one: one.since, default=None)


def per_adult_on(born_on: date, day: date, bands: Sequence[Band] = BANDS) -> int:
    """How many children of this age one adult may mind on a day.

    A child whose age has no band counts as one of the smallest: it is here, so it is minded.
    """
    band = band_on(born_on, day, bands)
    return band.per_adult if band else min(one.per_adult for one in bands)


def adults_needed(births: Iterable[date], day: date, bands: Sequence[Band] = BANDS) -> int:
    """How many adults these children need together: each band rounded up by itself, two at least.

    The gates of the database count the same (`childcare.gates`).
    """
    counts = Counter(per_adult_on(born_on, day, bands) for born_on in births)
    if not counts:
        return 0
    return max(TWO_ADULTS, sum(-(-count // per_adult) for per_adult, count in counts.items()))


@dataclass(frozen=True, slots=True)
class Span:
    """A child that is expected from one time of a day to another."""

    born_on: date
    starts: time
    ends: time


def most_adults(spans: Sequence[Span], day: date) -> int:
    """How many adults the fullest moment of a day needs."""
    return max(
        (
            adults_needed((one.born_on for one in spans if one.starts <= at < one.ends), day)
            for at in {one.starts for one in spans}
        ),
        default=0,
    )


@dataclass(frozen=True, slots=True)
class Watch:
    """An adult of the rota is on duty from one time of a day to another."""

    starts: time
    ends: time


def has_room(wanted: Span, held: Sequence[Span], watches: Sequence[Watch], day: date) -> bool:
    """Whether the adults of the rota are enough at each moment of a place, with it among those held."""
    all_of_them = [*held, wanted]
    moments = {one.starts for one in all_of_them} | {one.ends for one in watches}
    return all(
        adults_needed((one.born_on for one in all_of_them if one.starts <= at < one.ends), day)
        <= sum(one.starts <= at < one.ends for one in watches)
        for at in moments | {wanted.starts}
        if wanted.starts <= at < wanted.ends
    )


#: So many free places are told at most; five are five or more. Beside the adults of the rota the
#: whole number would say how many children are booked.
MOST_FREE_TOLD: Final = 5


def bands_on(day: date, bands: Sequence[Band] = BANDS) -> list[Band]:
    """The bands in force on a day, the smallest children first; of two for one age the newer."""
    newest = {
        one.from_months: one for one in sorted(bands, key=lambda one: one.since) if one.since <= day
    }
    return [newest[months] for months in sorted(newest)]


def free_places(
    band: Band, held: Sequence[Span], watches: Sequence[Watch], during: Watch, day: date
) -> int:
    """How many children of a band more the adults of the rota could mind for all of this time, beside
    those whose places are held; as `has_room` counts them.
    """
    moments = {one.starts for one in held} | {one.starts for one in watches}
    moments |= {one.ends for one in watches} | {during.starts}
    return min(
        _free_at(at, band, held, watches, day)
        for at in moments
        if during.starts <= at < during.ends
    )


def _free_at(
    at: time, band: Band, held: Sequence[Span], watches: Sequence[Watch], day: date
) -> int:
    adults = sum(one.starts <= at < one.ends for one in watches)
    there = Counter(per_adult_on(one.born_on, day) for one in held if one.starts <= at < one.ends)
    own = there.pop(band.per_adult, 0)
    left = adults - sum(-(-count // per_adult) for per_adult, count in there.items())
    if adults < TWO_ADULTS:
        return 0
    return max(left * band.per_adult - own, 0)


class Lack(StrEnum):
    """What is wrong in the room."""

    TWO = "two"
    RATIO = "ratio"
    LEADER = "leader"


#: What no child is taken in with, and nobody goes away from, unless it can't be helped.
NO_GOING_ON: Final = frozenset({Lack.TWO, Lack.RATIO})


def lacks(births: Sequence[date], *, adults: int, leads: int, day: date) -> frozenset[Lack]:
    """What is missing for the children who are here now; nothing where nobody is here."""
    needed = adults_needed(births, day)
    if not needed:
        return frozenset()
    found = set()
    if adults < TWO_ADULTS:
        found.add(Lack.TWO)
    if adults < needed:
        found.add(Lack.RATIO)
    if not leads:
        found.add(Lack.LEADER)
    return frozenset(found)


# ── who may mind ─────────────────────────────────────────────────────────────────────────────


def check_counts_until(checked_on: date) -> date:
    """The first day on which a check of the criminal record is too old: twelve months later.

    《未成年人保护法》第62条 asks for a check each year. The 29th of February ends on the 1st of March.
    """
    try:
        return checked_on.replace(year=checked_on.year + 1)
    except ValueError:
        return date(checked_on.year + 1, 3, 1)


def may_mind(checked_on: date | None, day: date) -> bool:
    """Whether the check of the criminal record counts on this day."""
    return checked_on is not None and checked_on <= day < check_counts_until(checked_on)


#: A day of the room goes on until this hour of the night: a child that nobody fetched is minded.
DAY_BEGINS: Final = time(4)


def room_day(moment: datetime) -> date:
    """The day of the room. Whoever forgot to sign out the evening before minds nobody today."""
    begins = timedelta(hours=DAY_BEGINS.hour)
    return local_day(moment - begins)


#: A clearance is for a while; whoever stays gets a new one.
LONGEST_CLEARANCE: Final = timedelta(days=366)


# ── who may take a child away ────────────────────────────────────────────────────────────────


class Who(StrEnum):
    """What somebody at the door is to the child."""

    GUARDIAN = "guardian"
    LISTED = "listed"
    #: Another guardian says that they must not, but no court has said so.
    DISPUTED = "disputed"
    STRANGER = "stranger"
    #: A court, or the police, said no.
    BLOCKED = "blocked"


class Code(StrEnum):
    """The day's code, as it was shown."""

    NONE = "none"
    RIGHT = "right"
    WRONG = "wrong"


class Call(StrEnum):
    """What a guardian said when they were called back."""

    NONE = "none"
    AGREED = "agreed"
    #: At a number that was changed today, so that it may be anybody's; or by a guardian whom another
    #: one forbids.
    DOUBTFUL = "doubtful"
    UNREACHED = "unreached"
    REFUSED = "refused"


class Sign(StrEnum):
    """A thing that speaks for handing over."""

    CODE = "code"
    ID = "id"
    CALL = "call"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known at the door. `second`: another member of staff looked, too."""

    who: Who
    code: Code = Code.NONE
    id_seen: bool = False
    call: Call = Call.NONE
    second: bool = False


#: Each line of a kind of person is enough by itself. Who is not named here is never given a child.
ENOUGH: Final[Mapping[Who, tuple[frozenset[Sign], ...]]] = MappingProxyType(
    {
        Who.GUARDIAN: (
            frozenset({Sign.CODE}), frozenset({Sign.ID}), frozenset({Sign.CALL}),
        ),
        Who.LISTED: (
            frozenset({Sign.CODE}), frozenset({Sign.ID}), frozenset({Sign.CALL}),
        ),
        Who.DISPUTED: (frozenset({Sign.ID, Sign.SECOND}),),
        Who.STRANGER: (frozenset({Sign.CALL, Sign.ID, Sign.SECOND}),),
        Who.BLOCKED: (),
    }
)  # fmt: skip


#: Of two ways as short, the one that whoever stands at the door can show at once is named.
_EASE: Final = (Sign.ID, Sign.CODE, Sign.CALL, Sign.SECOND)


class Answer(StrEnum):
    """Whether the child goes, and if not, why."""

    GOES = "goes"
    BLOCKED = "blocked"
    FORBIDDEN = "forbidden"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, and what is lacking by the shortest way."""

    answer: Answer
    lacking: frozenset[Sign] = frozenset()

    @property
    def goes(self) -> bool:
        return self.answer is Answer.GOES


def signs_of(proof: Proof) -> frozenset[Sign]:
    """What speaks for handing over. A wrong code and a doubtful call say nothing."""
    said = {
        Sign.CODE: proof.code is Code.RIGHT,
        Sign.ID: proof.id_seen,
        Sign.CALL: proof.call is Call.AGREED,
        Sign.SECOND: proof.second,
    }
    return frozenset(sign for sign, is_there in said.items() if is_there)


def decide(proof: Proof) -> Verdict:
    """Whether the child goes with this person. Without enough it stays: nobody leaves by default.

    A court's word stands before everything. A guardian who says no on the telephone is obeyed, but
    for another guardian: parents have equal rights (《民法典》第1058、1084条), so that one is looked at
    by two members of staff, as where parents forbid each other.
    """
    if proof.who is Who.BLOCKED:
        return Verdict(Answer.BLOCKED)
    who = proof.who
    if proof.call is Call.REFUSED:
        if who not in {Who.GUARDIAN, Who.DISPUTED}:
            return Verdict(Answer.FORBIDDEN)
        who = Who.DISPUTED
    signs = signs_of(proof)
    ways = ENOUGH[who]
    if any(way <= signs for way in ways):
        return Verdict(Answer.GOES)
    return Verdict(
        Answer.MORE,
        min(
            (way - signs for way in ways), key=lambda one: (len(one), sorted(map(_EASE.index, one)))
        ),
    )


#: Digits of a day's code, and how often a wrong one may be typed before it is dead.
CODE_DIGITS: Final = 6
CODE_TRIES: Final = 5


def same_name(one: str, other: str) -> bool:
    """Whether two names are spelled alike, whatever spaces and dots stand between."""
    return bool(one) and _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


# ── nobody came ──────────────────────────────────────────────────────────────────────────────

#: The hours of a place where nobody says others.
OPENS: Final = time(8, 30)
CLOSES: Final = time(17, 30)
#: Ten minutes after closing the family and the room, twenty minutes after it the head too, and so
#: on every ten minutes until somebody does something.
RUNG: Final = timedelta(minutes=10)
HEAD_FROM_RUNG: Final = 2
#: Somebody who says what happens now is believed so long.
ANSWER_COUNTS: Final = timedelta(minutes=30)


def next_rung(closing: datetime, rung: int) -> datetime:
    """When the rung after `rung` rings; 0 before the first."""
    return closing + RUNG * (rung + 1)


def rung_now(closing: datetime, rung: int, now: datetime) -> int:
    """Which rung a child that is still here stands on: after a night off the latest rings, once."""
    return max(rung + 1, (now - closing) // RUNG)


def is_head_told(rung: int) -> bool:
    """Whether this rung reaches the head of the community."""
    return rung >= HEAD_FROM_RUNG


# ── meals and medicine ───────────────────────────────────────────────────────────────────────


class Allergen(StrEnum):
    """The eight kinds of GB 7718 (一般规则 4.4.3), as they stand on packets."""

    GLUTEN = "gluten"
    SHELLFISH = "shellfish"
    FISH = "fish"
    EGG = "egg"
    PEANUT = "peanut"
    SOY = "soy"
    MILK = "milk"
    NUT = "nut"


def clashes(childs: Iterable[str], meals: Iterable[str]) -> frozenset[Allergen]:
    """What of a meal a child must not eat."""
    return frozenset(Allergen(one) for one in set(childs) & set(meals))


@dataclass(frozen=True, slots=True)
class Ordered:
    """A written order for medicine: its days, how often a day."""

    first: date
    last: date
    per_day: int
    is_stopped: bool = False


def may_give(order: Ordered, *, day: date, given_today: int) -> bool:
    """Medicine is given by a written order only, in its days, not more often than it says."""
    return not order.is_stopped and order.first <= day <= order.last and given_today < order.per_day


# ── bookings ─────────────────────────────────────────────────────────────────────────────────

#: A place is booked from today on, not further ahead than people plan.
BOOKED_AHEAD: Final = timedelta(days=62)


def may_book(day: date, today: date) -> bool:
    """Whether a place can be asked for on this day."""
    return today <= day <= today + BOOKED_AHEAD


# ── how long ─────────────────────────────────────────────────────────────────────────────────

#: 《民法典》第188条: three years in which somebody may still ask what happened.
KEPT_YEARS: Final = 3


def kept_until(today: date) -> date:
    """Whoever left on this day or before is forgotten today."""
    try:
        return today.replace(year=today.year - KEPT_YEARS)
    except ValueError:
        return date(today.year - KEPT_YEARS, 2, 28)
