"""What every page knows: its community, who reads it, how it looks, what time it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import get_language

from mulin.ground.community.rules import LEFT_ALONE, Actor
from mulin.ground.notify.queries import count_of_unread
from mulin.site.demo_note import progress
from mulin.site.dictation import may_dictate
from mulin.site.looks import THEME_COOKIE, TYPE_COOKIE
from mulin.site.menu import MenuGroup, menu_of


@dataclass
class Ui:
    """How the page looks on this device, and its menu, which is made only where it is drawn."""

    theme: str
    type: str
    lang: str
    path: str
    actor: Actor | None = None
    now: datetime | None = None
    may_dictate: bool = False

    @cached_property
    def menu(self) -> list[MenuGroup]:
        """The desk's menu."""
        return self._menu("desk")

    @cached_property
    def resident_menu(self) -> list[MenuGroup]:
        """What a resident may open beyond the four of the bottom bar."""
        return self._menu("resident")

    def _menu(self, face: str) -> list[MenuGroup]:
        if self.actor is None or self.now is None:
            return []
        return menu_of(self.actor, face=face, path=self.path, now=self.now)


def looks_of(request: HttpRequest) -> Ui:
    """The looks this device was set to; a cookie with anything else in it counts as unset."""
    theme, size = request.COOKIES.get(THEME_COOKIE, ""), request.COOKIES.get(TYPE_COOKIE, "")
    return Ui(
        theme=theme if theme in {"light", "dark"} else "",
        type=size if size in {"large", "largest"} else "",
        lang=get_language() or "",
        path=request.path,
    )


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """The context of every page."""
    actor: Actor | None = getattr(request, "actor", None)
    now: datetime | None = getattr(request, "now", None)
    ui = looks_of(request)
    ui.actor, ui.now, ui.may_dictate = actor, now, may_dictate(request)
    return {
        "community": getattr(request, "community", None),
        "actor": actor,
        "ui": ui,
        "now": now,
        "lock_seconds": int(LEFT_ALONE.total_seconds()) if actor and actor.is_desk else 0,
        "filling": SimpleLazyObject(progress) if settings.MULIN_DEMO else None,
        "unread": SimpleLazyObject(lambda: _unread(actor, now)),
    }


def _unread(actor: Actor | None, now: datetime | None) -> int:
    """How many messages in Mulin this account has not opened."""
    if actor is None or actor.account_id is None or now is None:
        return 0
    return count_of_unread(actor, now)
