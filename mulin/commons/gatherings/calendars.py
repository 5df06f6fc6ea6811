"""What gatherings put into somebody's own calendar, and into everybody's. No person is named."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from mulin.commons.gatherings.models import Gathering
from mulin.commons.gatherings.queries import calendar_of
from mulin.ground.community.rules import Actor
from mulin.kit.ical import Event


def event_of(gathering: Gathering, base: str) -> Event:
    """One gathering. Moved, it keeps its uid and its sequence grows."""
    return Event(
        uid=f"gathering-{gathering.pk}-{gathering.community_id}@mulin",
        title=gathering.title,
        location=gathering.whereabouts,
        starts=gathering.starts_at,
        ends=gathering.ends_at,
        url=f"{base}/gatherings/{gathering.code}/",
        sequence=gathering.edition,
    )


def events_of(gatherings: Iterable[Gathering], base: str) -> Iterator[Event]:
    """Several of them."""
    for gathering in gatherings:
        yield event_of(gathering, base)


def mine(actor: Actor, now: datetime, base: str) -> Iterator[Event]:
    """What this actor holds or is asked to."""
    yield from events_of(calendar_of(actor, now), base)
