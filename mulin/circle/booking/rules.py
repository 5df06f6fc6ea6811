"""The law of booking: hours, slots, prices, who goes first, who must pause."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from mulin.kit.clock import SHANGHAI, local_day, start_of_day
from mulin.kit.money import yuan

#: What is booked is counted in quarters of an hour.
SLOT: Final = timedelta(minutes=15)
SLOT_MINUTES: Final = 15
SHORTEST: Final = timedelta(minutes=30)
MINUTES_OF_A_DAY: Final = 24 * 60
#: Hours that begin on a day end on the next day at the latest, at this minute.
LATEST_MINUTE: Final = 2 * MINUTES_OF_A_DAY
#: A place that came free is kept for so long for whoever waits; never past this time before it begins.
ANSWER: Final = timedelta(hours=24)
LAST_ANSWER: Final = timedelta(hours=1)
#: The opening code is shown so long before the booking begins.
CODE_BEFORE: Final = timedelta(minutes=15)
CODE_TRIES: Final = 5
#: Whoever comes so long before it begins has come.
EARLY: Final = timedelta(hours=1)
#: Who has not come so long after the end is noted as not having come.
MISSED_AFTER: Final = timedelta(hours=2)
#: So many misses within so many days are a pause of so many days after the last.
MISSES: Final = 2
MISSES_WITHIN: Final = timedelta(days=90)
PAUSE: Final = timedelta(days=30)
#: 《老年人权益保障法》第2条: from sixty on.
ELDER_FROM: Final = 60
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
MOST_DATES: Final = 53  # of a series: a year of weeks


class Group(StrEnum):
    """Who pays less or goes first. All but everybody and the old are checked by somebody."""

    EVERYBODY = "everybody"
    ELDER = "elder"
    LOW_INCOME = "low_income"
    VETERAN = "veteran"
    DISABLED = "disabled"
    VOLUNTEER = "volunteer"
    CLUB = "club"


#: Known of everybody, or from the day of birth; the rest needs a paper that somebody has seen.
KNOWN: Final = frozenset({Group.EVERYBODY, Group.ELDER})
#: Who goes first on the waiting list and may book further ahead.
FIRST: Final = frozenset({Group.ELDER, Group.LOW_INCOME, Group.VETERAN, Group.DISABLED})


class Purpose(StrEnum):
    """What a room is wanted for."""

    BANQUET = "banquet"
    GROUP = "group"
    MEETING = "meeting"
    CLASS = "class"
    REST = "rest"
    OTHER = "other"


class State(StrEnum):
    """How a booking stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    CAME = "came"
    MISSED = "missed"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Deed(StrEnum):
    """What is done to a booking."""

    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    LAPSE = "lapse"
    CANCEL = "cancel"
    COME = "come"
    MISS = "miss"


#: From which states a deed leads where.
MOVES: Final[Mapping[Deed, tuple[frozenset[State], State]]] = {
    Deed.OFFER: (frozenset({State.WAITING}), State.OFFERED),
    Deed.ACCEPT: (frozenset({State.OFFERED}), State.BOOKED),
    Deed.DECLINE: (frozenset({State.OFFERED}), State.LAPSED),
    Deed.LAPSE: (frozenset({State.WAITING, State.OFFERED}), State.LAPSED),
    Deed.CANCEL: (frozenset({State.WAITING, State.OFFERED, State.BOOKED}), State.CANCELLED),
    Deed.COME: (frozenset({State.BOOKED, State.MISSED}), State.CAME),
    Deed.MISS: (frozenset({State.BOOKED}), State.MISSED),
}
#: Still to come, one way or the other.
ALIVE: Final = frozenset({State.WAITING, State.OFFERED, State.BOOKED})
#: Keep their quarter-hours of the room.
HOLDS: Final = frozenset({State.OFFERED, State.BOOKED, State.CAME, State.MISSED})
#: Counted as hours that the room is or was in use.
USED: Final = frozenset({State.BOOKED, State.CAME})


# ── time ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From a moment, to a moment that is itself outside."""

    starts: datetime
    ends: datetime

    def overlaps(self, other: "Span") -> bool:
        """Whether a moment belongs to both."""
        return self.starts < other.ends and other.starts < self.ends

    def covers(self, other: "Span") -> bool:
        """Whether the other lies wholly within."""
        return self.starts <= other.starts and other.ends <= self.ends

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int((self.ends - self.starts) / timedelta(minutes=1))


def is_on_grid(moment: datetime) -> bool:
    """Whether a quarter of an hour begins at this moment."""
    return moment.timestamp() % SLOT.total_seconds() == 0


def slots_of(span: Span, cleaning_minutes: int) -> range:
    """The numbers of the quarter-hours that a booking holds, the cleaning after it included.

    Numbers count quarters since 1970, so a booking across midnight is nothing special. A cleaning
    that is no whole number of quarters takes the last one whole.
    """
    size = int(SLOT.total_seconds())
    cleaned = span.ends + timedelta(minutes=cleaning_minutes)
    return range(int(span.starts.timestamp()) // size, -(-int(cleaned.timestamp()) // size))


def is_sensible(day: date) -> bool:
    """Whether somebody can mean this day: a slip of the pen lies centuries away."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def span_between(day: date, starts: time, ends: time) -> Span:
    """What somebody means who writes a day and two times: an end that is not later is tomorrow's."""
    first = datetime.combine(day, starts, SHANGHAI)
    last = datetime.combine(day if ends > starts else day + timedelta(days=1), ends, SHANGHAI)
    return Span(first, last)


@dataclass(frozen=True, slots=True)
class Window:
    """A room can be booked on a weekday (1 Monday to 7 Sunday) from, to: minutes after 00:00, the
    end up to 24:00 of the next day. `is_idle`: hours that nobody else needs, open to the old.
    """

    weekday: int
    opens: int
    closes: int
    is_idle: bool = False


def faults_of(windows: Sequence[Window]) -> bool:
    """Whether hours end before they begin or run into each other, Sunday night into Monday too."""
    week = 7 * MINUTES_OF_A_DAY
    spans = sorted(
        ((one.weekday - 1) * MINUTES_OF_A_DAY + one.opens, (one.weekday - 1) * MINUTES_OF_A_DAY + one.closes)
        for one in windows
    )  # fmt: skip
    if any(not 0 <= one.opens < one.closes <= LATEST_MINUTE for one in windows):
        return True
    if any(second[0] < first[1] for first, second in pairwise(spans)):
        return True
    return bool(spans) and spans[-1][1] - week > spans[0][0]


def laid_over(windows: Iterable[Window], new: Window) -> list[Window]:
    """The week with new hours: what they cover of the same day's older ones is cut out of these, so
    that idle hours can be laid into a long day.
    """
    kept = []
    for one in windows:
        if one.weekday != new.weekday or one.closes <= new.opens or new.closes <= one.opens:
            kept.append(one)
            continue
        if one.opens < new.opens:
            kept.append(Window(one.weekday, one.opens, new.opens, one.is_idle))
        if new.closes < one.closes:
            kept.append(Window(one.weekday, new.closes, one.closes, one.is_idle))
    return sorted([*kept, new], key=lambda one: (one.weekday, one.opens))


def open_spans(
    windows: Iterable[Window], first: date, last: date, *, is_closed: Callable[[date], bool],
    only_idle: bool = False,
) -> list[Span]:  # fmt: skip
    """When a room can be booked at all from a day to a day, hours that touch made one.

    Hours belong to the day on which they begin: Friday night until one is open although Saturday
    is closed. The night before the first day counts.
    """
    found: list[Span] = []
    by_weekday: dict[int, list[Window]] = {}
    for one in windows:
        if one.is_idle or not only_idle:
            by_weekday.setdefault(one.weekday, []).append(one)
    day = first - timedelta(days=1)
    while day <= last:
        if not is_closed(day):
            midnight = start_of_day(day)
            found += [
                Span(midnight + timedelta(minutes=one.opens), midnight + timedelta(minutes=one.closes))
                for one in by_weekday.get(day.isoweekday(), ())
            ]  # fmt: skip
        day += timedelta(days=1)
    return merged(found)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch or overlap as one."""
    out: list[Span] = []
    for one in sorted(spans):
        if out and one.starts <= out[-1].ends:
            out[-1] = Span(out[-1].starts, max(out[-1].ends, one.ends))
        else:
            out.append(one)
    return out


def fits(
    windows: Sequence[Window], wanted: Span, *, is_closed: Callable[[date], bool],
    only_idle: bool = False,
) -> bool:  # fmt: skip
    """Whether a booking lies wholly within the bookable hours (or within the idle ones)."""
    spans = open_spans(
        windows, local_day(wanted.starts), local_day(wanted.ends), is_closed=is_closed,
        only_idle=only_idle,
    )  # fmt: skip
    return any(span.covers(wanted) for span in spans)


def free_spans(
    opened: Iterable[Span], taken: Iterable[Span], *, cleaning_minutes: int, since: datetime
) -> list[Span]:
    """What can still be booked of the open spans, from a moment on.

    `taken` are bookings without their cleaning. Whoever comes before one of them must be cleaned
    up after, too, so the free time ends earlier by the cleaning.
    """
    cleaning = timedelta(minutes=-(-cleaning_minutes // SLOT_MINUTES) * SLOT_MINUTES)
    busy = merged(Span(one.starts - cleaning, one.ends + cleaning) for one in taken)
    free: list[Span] = []
    for span in opened:
        at = max(span.starts, since)
        for one in busy:
            if one.ends <= at or one.starts >= span.ends:
                continue
            if one.starts > at:
                free.append(Span(at, one.starts))
            at = max(at, one.ends)
        if at < span.ends:
            free.append(Span(at, span.ends))
    return [one for one in free if one.ends - one.starts >= SHORTEST]


def next_quarter(moment: datetime) -> datetime:
    """The quarter of an hour that begins now, or else the next one."""
    size = int(SLOT.total_seconds())
    stamp = -(-int(moment.timestamp()) // size) * size
    return datetime.fromtimestamp(stamp, SHANGHAI)


def dates_of(first: date, until: date, every_weeks: int) -> list[date]:
    """The days of a series, its first one included. Raises ValueError for too many or none."""
    if every_weeks < 1 or until < first:
        raise ValueError("a series goes on")
    count = (until - first).days // (7 * every_weeks) + 1
    if count > MOST_DATES:
        raise ValueError("too many dates")
    return [first + timedelta(weeks=every_weeks * number) for number in range(count)]


# ── who ──────────────────────────────────────────────────────────────────────────────────────


def groups_on(age: int | None, checked: Iterable[Group]) -> frozenset[Group]:
    """The groups of somebody of this age, with what was checked."""
    known = (
        {Group.EVERYBODY, Group.ELDER}
        if age is not None and age >= ELDER_FROM
        else {Group.EVERYBODY}
    )
    return frozenset(known | set(checked))


def goes_first(groups: Iterable[Group]) -> bool:
    """Whether somebody stands in front on a waiting list."""
    return bool(FIRST & set(groups))


def pause_until(misses: Iterable[date], today: date) -> date | None:
    """The first day on which somebody may book again for themselves; None for whoever may now.

    Two misses (not come, or cancelled too late) within ninety days are a pause of thirty days
    after the last. The desk may book for them at any time.
    """
    days = sorted(misses)
    until = None
    for first, last in zip(days, days[MISSES - 1 :], strict=False):
        if last - first <= MISSES_WITHIN:
            until = last + PAUSE
    return until if until is not None and today < until else None


def answer_by(now: datetime, starts: datetime) -> datetime:
    """Until when somebody may say yes to a place that came free: a day, and an hour before it
    begins at the latest; what begins within two hours is theirs until it begins.
    """
    if starts - now <= 2 * LAST_ANSWER:
        return starts
    return min(now + ANSWER, starts - LAST_ANSWER)


def is_late(now: datetime, starts: datetime, notice_hours: int) -> bool:
    """Whether a cancellation comes too late for others to use the time."""
    return now > starts - timedelta(hours=notice_hours)


# ── money ────────────────────────────────────────────────────────────────────────────────────


class Basis(StrEnum):
    """What a price is for."""

    HOUR = "hour"
    TABLE = "table"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class PriceRule:
    """A price in yuan for a purpose (empty: any), with its deposit, from a day to a day (inclusive)."""

    id: int
    purpose: str
    basis: Basis
    yuan: Decimal
    deposit: Decimal
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class DiscountRule:
    """Percent off for a group, from a day to a day (inclusive); `only_idle`: within idle hours."""

    id: int
    group: Group
    percent: Decimal
    only_idle: bool
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as prices need it."""

    day: date
    purpose: str
    minutes: int
    tables: int
    is_idle: bool
    groups: frozenset[Group]


@dataclass(frozen=True, slots=True)
class Quote:
    """What it costs, in yuan, and by which rules; no price rule means that nothing is asked."""

    base: Decimal
    discount: Decimal
    deposit: Decimal
    price_id: int | None = None
    discount_id: int | None = None
    group: Group = Group.EVERYBODY

    @property
    def yuan(self) -> Decimal:
        """What is to be paid."""
        return self.base - self.discount


def _runs(rule: PriceRule | DiscountRule, day: date) -> bool:
    return rule.since <= day and (rule.until is None or day <= rule.until)


def quote(asked: Asked, prices: Iterable[PriceRule], discounts: Iterable[DiscountRule]) -> Quote:
    """The price of the day the room is used: the rule for that purpose before the one for any, the
    latest before the earlier. Of all discounts that apply the best one counts; they do not add up.
    Half a fen is rounded up, in the price and in what is taken off it.
    """
    running = [
        one for one in prices if _runs(one, asked.day) and one.purpose in {"", asked.purpose}
    ]
    if not running:
        return Quote(yuan(0), yuan(0), yuan(0))
    rule = max(running, key=lambda one: (one.purpose != "", one.since, one.id))
    base = yuan(_base(rule, asked))
    allowed = [
        one
        for one in discounts
        if _runs(one, asked.day)
        and one.group in asked.groups
        and (asked.is_idle or not one.only_idle)
    ]
    if not allowed:
        return Quote(base, yuan(0), yuan(rule.deposit), rule.id)
    best = max(allowed, key=lambda one: (one.percent, one.since, one.id))
    off = yuan(base * best.percent / 100)
    return Quote(base, off, yuan(rule.deposit), rule.id, best.id, best.group)


def _base(rule: PriceRule, asked: Asked) -> Decimal:
    if rule.basis is Basis.HOUR:
        return rule.yuan * asked.minutes / 60
    if rule.basis is Basis.TABLE:
        return rule.yuan * max(asked.tables, 1)
    return rule.yuan


class Money(StrEnum):
    """A line of money at a booking."""

    PAID = "paid"
    REFUNDED = "refunded"
    DEPOSIT = "deposit"
    RETURNED = "returned"
    KEPT = "kept"


#: What a line does to what was paid and to the deposit that is held.
EFFECTS: Final[Mapping[Money, tuple[int, int]]] = {
    Money.PAID: (1, 0),
    Money.REFUNDED: (-1, 0),
    Money.DEPOSIT: (0, 1),
    Money.RETURNED: (0, -1),
    Money.KEPT: (0, -1),
}
