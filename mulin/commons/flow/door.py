"""The front door of needs: what somebody hears in any room goes in as it does at the desk.

The room that receives needs registers itself here, so that another room can give it what was
heard, and show how a need stands, without knowing it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise

from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.ground.community.rules import Actor


class Receive(Protocol):
    """Receives a need: one act, with its owner and limit."""

    def __call__(
        self, said: Said, *, by: Actor, now: datetime, token: str | None = None, minutes: int = 0
    ) -> Need: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """How an open need stands, and where it is worked on."""

    url: str
    tone: str
    word: str | Promise

    @property
    def is_late(self) -> bool:
        return self.tone == "alarm"


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """`standings` tells of those among these needs that are open and that the actor may work on."""

    receive: Receive
    standings: Callable[[Actor, Iterable[int], datetime], dict[int, Standing]]


_door: list[FrontDoor] = []


def register_front_door(door: FrontDoor) -> None:
    """Called once, by the `apps.py` of the room that receives needs."""
    _door[:] = [door]


def front_door() -> FrontDoor:
    """Where needs go in."""
    return _door[0]
