"""The rooms that can take a need over, the room that hears of answers, and who works on a need."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.functional import Promise

from mulin.commons.flow.models import Need
from mulin.ground.community.rules import Actor

Take = Callable[[Need, Actor, str, datetime], models.Model]
Hear = Callable[[Need, Actor, str, datetime], None]
Works = Callable[[Actor, Need], bool]


@dataclass(frozen=True, slots=True)
class Receiver:
    """A room that takes needs over: `take(need, by, why, now)` makes its record and returns it."""

    room: str
    label: str | Promise
    take: Take


_receivers: dict[str, Receiver] = {}
_listeners: dict[str, Hear] = {}
_workers: dict[str, Works] = {}


def register_receiver(receiver: Receiver) -> None:
    """Called once by a room's `apps.py`."""
    _receivers[receiver.room] = receiver


def register_listener(room: str, hear: Hear) -> None:
    """The room that keeps the asker's side and is told of every answer given elsewhere."""
    _listeners[room] = hear


def receiver_of(room: str) -> Receiver:
    """Raises LookupError for a room that takes nothing over."""
    try:
        return _receivers[room]
    except KeyError:
        msg = f"no receiver for {room}"
        raise LookupError(msg) from None


def receivers() -> list[Receiver]:
    """Every room that takes needs over, in the order of registration."""
    return list(_receivers.values())


def listeners() -> list[Hear]:
    """Whoever is told of answers."""
    return list(_listeners.values())


def register_workers(room: str, works: Works) -> None:
    """The room tells whether somebody works on a need, and so may read whatever belongs to it."""
    _workers[room] = works


def works_on(actor: Actor, need: Need) -> bool:
    """Whether some room says that this actor works on it."""
    return any(works(actor, need) for works in _workers.values())
