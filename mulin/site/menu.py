"""The menu as one actor sees it; its entries are registered in `ground.community.menu`."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache

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


@dataclass(slots=True)
class MenuGroup:
    """Entries under one heading."""

    title: str
    entries: list[MenuLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Said:
    """An entry with its words in one language."""

    entry: Entry
    title: str
    label: str
    url: str


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
    """The groups of the menu for this actor; the entry of the page at `path` is the current one."""
    groups: dict[str, MenuGroup] = {}
    for said in _for(actor.roles, face, get_language() or ""):
        groups.setdefault(said.title, MenuGroup(said.title)).entries.append(
            MenuLine(
                url=said.url,
                label=said.label,
                icon=said.entry.icon,
                key=said.entry.key,
                count=said.entry.count(actor, now) if said.entry.count else 0,
                current=path == said.url,
            )
        )
    return list(groups.values())
