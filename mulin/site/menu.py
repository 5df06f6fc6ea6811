"""The menu as one actor sees it; its entries are registered in `ground.community.menu`."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Final

from django.urls import reverse
from django.utils.translation import get_language

from mulin.ground.community.menu import Entry, entries
from mulin.ground.community.rules import Actor, Grant, Role


@dataclass(slots=True)
class MenuLine:
    """One entry, ready to be drawn."""

    url: str
    label: str
    icon: str
    key: str
    count: int
    current: bool
    is_above: bool  # the page was opened from it


@dataclass(slots=True)
class MenuGroup:
    """Entries under one heading; folded where it is neither the day's work nor where one is."""

    title: str
    entries: list[MenuLine] = field(default_factory=list)
    is_open: bool = False

    @property
    def count(self) -> int:
        """What the numbers of its entries come to: a folded heading keeps none of them back."""
        return sum(entry.count for entry in self.entries)


@dataclass(frozen=True, slots=True)
class _Said:
    """An entry with its words in one language."""

    entry: Entry
    title: str
    label: str
    url: str


#: A menu of so many lines is taken in at a glance and needs no folding.
_FEW: Final = 30


@cache
def _url(name: str) -> str:
    return reverse(name)


@lru_cache(maxsize=256)
def _for(roles: frozenset[Role], face: str, language: str) -> tuple[_Said, ...]:
    """What holders of these roles find in the menu; the same for all of them, so said once."""
    holder = Actor(community_id=0, grants=tuple(Grant(role) for role in roles))
    return tuple(
        _Said(entry, str(entry.group), str(entry.label), _url(entry.url_name))
        for entry in entries()
        if entry.face == face and entry.is_for(holder)
    )


def menu_of(actor: Actor, *, face: str, path: str, now: datetime) -> list[MenuGroup]:
    """The groups of the menu for this actor; the entry of the page at `path` is the current one, or
    else the list that the page was opened from is marked.

    The first group is open, and the one that holds the page or the list it was opened from; all of
    them are where few are left.
    """
    groups: dict[str, MenuGroup] = {}
    found = _for(actor.roles, face, get_language() or "")
    here = max((said for said in found if path.startswith(said.url)), key=_length, default=None)
    for said in found:
        groups.setdefault(said.title, MenuGroup(said.title)).entries.append(
            MenuLine(
                url=said.url,
                label=said.label,
                icon=said.entry.icon,
                key=said.entry.key,
                count=said.entry.count(actor, now) if said.entry.count else 0,
                current=path == said.url,
                is_above=said is here and path != said.url,
            )
        )
    for place, group in enumerate(groups.values()):
        is_here = here is not None and group.title == here.title
        group.is_open = place == 0 or is_here or len(found) <= _FEW
    return list(groups.values())


def _length(said: _Said) -> int:
    return len(said.url)
