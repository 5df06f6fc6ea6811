"""Who may open a page. Every view of Mulin carries a mark; one without a mark stays closed.

    @public                       anybody
    @signed_in                    whoever has signed in, whatever their role
    @with_own_key                 whoever has signed in by phone or password, not by a card alone
    @opened_to(*HANDLER_ROLES)    whoever holds one of these roles now
    @by_token                     programs, each with a token or address of its own

A mark opens the page, no more: what stands on it is `visible_to(request.actor)`, and each
action asks its own permission.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor, Role

# Any: views take what their path gives them.
View = TypeVar("View", bound=Callable[..., Any])


class Request(HttpRequest):
    """What a view is given: a request that knows the time, the community and who asks."""

    now: datetime
    community: Community
    actor: Actor
    htmx: HtmxDetails


@dataclass(frozen=True, slots=True)
class Access:
    """The mark of a view.

    `early` pages open before a second factor was shown; `homeless` ones before any community
    was founded. `by_card` pages open to whoever came in with a printed card, which anybody may
    have found: they show one's matters and nothing sensitive. `for_programs`: called by programs,
    not opened by people.
    """

    is_public: bool = False
    roles: frozenset[Role] | None = None
    early: bool = False
    homeless: bool = False
    by_card: bool = True
    for_programs: bool = False


def access_of(view: object) -> Access | None:
    """The mark of a view, or None: such a view is closed to everybody."""
    mark = getattr(view, "access", None)
    return mark if isinstance(mark, Access) else None


def _marking(mark: Access) -> Callable[[View], View]:
    def put(view: View) -> View:
        view.access = mark  # type: ignore[attr-defined]  # functions carry attributes
        return view

    return put


public = _marking(Access(is_public=True))
signed_in = _marking(Access())
#: What is held of oneself, the own account, messages: a found card does not open them.
with_own_key = _marking(Access(by_card=False))
#: Open at every moment: preferences, signing out, the first start.
always_open = _marking(Access(is_public=True, early=True, homeless=True))
#: For programs: whoever calls shows a token or a secret address, which the view asks for; the
#: session of a browser opens nothing here.
by_token = _marking(Access(is_public=True, early=True, for_programs=True))
#: Open to whoever gave a right password but has not shown the second factor yet.
at_the_door = _marking(Access(early=True))

#: Where people change places at a desk: open while it is shut, and when nobody has signed in.
at_the_desk = _marking(Access(is_public=True, early=True))


def untraced(view: View) -> View:
    """No line of the log says that this page was asked for: when somebody voted is nobody's matter."""
    view.is_untraced = True  # type: ignore[attr-defined]  # functions carry attributes
    return view


def is_untraced(view: object) -> bool:
    """Whether a view leaves no line in the log."""
    return bool(getattr(view, "is_untraced", False))


def opened_to(*roles: Role) -> Callable[[View], View]:
    """Open to holders of one of these roles; for everybody else the page does not exist."""
    if not roles:
        raise ValueError("a page is opened to some role; use signed_in for any")
    return _marking(Access(roles=frozenset(roles), by_card=Role.RESIDENT in roles))
