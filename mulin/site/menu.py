"""The menu as one actor sees it; its entries are registered in `ground.community.menu`."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.urls import reverse

from mulin.ground.community.menu import entries
from mulin.ground.community.rules import Actor


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


@cache
def _url(name: str) -> str:
    return reverse(name)


def menu_of(actor: Actor, *, face: str, path: str, now: datetime) -> list[MenuGroup]:
    """The groups of the menu for this actor; the entry of the page at `path` is the current one."""
    groups: dict[str, MenuGroup] = {}
    for entry in entries():
        if entry.face != face or not entry.is_for(actor):
            continue
        title = str(entry.group)
        url = _url(entry.url_name)
        groups.setdefault(title, MenuGroup(title)).entries.append(
            MenuLine(
                url=url,
                label=str(entry.label),
                icon=entry.icon,
                key=entry.key,
                count=entry.count(actor, now) if entry.count else 0,
                current=path == url,
            )
        )
    return list(groups.values())
