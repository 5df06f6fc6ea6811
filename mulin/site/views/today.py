"""The first screen of whoever works here: what they owe today, the most harmful if late on top."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mulin.ground.community.access import Request, opened_to, with_own_key
from mulin.ground.community.dues import Asked, Due, Tally, owed_by
from mulin.ground.community.queries import stood_in_for
from mulin.ground.community.rules import OWING_ROLES
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.paging import page_of

_LINES: Final = 30
_KEYS: Final = 9


@dataclass(frozen=True, slots=True)
class Line:
    """One thing owed as the page shows it; the first nine have a key."""

    due: Due
    key: str
    whose: str
    tone: str
    word: str


@dataclass(frozen=True, slots=True)
class Choice:
    """How many of a kind are owed; it narrows the list to them."""

    words: str | Promise
    count: str
    url: str
    is_chosen: bool


@opened_to(*OWING_ROLES)
def today(request: Request) -> HttpResponse:
    """One list over all rooms. A kind of which more is owed than shown leads to its own room."""
    absent = stood_in_for(request.actor, request.now)
    me = request.actor.account_id or 0
    owed = owed_by(_asked(request, frozenset({me, *absent})))
    tallies = {tally.kind.name: tally for tally in owed.tallies}
    kind = request.GET.get("kind", "")
    chosen = tallies.get(kind)
    dues = [due for due in owed.dues if chosen is None or due.kind == kind]
    page = page_of(dues, request.GET, size=_LINES)
    first = (page.number - 1) * _LINES
    context = {
        "lines": [
            _line(due, place, names={**absent, me: ""}, now=request.now)
            for place, due in enumerate(page.rows, start=first + 1)
        ],
        "page": page,
        "choices": [_choice(tally, kind) for tally in owed.tallies],
        "chosen": chosen,
        "late": sum(1 for due in owed.dues if due.due_at is not None and due.due_at < request.now),
        "beyond": [_beyond(tally) for tally in owed.tallies if tally.is_more],
    }
    return render(request, "site/today.html", context)


@with_own_key
def waiting(request: Request) -> HttpResponse:
    """The same for somebody who lives here: what they said yes to, what is asked of them."""
    page = page_of(waiting_for(request), request.GET, size=_LINES)
    context = {"lines": page.rows, "page": page, "here": "mine"}
    return render(request, "site/waiting.html", context)


def waiting_for(request: Request) -> list[Line]:
    """What waits for somebody who lives here, the most harmful if late on top; nothing for whoever
    works here: their list names people.
    """
    if request.actor.has(*OWING_ROLES):
        return []
    me = request.actor.account_id or 0
    owed = owed_by(_asked(request, frozenset({me})))
    return [
        _line(due, place, names={me: ""}, now=request.now) for place, due in enumerate(owed.dues)
    ]


def _asked(request: Request, accounts: frozenset[int]) -> Asked:
    return Asked(request.actor, accounts, request.now, end_of_day(local_day(request.now)))


def _line(due: Due, place: int, *, names: dict[int, str], now: datetime) -> Line:
    if due.holder_id is None:
        whose = _("the desk's")
    else:
        name = names.get(due.holder_id, "")
        whose = _("for %(name)s, who is away") % {"name": name} if name else _("mine")
    tone, word = _stand(due, now)
    key = str(place) if place <= _KEYS else ""
    return Line(due=due, key=key, whose=whose, tone=tone, word=word)


def _stand(due: Due, now: datetime) -> tuple[str, str]:
    """What jumps to the eye: late, or due today. A limit of 24:00 is the end of its day."""
    if due.due_at is None:
        return "", ""
    if due.due_at < now:
        return "alarm", _("late")
    return ("amber", _("due today")) if due.due_at <= end_of_day(local_day(now)) else ("", "")


def _choice(tally: Tally, kind: str) -> Choice:
    return Choice(
        words=tally.kind.label,
        count=f"{tally.count}+" if tally.is_more else str(tally.count),
        url=f"?kind={tally.kind.name}",
        is_chosen=tally.kind.name == kind,
    )


def _beyond(tally: Tally) -> Choice:
    """More than a day's work: the room's own list has all of it."""
    query = f"?{tally.kind.query}" if tally.kind.query else ""
    return Choice(
        words=tally.kind.label, count="", url=reverse(tally.kind.url_name) + query, is_chosen=False
    )
