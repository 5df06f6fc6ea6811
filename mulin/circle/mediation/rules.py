"""The room's law: who may hear a quarrel, what stops it, what counts from when, whom to propose."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from mulin.kit.calendar import WorkCalendar


class Kind(StrEnum):
    """What the quarrel is about."""

    NEIGHBOUR = "neighbour"
    FAMILY = "family"
    NOISE = "noise"
    PARKING = "parking"
    PROPERTY = "property"
    TENANCY = "tenancy"
    WAGES = "wages"
    DAMAGE = "damage"
    DEBT = "debt"
    TRADE = "trade"
    OTHER = "other"


class Source(StrEnum):
    """How it came here. 《人民调解法》第17、18条."""

    APPLIED = "applied"
    ORAL = "oral"
    OWN = "own"  # the room offered it; nobody refused
    COURT = "court"
    POLICE = "police"
    HANDED = "handed"


class Stop(StrEnum):
    """What ends mediation before it begins, or at any moment."""

    VIOLENCE = "violence"
    CHILD = "child"
    CRIME = "crime"
    COURT = "court"
    UNWILLING = "unwilling"


#: Must be reported, and by whom it was is written down. 《反家庭暴力法》第14条;《未成年人保护法》第11条;
#: 《人民调解法》第25条.
TO_BE_REPORTED: Final = frozenset({Stop.VIOLENCE, Stop.CHILD, Stop.CRIME})


class Method(StrEnum):
    """The community's three."""

    HEART = "heart"  # 动情晓理
    GAIN = "gain"  # 利益共赢
    COMMON = "common"  # 求同存异


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"  # mediators are being chosen
    SITTING = "sitting"
    AGREED = "agreed"  # performance is looked after
    CLOSED = "closed"


class Outcome(StrEnum):
    """How it ended."""

    WRITTEN = "written"
    ORAL = "oral"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    UNWILLING = "unwilling"
    STOPPED = "stopped"


AGREED: Final = frozenset({Outcome.WRITTEN, Outcome.ORAL})


class Kept(StrEnum):
    """What became of an agreement."""

    KEPT = "kept"
    PARTLY = "partly"
    BROKEN = "broken"


class SeatState(StrEnum):
    """A mediator in a case."""

    ASKED = "asked"
    DECLARED = "declared"  # no tie, and silence promised; reads names to talk to the parties
    SEATED = "seated"  # every party accepts; reads the case
    DECLINED = "declined"
    REFUSED = "refused"  # by a party
    LEFT = "left"


#: A seat that still is one.
LIVE_SEATS: Final = (SeatState.ASKED, SeatState.DECLARED, SeatState.SEATED)


class Ground(StrEnum):
    """Which courts a joint application may go to. 《民事诉讼法》(2023) 第205条."""

    PARTY = "party"
    THING = "thing"
    COMMITTEE = "committee"


class Confirmation(StrEnum):
    """How far a judicial confirmation is."""

    NONE = "none"
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    WAIVED = "waived"  # both said they want none


class Term(StrEnum):
    """How long a dossier is kept."""

    SHORT = "short"
    LONG = "long"
    FOREVER = "forever"


#: Years. The names are the ministry's; the years are ours, from the archives' ordinary terms (from
#: memory: ask the justice office).
KEEP_YEARS: Final[Mapping[Term, int | None]] = {Term.SHORT: 10, Term.LONG: 30, Term.FOREVER: None}
#: 《人民调解法》第33条第1款.
CONFIRM_DAYS: Final = 30
#: After so many days the mediators are reminded that the thirty run.
CONFIRM_REMINDERS: Final = (15, 23, 27)
#: The promise is near.
PROMISE_NOTICE: Final = timedelta(days=3)
#: Somebody looks after the last promise, or after an agreement that was done at once.
VISIT_AFTER: Final = timedelta(days=14)
#: No number below is told; 《CARE-LAW》 threshold for counts of people.
LEAST_TOLD: Final = 5
#: A broken seal closes by itself.
OPENING_HOURS: Final = 24
#: An ordinary mediation is through in a month (《人民调解工作若干规定》2002 第33条).
ORDINARY_DAYS: Final = 30

#: What no court confirms. 《民诉法解释》(2022) 第355条 (marriage, parentage, adoption; from memory the rest).
NOT_CONFIRMED: Final = frozenset({Kind.FAMILY})


def effective_on(
    *, signed: Sequence[date | None], mediator: date | None, seal: date | None
) -> date | None:
    """When a written agreement is in force: once the last of all parties, a mediator and the seal
    is on it; None while one is missing. 《人民调解法》第29条第2款.
    """
    if not signed or mediator is None or seal is None:
        return None
    done = [day for day in signed if day is not None]
    return max(*done, mediator, seal) if len(done) == len(signed) else None


@dataclass(frozen=True, slots=True)
class Window:
    """Until when a court may be asked. `go_by` is the thirtieth day itself: whoever goes by it is
    never late. `lawful` is where the law lets it end; `is_certain`: its holidays are known.
    """

    go_by: date
    lawful: date
    is_certain: bool

    @property
    def is_extended(self) -> bool:
        """The thirtieth day is a day off."""
        return self.lawful != self.go_by


def confirmation_window(effective: date, calendar: WorkCalendar) -> Window:
    """Thirty days from the day of force, which is not counted; a last day that is off moves to the
    next working day. 《人民调解法》第33条;《民法典》第201、203条;《民事诉讼法》第85条.
    """
    last = effective + timedelta(days=CONFIRM_DAYS)
    lawful = calendar.workday_on_or_after(last)
    return Window(last, lawful, calendar.is_certain(last) and calendar.is_certain(lawful))


def reminders_due(effective: date, today: date) -> int:
    """How many of the reminders of the thirty days have come."""
    return sum(today >= effective + timedelta(days=days) for days in CONFIRM_REMINDERS)


def keep_until(closed: date, term: Term) -> date | None:
    """The last day a dossier is kept: so many years from the first of January after its closing;
    None for ever.
    """
    years = KEEP_YEARS[term]
    return None if years is None else date(closed.year + years, 12, 31)


def kept_of(promises: Sequence[str]) -> Kept | None:
    """What the single promises say together: `kept` or `broken` each; None while one is open."""
    if not promises or any(one not in {Kept.KEPT, Kept.BROKEN} for one in promises):
        return None
    good = sum(one == Kept.KEPT for one in promises)
    if good == len(promises):
        return Kept.KEPT
    return Kept.PARTLY if good else Kept.BROKEN


# ── the committee ────────────────────────────────────────────────────────────────────────────

#: 《人民调解法》第8条: three to nine members, a woman among them; 第9条: elected for three years.
FEWEST_MEMBERS: Final = 3
MOST_MEMBERS: Final = 9
TERM_YEARS: Final = 3
#: An assembly of residents is called so long before a term ends.
TERM_NOTICE: Final = timedelta(days=90)


class Fault(StrEnum):
    """What a committee lacks by law."""

    FEW = "few"
    MANY = "many"
    NO_WOMAN = "no_woman"
    NO_CHAIR = "no_chair"
    OVER = "over"  # its term has ended
    SOON = "soon"  # the term ends within `TERM_NOTICE`


def term_end(since: date) -> date:
    """The first day after a term of three years; from the 29th of February on: the 1st of March."""
    try:
        return since.replace(year=since.year + TERM_YEARS)
    except ValueError:
        return date(since.year + TERM_YEARS, 3, 1)


def committee_faults(
    *, members: int, women: int, has_chair: bool, until: date, today: date
) -> list[Fault]:
    """What the law asks of a committee and this one does not have. 《人民调解法》第8、9条."""
    asked = (
        (Fault.FEW, members < FEWEST_MEMBERS),
        (Fault.MANY, members > MOST_MEMBERS),
        (Fault.NO_WOMAN, members > 0 and not women),
        (Fault.NO_CHAIR, members > 0 and not has_chair),
        (Fault.OVER, until <= today),
        (Fault.SOON, today < until <= today + TERM_NOTICE),
    )
    return [fault for fault, is_so in asked if is_so]


# ── who is tied, who is known ────────────────────────────────────────────────────────────────


class Tie(StrEnum):
    """A conflict of interest, from the community's own tables."""

    SELF = "self"
    HOUSEHOLD = "household"
    KIN = "kin"
    EMPLOYER = "employer"
    NEIGHBOUR = "neighbour"
    EARLIER = "earlier"


#: With these nobody mediates. The others are told to both sides, who may accept all the same:
#: the room lives on people who know each other (《人民调解法》第20条).
BARS: Final = frozenset({Tie.SELF, Tie.HOUSEHOLD, Tie.KIN, Tie.EMPLOYER})


class Bond(StrEnum):
    """Why a side may trust somebody."""

    HOME_TOWN = "home_town"
    GROUP = "group"
    BEFORE = "before"  # accepted this mediator in an earlier case
    DIALECT = "dialect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the roll knows of a person; empty values equal nothing."""

    person: int = 0
    household: int = 0
    address: str = ""
    staircase: str = ""
    home_town: str = ""
    is_new: bool = False
    dialect: str = ""
    employers: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()
    kin: frozenset[int] = frozenset()
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A mediator of the panel as a case sees them."""

    mediator: int
    known: Known
    kinds: frozenset[str] = frozenset()
    dialects: frozenset[str] = frozenset()
    load: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for or against, about one side."""

    side: str
    what: Tie | Bond


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate with everything that speaks for and against."""

    mediator: int
    bonds: tuple[Reason, ...]
    ties: tuple[Reason, ...]
    is_skilled: bool
    is_new_for_new: bool  # 以新调新
    load: int

    @property
    def is_barred(self) -> bool:
        """Some tie excludes them."""
        return any(reason.what in BARS for reason in self.ties)


@dataclass(frozen=True, slots=True)
class Side:
    """A party as the matching sees it: `a` asked, `b` is the other; who accepted whom before."""

    side: str
    known: Known
    accepted: frozenset[int] = field(default=frozenset())


def ties_of(one: Known, party: Known, *, earlier: Collection[str] = ()) -> list[Tie]:
    """Why somebody is too near to a party; `earlier` are the marks of everybody who ever was the
    other side of this party.
    """
    if one.person and one.person == party.person:
        return [Tie.SELF]
    found = []
    if (one.household and one.household == party.household) or (
        one.address and one.address == party.address
    ):
        found.append(Tie.HOUSEHOLD)
    if one.person in party.kin or party.person in one.kin:
        found.append(Tie.KIN)
    if one.employers & party.employers:
        found.append(Tie.EMPLOYER)
    if one.staircase and one.staircase == party.staircase and Tie.HOUSEHOLD not in found:
        found.append(Tie.NEIGHBOUR)
    if one.mark and one.mark in earlier:
        found.append(Tie.EARLIER)
    return found


def bonds_of(candidate: Candidate, side: Side) -> list[Bond]:
    """Why a side may trust a candidate."""
    mine, theirs = candidate.known, side.known
    found = []
    if mine.home_town and same_town(mine.home_town, theirs.home_town):
        found.append(Bond.HOME_TOWN)
    if mine.groups & theirs.groups:
        found.append(Bond.GROUP)
    if candidate.mediator in side.accepted:
        found.append(Bond.BEFORE)
    if theirs.dialect and theirs.dialect in candidate.dialects:
        found.append(Bond.DIALECT)
    return found


def same_town(one: str, other: str) -> bool:
    """Whether two home towns are the same, one of them perhaps written more closely: 安徽阜阳 and
    安徽阜阳颍上.
    """
    one, other = (text.replace("省", "").replace("市", "").strip() for text in (one, other))
    short, long = sorted((one, other), key=len)
    return len(short) > 2 and long.startswith(short)  # noqa: PLR2004  a province alone is no home


def propose(
    candidates: Iterable[Candidate], sides: Sequence[Side], *, kind: str,
    earlier: Mapping[str, Collection[str]],
) -> list[Proposal]:  # fmt: skip
    """Everybody of the panel, the fittest first: not barred; known to the side that knows them
    least; then to all sides together; skilled; least tied; least loaded.

    `earlier` gives for each side the marks of those it stood against before.
    """
    found = []
    for one in candidates:
        bonds = [Reason(side.side, bond) for side in sides for bond in bonds_of(one, side)]
        ties = [
            Reason(side.side, tie)
            for side in sides
            for tie in ties_of(one.known, side.known, earlier=earlier.get(side.side, ()))
        ]
        new_for_new = one.known.is_new and any(
            side.known.is_new and Reason(side.side, Bond.HOME_TOWN) in bonds for side in sides
        )
        found.append(
            Proposal(
                one.mediator, tuple(dict.fromkeys(bonds)), tuple(dict.fromkeys(ties)),
                kind in one.kinds, new_for_new, one.load,
            )
        )  # fmt: skip
    names = {side.side for side in sides}

    def place(one: Proposal) -> tuple[bool, int, int, bool, int, int, int]:
        least = min((sum(r.side == name for r in one.bonds) for name in names), default=0)
        return (
            one.is_barred, -least, -len(one.bonds), not one.is_skilled, len(one.ties), one.load,
            one.mediator,
        )  # fmt: skip

    return sorted(found, key=place)


# ── numbers that are told ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the register's numbers; None is fewer than five and not told. `days`: from the day
    a case came in to the day it ended, on average.
    """

    name: str
    count: int | None
    kept: int | None = None
    share_percent: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """Cases of one name, agreements that were kept, agreements judged; days that cases took."""

    cases: int
    kept: int
    judged: int
    days: float | None = None


def told(counts: Mapping[str, Counted]) -> list[Told]:
    """A line for each name, with whatever is below five held back.

    A share is told only where five agreements were judged, and neither those that were kept nor
    those that were not could be reckoned out of it.
    """
    lines = []
    for name, one in counts.items():
        count, kept, judged = one.cases, one.kept, one.judged
        if count < LEAST_TOLD:
            lines.append(Told(name, None))
            continue
        # One hundred percent of five or more tells of nobody what the rest does not know.
        is_safe = judged >= LEAST_TOLD and (judged - kept == 0 or judged - kept >= LEAST_TOLD)
        is_safe = is_safe and (kept == 0 or kept >= LEAST_TOLD)
        lines.append(
            Told(
                name, count, kept if is_safe else None,
                round(100 * kept / judged) if is_safe else None,
                None if one.days is None else round(one.days),
            )
        )  # fmt: skip
    return lines


def names_somebody(words: str, hidden: Iterable[str]) -> str:
    """The first name, number or address of a case that stands in these words; "" for none."""
    plain = "".join(words.split())
    return next((one for one in hidden if len(one) > 1 and "".join(one.split()) in plain), "")
