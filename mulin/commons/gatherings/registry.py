"""The kinds of gathering. Each room registers its own in its `apps.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES, Actor, Role


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: what it is called, who may plan it, and the page of its room, if it has one.

    Whoever planned one keeps its lists; beside them only `keepers` do, for a list has names.
    `page(gathering_id)` is the address at which the room shows what is special to it.
    `is_planned_here` is False for a kind that only its room begins. `let_go(item_id, by, now)` is
    told, within the act, of each point that is taken off an agenda, and of all points when a
    gathering is closed or called off: the room takes back what was not settled.
    """

    name: str
    label: str | Promise
    roles: frozenset[Role] = HANDLER_ROLES
    keepers: frozenset[Role] = DESK_ROLES
    page: Callable[[int], str] | None = None
    is_planned_here: bool = True
    let_go: Callable[[int, Actor, datetime], None] | None = None
    #: The headings under which the minutes of each point are written, one in each line.
    minutes: str | Promise = ""
    #: What whoever writes them is told, such as who reads them.
    minutes_hint: str | Promise = ""

    def may_hold(self, actor: Actor) -> bool:
        """Whether this actor plans gatherings of this kind."""
        return actor.is_system or actor.has(*self.roles)

    def may_keep(self, actor: Actor) -> bool:
        """Whether this actor keeps every gathering of this kind."""
        return actor.is_system or actor.has(*self.keepers)


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Called once by a room's `apps.py`; the same name registered again takes its place."""
    _kinds[kind.name] = kind


def kind_of(name: str) -> Kind:
    """Raises LookupError for a kind nobody registered."""
    return _kinds[name]


def kinds() -> list[Kind]:
    """All kinds, in the order of registration."""
    return list(_kinds.values())
