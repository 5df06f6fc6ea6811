"""The law of the street: how old a sum may be, what is too small, what becomes of what it is given."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from mulin.ground.figures.rules import MIN_COUNT, Period, Span

#: A sum is made again after so long: once a night, and at the next chance where one was missed.
SUMS_LAST: Final = timedelta(hours=20)
#: Answers and ratings of a period come in after its end; so long its sums are made again.
SETTLES: Final = timedelta(days=31)
#: A sum older than this is said to be old where it stands.
IS_OLD: Final = timedelta(hours=36)
#: A grant ends by itself; a quarter is as long as a matter between two offices lasts.
LONGEST_GRANT: Final = timedelta(days=92)
#: What is handed up comes back within so long, or is handed up again.
LONGEST_LIMIT: Final = timedelta(days=60)


class Stand(StrEnum):
    """Where something handed up stands."""

    SENT = "sent"
    TAKEN = "taken"
    ANSWERED = "answered"
    GIVEN_BACK = "given_back"
    WITHDRAWN = "withdrawn"


class Deed(StrEnum):
    """What the street does with it."""

    TAKE = "take"
    ANSWER = "answer"
    GIVE_BACK = "give-back"


#: From where each deed leads where. An answer need not be taken first: a phone call may be enough.
MOVES: Final = {
    (Stand.SENT, Deed.TAKE): Stand.TAKEN,
    (Stand.SENT, Deed.ANSWER): Stand.ANSWERED,
    (Stand.TAKEN, Deed.ANSWER): Stand.ANSWERED,
    (Stand.SENT, Deed.GIVE_BACK): Stand.GIVEN_BACK,
    (Stand.TAKEN, Deed.GIVE_BACK): Stand.GIVEN_BACK,
}
OPEN: Final = frozenset({Stand.SENT, Stand.TAKEN})


def is_hidden(count: int) -> bool:
    """Whether a sum is too small to be told outside its community. Nought is nobody."""
    return 0 < count < MIN_COUNT


def key_of(period: Period) -> str:
    """A month or a year as it is kept: 2026-11, 2026."""
    return f"{period.first:%Y-%m}" if period.span is Span.MONTH else f"{period.first:%Y}"


def period_of(key: str) -> Period:
    """The month or year behind such a word. Raises ValueError for anything else."""
    year, dash, month = key.partition("-")
    if not (len(year) == 4 and key.replace("-", "").isascii()):  # noqa: PLR2004  a year
        raise ValueError("no month and no year")
    return Period.of_month(int(year), int(month)) if dash else Period.of_year(int(year))


def periods_summed(today: date) -> tuple[Period, ...]:
    """The month and the year of this day, and those before."""
    month, year = Period.of_month(today.year, today.month), Period.of_year(today.year)
    return month, month.before(), year, year.before()


def is_to_sum(summed_at: datetime | None, period: Period, now: datetime) -> bool:
    """Whether the sums of a period are to be made (again)."""
    if summed_at is None:
        return True
    return now - summed_at >= SUMS_LAST and summed_at < period.ends_at + SETTLES
