"""The years before the present of the demonstration community, lived through behind its pages.

Each year is parts, the newest year first, and each part is done exactly once: the act that says so
carries a token of its own. A whole part and its act are one transaction; a part too long for that
is marked when it begins, so that one which was cut off is passed over and nothing comes twice.

What a year holds depends on its dates alone, never on which year was made before.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.kit import clock
from mulin.kit.scoping import in_community
from mulin.site.demo_note import keep_note, note_of_years
from mulin.site.demo_scene import OPENED_ON, Scene, scene_again

#: Between two parts, so that whoever works on the pages meanwhile gets their turn to write.
SECONDS_BETWEEN: Final = 0.12

Live = Callable[[Scene, datetime, datetime], None]
"""Lives through [since, now): `live(scene, since, now)`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of each year: one room's life, the year at once or by months or weeks.

    While a whole piece is made nobody else writes, so it takes a second at most.
    """

    name: str
    live: Live
    by_month: bool = False
    by_week: bool = False
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one calendar year, from midnight to midnight."""

    since: datetime
    until: datetime

    @property
    def year(self) -> int:
        return self.since.astimezone(clock.SHANGHAI).year

    def months(self) -> "Iterator[Span]":
        """The months of it, the newest first; the outer ones may be parts of a month."""
        until = self.until
        while until > self.since:
            last = (until - timedelta(seconds=1)).astimezone(clock.SHANGHAI).date()
            since = max(self.since, clock.start_of_day(last.replace(day=1)))
            yield Span(since, until)
            until = since

    def weeks(self) -> "Iterator[Span]":
        """Seven days each, the newest first; the oldest may be shorter."""
        until = self.until
        while until > self.since:
            since = max(self.since, until - _WEEK)
            yield Span(since, until)
            until = since


_WEEK: Final = timedelta(days=7)


def spans(since: date, until: datetime, *, most: int | None = None) -> list[Span]:
    """The calendar years from a day up to a midnight, the newest first, at most so many."""
    found = []
    last = (until - timedelta(seconds=1)).astimezone(clock.SHANGHAI).year
    for year in range(last, since.year - 1, -1):
        begins = clock.start_of_day(max(since, date(year, 1, 1)))
        ends = min(until, clock.start_of_day(date(year + 1, 1, 1)))
        if begins < ends:
            found.append(Span(begins, ends))
    return found if most is None else found[:most]


def plan(
    *, until: datetime, people: int, parts: "Sequence[Part]", years: int | None = None
) -> None:
    """Note what is to be filled, once, when the present was made."""
    wanted = spans(OPENED_ON, until, most=years)
    keep_note({
        "people": people, "spans": [[one.since.isoformat(), one.until.isoformat()] for one in wanted],
        "year": wanted[0].year if wanted else 0, "number": 1, "done": 0,
        "parts": sum(len(list(pieces(one, parts))) for one in wanted),
    })  # fmt: skip


def pieces(span: Span, parts: "Sequence[Part]") -> Iterator[tuple[Part, Span]]:
    """What a year consists of, in the order in which it is made."""
    for part in parts:
        stretches: Iterable[Span] = (span,)
        if part.by_month or part.by_week:
            stretches = span.weeks() if part.by_week else span.months()
        for piece in stretches:
            yield part, piece


def fill(parts: "Sequence[Part]", *, sleep: Callable[[float], None] = time.sleep) -> int:
    """Live through what is noted and not yet done; 0 when all is there."""
    note = note_of_years()
    if note is None:
        return 0
    wanted = [Span(*map(datetime.fromisoformat, one)) for one in note["spans"]]
    with in_community(Community.objects.get(slug="xinjie")):
        scene, done = scene_again(note["people"]), 0
        for number, span in enumerate(wanted, start=1):
            for part, piece in pieces(span, parts):
                keep_note(note | {"year": span.year, "number": number, "done": done})
                if live_once(part, piece, scene):
                    sleep(SECONDS_BETWEEN)
                done += 1
        keep_note(note | {"done": note["parts"]})
    return 0


def live_once(part: Part, span: Span, scene: Scene) -> bool:
    """Live through a part of a span unless that was done; whether it was done now."""
    by, community = system(scene.community.pk), scene.community
    token = f"demo-{part.name}-{span.since.astimezone(clock.SHANGHAI):%Y%m%d}"
    with recording(by, "site.demo_part", now=span.until, token=token) as act:
        if act.is_repeat:
            return False
        act.on(community, after={"part": part.name})
        if part.is_whole:
            part.live(scene, span.since, span.until)
    if not part.is_whole:
        part.live(scene, span.since, span.until)
    return True
