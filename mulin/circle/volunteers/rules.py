"""The law of volunteering: which minutes count, hours, clashes, slots, posts, stars, months."""

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from mulin.ground.community.rules import DESK_ROLES, Role

#: The name of our kind of gathering.
KIND: Final = "volunteering"
#: The name of our kind of duty on the rota.
DUTY_KIND: Final = "volunteers"
#: Who plans activities, keeps the lists and the record.
KEEPERS: Final = DESK_ROLES | {Role.VOLUNTEER_LEAD}
#: Who comes to another place needs so long to get there.
GRACE: Final = timedelta(minutes=30)
#: Checking in counts from so long before an activity until so long after it.
DOOR_BEFORE: Final = timedelta(hours=1)
DOOR_AFTER: Final = timedelta(hours=2)
#: Whoever is on duty is reminded so long before.
REMIND_BEFORE: Final = timedelta(hours=24)
#: 民发〔2015〕149号: hours that were certified are made public for at least seven days.
NOTICE_DAYS: Final = 7
#: Hours from which a star is earned, 《志愿服务记录办法》(民函〔2012〕340号); shown only on wish.
STAR_HOURS: Final = (100, 300, 600, 1000, 1500)
#: An activity is planned with so many posts at most, and a post with so many places.
MOST_POSTS: Final = 12
MOST_WANTED: Final = 200
FEWEST_SLOT_MINUTES: Final = 5
_MINUTE: Final = timedelta(minutes=1)
_SIX: Final = 6  # minutes in a tenth of an hour


class Stand(StrEnum):
    """How somebody stands to a shift."""

    GOING = "going"
    WAITING = "waiting"
    OFF = "off"


class Block(StrEnum):
    """The blocks of the record that are written, not counted. 《志愿服务条例》第19条 names five: basic
    data and services are kept as such.
    """

    TRAINING = "training"
    HONOUR = "honour"
    EVALUATION = "evaluation"


class Audience(StrEnum):
    """Whom a merchant's offer is for."""

    VOLUNTEERS = "volunteers"
    ELDERS = "elders"


# ── time that counts ─────────────────────────────────────────────────────────────────────────


class Span(NamedTuple):
    """From a moment to a later one, which is no longer in it."""

    begins: datetime
    ends: datetime


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans that do not touch, in order."""
    found: list[Span] = []
    for span in sorted(one for one in spans if one.ends > one.begins):
        if found and span.begins <= found[-1].ends:
            found[-1] = Span(found[-1].begins, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return found


def within(spans: Iterable[Span], bounds: Iterable[Span]) -> list[Span]:
    """What of the spans lies within the bounds."""
    held = merged(bounds)
    cut = [
        Span(max(one.begins, bound.begins), min(one.ends, bound.ends))
        for one in merged(spans)
        for bound in held
    ]
    return merged(cut)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What of the spans is not taken."""
    left = merged(spans)
    for one in merged(taken):
        left = [piece for span in left for piece in _beside(span, one)]
    return left


def _beside(span: Span, taken: Span) -> Iterator[Span]:
    if taken.ends <= span.begins or taken.begins >= span.ends:
        yield span
        return
    if span.begins < taken.begins:
        yield Span(span.begins, taken.begins)
    if taken.ends < span.ends:
        yield Span(taken.ends, span.ends)


def counted(stays: Iterable[Span], allowed: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What counts as service: the time somebody was there, within their shifts (or the activity),
    less what counts elsewhere already; each piece cut to whole minutes.

    No minute counts twice and none that was not served, so the sum never exceeds the real time.
    The way there and back does not count (《注册志愿者证》使用说明).
    """
    pieces = []
    for span in without(within(stays, allowed), taken):
        begins, ends = _up(span.begins), _down(span.ends)
        if ends > begins:
            pieces.append(Span(begins, ends))
    return pieces


def _down(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _up(moment: datetime) -> datetime:
    whole = _down(moment)
    return whole if whole == moment else whole + _MINUTE


def minutes_in(spans: Iterable[Span]) -> int:
    """Whole minutes of spans that do not overlap."""
    return sum(int((one.ends - one.begins) // _MINUTE) for one in spans)


def hours_of(minutes: int) -> Decimal:
    """Hours as they are certified: the sum of minutes, then down to a tenth of an hour.

    No rule of rounding is published, so ours is printed beside every number.
    """
    return Decimal(minutes // _SIX).scaleb(-1)


def stars_of(minutes: int) -> int:
    """How many stars these minutes earn, 0 to 5."""
    return sum(minutes >= hours * 60 for hours in STAR_HOURS)


def may_check_in(starts: datetime, ends: datetime, now: datetime) -> bool:
    """Whether the door counts at this moment."""
    return starts - DOOR_BEFORE <= now <= ends + DOOR_AFTER


# ── who can be where ─────────────────────────────────────────────────────────────────────────


def is_clash(mine: Span, other: Span) -> bool:
    """Nobody is in two places: both at the same time."""
    return mine.begins < other.ends and other.begins < mine.ends


def is_tight(mine: Span, other: Span) -> bool:
    """One after the other, but with less than half an hour between."""
    near = mine.begins - GRACE < other.ends and other.begins < mine.ends + GRACE
    return near and not is_clash(mine, other)


def stand_for(wanted: int, going: int) -> Stand:
    """A place, or one on the waiting list, for whoever signs up next."""
    return Stand.GOING if going < wanted else Stand.WAITING


def slots_of(starts: datetime, ends: datetime, minutes: int) -> list[datetime]:
    """When appointments begin; each ends before the activity does. Nothing without a length."""
    if minutes < FEWEST_SLOT_MINUTES:
        return []
    step, found, at = timedelta(minutes=minutes), [], starts
    while at + step <= ends:
        found.append(at)
        at += step
    return found


class Post(NamedTuple):
    """A post as it is typed: what it is called, how many it wants, which skill it needs."""

    name: str
    wanted: int
    skill: str


_PARTS: Final = re.compile(r"[,，、;；\t]+")


def read_posts(typed: str) -> list[Post]:
    """Posts, one a line: `Barber, 2, haircutting`. A number is read as how many, the first word is
    the name, a second one the skill. Raises ValueError with the line that cannot be read.
    """
    found = []
    for line in filter(None, (one.strip() for one in typed.splitlines())):
        words, wanted = [], 1
        for part in filter(None, (one.strip() for one in _PARTS.split(line))):
            if part.isdecimal():
                wanted = int(part)
            else:
                words.append(part)
        if not words or len(words) > 2 or not 1 <= wanted <= MOST_WANTED:  # noqa: PLR2004  name, skill
            raise ValueError(line)
        found.append(Post(words[0][:40], wanted, (words[1] if len(words) > 1 else "")[:40]))
    if len(found) > MOST_POSTS:
        raise ValueError(found[MOST_POSTS].name)
    return found


def read_words(typed: str) -> list[str]:
    """Words that commas or spaces part, each once, in order: the skills of a volunteer."""
    return list(dict.fromkeys(filter(None, re.split(r"[\s,，、;；]+", typed.strip()))))


def fits(skill: str, skills: Sequence[str]) -> bool:
    """Whether a post that needs this skill may be filled by whoever has these."""
    return not skill or skill in skills


# ── months ───────────────────────────────────────────────────────────────────────────────────


def month_of(typed: str, today: date) -> date:
    """The first of the month that is typed (`2026-11`), or of this one."""
    match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", typed.strip())
    return date(int(match[1]), int(match[2]), 1) if match else today.replace(day=1)


def month_after(month: date) -> date:
    """The first of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def month_before(month: date) -> date:
    """The first of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def weeks_of(month: date) -> list[list[date]]:
    """The weeks that touch a month, Monday first."""
    return calendar.Calendar().monthdatescalendar(month.year, month.month)


def weekday_in_month(day: date) -> tuple[int, int]:
    """Which weekday of its month a day is: (3, 6) is the third Saturday; 5 stands for the last."""
    return min((day.day - 1) // 7 + 1, 5), day.isoweekday()


def initial_of(name: str) -> str:
    """A name as it may stand in public: 王**. 《志愿服务条例》第20条."""
    return name[:1] + "*" * (len(name) - 1)
