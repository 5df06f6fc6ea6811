"""Writing iCalendar (RFC 5545): what stands in a calendar program's own calendar.

Calendars are copied into foreign clouds, so nothing of a person belongs into an event. Its
location is a place that anybody may go to, never a home.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from mulin.kit.clock import SHANGHAI

_LONGEST_LINE: Final = 75  # octets, without the line end
#: Shanghai has had one offset since 1991, and no calendar here goes back further.
_ZONE: Final = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Shanghai",
    "BEGIN:STANDARD",
    "DTSTART:19910915T000000",
    "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry. `uid` stays the same however often it changes, and `sequence` then grows."""

    uid: str
    title: str
    starts: datetime
    ends: datetime
    url: str = ""
    location: str = ""
    sequence: int = 0


def calendar(name: str, events: Iterable[Event], *, now: datetime) -> bytes:
    """A whole calendar in UTF-8, its lines ended and folded as the standard wants."""
    lines: list[str] = []
    for line in _lines(name, events, now=now):
        lines.extend(_folded(line))
    return ("\r\n".join(lines) + "\r\n").encode()


def _lines(name: str, events: Iterable[Event], *, now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mulin//Mulin 1//ZH")
    yield from ("CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"X-WR-CALNAME:{_escaped(name)}")
    yield from ("X-WR-TIMEZONE:Asia/Shanghai", "REFRESH-INTERVAL;VALUE=DURATION:PT1H")
    yield from _ZONE
    for event in events:
        yield "BEGIN:VEVENT"
        yield f"UID:{_escaped(event.uid)}"
        yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        yield f"SEQUENCE:{event.sequence}"
        yield f"DTSTART;TZID=Asia/Shanghai:{_local(event.starts)}"
        yield f"DTEND;TZID=Asia/Shanghai:{_local(event.ends)}"
        yield f"SUMMARY:{_escaped(event.title)}"
        if event.location:
            yield f"LOCATION:{_escaped(event.location)}"
        yield "CLASS:PRIVATE"
        yield "TRANSP:TRANSPARENT"
        if event.url:
            yield f"URL:{event.url}"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y%m%dT%H%M%S}"


def _escaped(text: str) -> str:
    """Backslash, comma, semicolon and line ends, as a text value has them; nothing unprintable."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(letter for letter in plain if letter == "\n" or letter >= " ")
    for letter, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(letter, written)
    return plain


def _folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 octets that cut no character; each after the first begins with a blank."""
    piece, room = "", _LONGEST_LINE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            yield piece
            piece, room = " ", _LONGEST_LINE - 1
        piece += letter
        room -= size
    yield piece
