"""The entries of the menus. Each room registers its own in `apps.py`; the roof draws them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from mulin.ground.community.rules import Actor, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. `url_name` takes no arguments; `roles` None means everybody.

    `face` is "desk" or "resident"; `group` the heading it stands under; `key` the letter that
    opens it; `order` its place; `count` what the number beside it counts, asked only where the
    menu is drawn.
    """

    label: str | Promise
    url_name: str
    icon: str
    roles: frozenset[Role] | None = None
    face: str = "desk"
    group: str | Promise = ""
    key: str = ""
    order: int = 50
    count: Callable[[Actor, datetime], int] | None = None

    def is_for(self, actor: Actor) -> bool:
        """Whether this actor finds the entry in the menu."""
        return self.roles is None or actor.has(*self.roles)


_entries: dict[tuple[str, str], Entry] = {}


def register(entry: Entry) -> None:
    """Add an entry; the same page registered again for a face takes the first one's place."""
    _entries[entry.face, entry.url_name] = entry


def entries() -> list[Entry]:
    """All entries, in their order."""
    return sorted(_entries.values(), key=lambda entry: (entry.order, entry.url_name))
