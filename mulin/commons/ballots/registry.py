"""Rooms register what a vote of theirs is to them: where its record stands, what its opening moves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mulin.commons.ballots.models import Election
from mulin.ground.community.rules import Actor


def _nothing(_election: Election, _by: Actor, _now: datetime) -> None:
    """It moves nothing in the room."""


@dataclass(frozen=True, slots=True)
class Room:
    """`kind` is the `origin_kind` of its votes, `page` the address of a record for whoever works
    with it, `street` that of the page on which voters read what they vote about, "" for none;
    `opened` runs in the transaction that opens the vote, `dropped` in the one that withdraws it.
    """

    kind: str
    page: Callable[[int], str]
    street: Callable[[int], str] = lambda _pk: ""
    opened: Callable[[Election, Actor, datetime], None] = _nothing
    dropped: Callable[[Election, Actor, datetime], None] = _nothing


_rooms: dict[str, Room] = {}


def register_room(room: Room) -> None:
    """Called in `ready` of the room's app. Safe to run twice."""
    _rooms[room.kind] = room


def room_of(election: Election) -> Room | None:
    """The room that drafted a vote; None for one that the committee drafted by itself."""
    return _rooms.get(election.origin_kind)
