"""What somebody owes today, over all rooms. Each room registers its own in `apps.py`.

Most rooms say which rows are owed (`Part`), and all those rows come in one question, however many
rooms there are. What can't be said so (an encrypted text, an order of its own) is a `Source`, which
asks a fixed number of times and gives the worst of its kinds first, at most `most` and one more of
each question, so that the list knows where it is cut.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Expression,
    F,
    QuerySet,
    SmallIntegerField,
    TextField,
    Value,
)
from django.db.models.functions import Cast
from django.utils.functional import Promise

from mulin.ground.community.rules import Actor, Harm, by_harm

#: Nobody works through more in a day; what is beyond stands in the lists of the rooms.
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose debts are asked for: `accounts` are the actor's own and of those they stand in for;
    until when they are due.
    """

    actor: Actor
    accounts: frozenset[int]
    now: datetime
    until: datetime
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Due:
    """One thing owed: what, why it stands here, what happens if it is late, where it is done.

    `holder_id` is the account that owes it; None where the whole desk does. `opens_beside`: its
    page has a detail that opens next to the list.
    """

    kind: str
    number: int
    what: str
    why: str | Promise
    harm: Harm
    url: str
    due_at: datetime | None = None
    holder_id: int | None = None
    opens_beside: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of thing that is owed: how many of them are called what, and the room's own list."""

    name: str
    label: str | Promise
    url_name: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one kind that are owed, as a part of the one question over all rooms.

    `due` names the moment and `holder` the account that owes it, as paths from the row; without
    them it has no limit, or is the whole desk's. `harm` may be the path of a number. `under` is
    the number of what it belongs to, and `said` up to four texts that the line is made of (an
    encrypted one can't be among them). Where thousands may be owed, `rows` are cut already.
    """

    kind: str
    rows: "QuerySet[Any]"  # Any: rows of every table
    harm: Harm | str
    due: str = ""
    holder: str = ""
    under: str = ""
    said: tuple[str | Expression, ...] = ()


class Found(NamedTuple):
    """One row of the question."""

    kind: str
    number: int
    under: int | None
    harm: int
    due_at: datetime | None
    holder_id: int | None
    said: tuple[str, ...]


Source = Callable[[Asked], Iterable[Due]]
Parts = Callable[[Asked], Iterable[Part]]
Tell = Callable[[Asked, Found], Due]

_sources: dict[str, Source] = {}
_parts: dict[str, tuple[Parts, dict[str, Tell]]] = {}
_kinds: dict[str, Kind] = {}
_TEXTS: Final = 4
_COLUMNS: Final = (
    "kind_", "number_", "under_", "harm_", "due_", "holder_",
    *(f"said{place}_" for place in range(_TEXTS)),
)  # fmt: skip
#: How many rows the one question brings at most, the worst first.
_MOST_ROWS: Final = 1_000


def register(name: str, source: Source, *kinds: Kind) -> None:
    """Called once by a room's `apps.py`; `kinds` are all that this source may give."""
    _sources[name] = source
    _kinds.update((kind.name, kind) for kind in kinds)


def register_parts(name: str, parts: Parts, *kinds: tuple[Kind, Tell]) -> None:
    """Called once by a room's `apps.py`: which rows are owed, and the line that each kind makes."""
    _parts[name] = parts, {kind.name: tell for kind, tell in kinds}
    _kinds.update((kind.name, kind) for kind, _ in kinds)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many things of one kind are owed; `is_more` when the room has others beyond these."""

    kind: Kind
    count: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """Everything owed, the worst first, and how many of each kind."""

    dues: list[Due]
    tallies: list[Tally]


def owed_by(asked: Asked) -> Owed:
    """What is owed, in order of harm if late."""
    found = [due for source in _sources.values() for due in source(asked)]
    of_parts = list(_of_parts(asked))
    is_cut = len(of_parts) > _MOST_ROWS
    found.extend(of_parts)
    found.sort(key=lambda due: by_harm(due.harm, due.due_at, due.number))
    counts = Counter(due.kind for due in found)
    tallies = [
        Tally(kind, min(counts[name], asked.most), is_cut or counts[name] > asked.most)
        for name, kind in _kinds.items()
        if counts[name]
    ]
    return Owed(found, tallies)


def line_of_mine(
    asked: Asked, row: Found, *, what: str, why: str | Promise, url: str,
    due_at: datetime | None = None,
) -> Due:  # fmt: skip
    """A line of whoever asks, about themselves; `due_at` where the row has a day and no moment."""
    return Due(
        kind=row.kind, number=row.number, what=what, why=why, harm=Harm(row.harm),
        due_at=due_at or row.due_at, holder_id=asked.actor.account_id, url=url, opens_beside=False,
    )  # fmt: skip


def due_after(row: Found, within: timedelta) -> datetime | None:
    """The limit of a row whose moment is the one at which somebody asked."""
    return None if row.due_at is None else row.due_at + within


def _of_parts(asked: Asked) -> Iterator[Due]:
    """The rows of all rooms, in one question, and one more than the most."""
    tellers: dict[str, Tell] = {}
    questions: list[QuerySet[Any, Any]] = []  # Any: tuples of the columns below
    for parts, tell in _parts.values():
        tellers.update(tell)
        questions.extend(_lines(part) for part in parts(asked))
    if not questions:
        return
    first, *others = questions
    rows = first.union(*others, all=True).order_by(
        "harm_", F("due_").asc(nulls_last=True), "number_"
    )
    for kind, number, under, harm, due_at, holder_id, *said in rows[: _MOST_ROWS + 1]:
        texts = tuple(text or "" for text in said)
        yield tellers[kind](asked, Found(kind, number, under, harm, due_at, holder_id, texts))


# Any: tuples of the columns below.
def _lines(part: Part) -> "QuerySet[Any, Any]":
    texts = (*part.said, *[Value("")] * (_TEXTS - len(part.said)))
    # Cast: two parts in a row without one would be a text to PostgreSQL.
    no_number = Cast(Value(None), BigIntegerField())
    lines: QuerySet[Any, Any] = (
        part.rows.select_related(None)
        .order_by()
        .annotate(
            kind_=Value(part.kind, CharField()),
            number_=F("pk"),
            under_=F(part.under) if part.under else no_number,
            harm_=Value(part.harm.value, SmallIntegerField())
            if isinstance(part.harm, Harm)
            else F(part.harm),
            due_=F(part.due) if part.due else Cast(Value(None), DateTimeField()),
            holder_=F(part.holder) if part.holder else no_number,
            **{f"said{place}_": Cast(text, TextField()) for place, text in enumerate(texts)},
        )
        .values_list(*_COLUMNS)
    )
    return lines
