"""What stands in somebody's calendar. Each room registers its own source in `apps.py`.

A source gives the events of one actor; an event holds a number and a kind and nothing else, for
calendars are copied into clouds that are not ours.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from mulin.ground.community.rules import Actor
from mulin.kit.ical import Event

#: The address in front of a page's path makes it one that opens from anywhere.
Source = Callable[[Actor, datetime, str], Iterable[Event]]

_sources: dict[str, Source] = {}


def register_source(name: str, source: Source) -> None:
    """Called once by a room's `apps.py`."""
    _sources[name] = source


def events_of(actor: Actor, now: datetime, base: str) -> list[Event]:
    """All that stands in an actor's calendar, by time."""
    found = [event for source in _sources.values() for event in source(actor, now, base)]
    return sorted(found, key=lambda event: (event.starts, event.uid))
