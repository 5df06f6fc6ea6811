"""What may be put into the chat groups of a neighbourhood: a short text and a picture.

A room says once how one of its public pages is told there:

    register_shared("reception.story", story_for_chat)

and its pages offer it: `{% include "notify/share_link.html" with kind="reception.story" ref=… %}`.
Whatever is told stands in a public place afterwards, so it names nobody and leads to a page that
anybody may open.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.ground.notify.rules import is_path


@dataclass(frozen=True, slots=True)
class Shared:
    """One thing as a chat group reads it: what it is, a few lines, and the page it leads to."""

    title: str
    lines: tuple[str, ...]
    path: str

    def __post_init__(self) -> None:
        if not is_path(self.path):
            msg = f"not a path inside Mulin: {self.path}"
            raise ValueError(msg)


#: The reference in the address, and who asks; None where there is nothing they may put there.
Find = Callable[[str, Actor], Shared | None]

_kinds: dict[str, Find] = {}


def register_shared(kind: str, find: Find) -> None:
    """Called once by the `apps.py` of a room with public pages."""
    _kinds[kind] = find


def shared_of(kind: str, ref: str, by: Actor) -> Shared | None:
    """What there is to be told, or None for a kind nobody registered or a thing that is not there."""
    find = _kinds.get(kind)
    return find(ref, by) if find is not None else None


def text_for_chat(shared: Shared, community: Community, *, url: str) -> str:
    """Plain words for a group: who says it, what, where to read on, whom to phone."""
    return "\n".join(
        (
            _("[%(community)s] %(title)s") % {"community": community.name, "title": shared.title},
            *shared.lines,
            _("Read it all: %(url)s") % {"url": url},
            _("Call us: %(phone)s") % {"phone": community.phone},
        )
    )
