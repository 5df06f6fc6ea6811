"""What gatherings owe: a list of who came that nobody has closed, a place that was taken."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.gatherings.permissions import HOST_ROLES
from mulin.commons.gatherings.registry import kind_of, kinds
from mulin.commons.gatherings.rules import Stand, State
from mulin.ground.community.dues import Asked, Due, Found, Kind, Part, line_of_mine
from mulin.ground.community.rules import Harm

#: A gathering that made itself without a place is owed one so long before.
PLACE_WITHIN: Final = timedelta(days=10)
#: Whoever comes, or holds it, sees the week.
AHEAD: Final = timedelta(days=7)


def parts(asked: Asked) -> Iterator[Part]:
    """Whoever holds it owes it; what nobody holds is the desk's. Guests find what they said yes to."""
    if asked.actor.person_id is not None:
        yield from _of_guest(asked)
    if not asked.actor.is_handler:
        # The desk has its calendar; whoever comes for one evening finds it here.
        yield Part(
            "gatherings.hold",
            Gathering.objects.to_come(asked.now).filter(
                host_id__in=asked.accounts, starts_at__lte=asked.until + AHEAD
            ),
            harm=Harm.PROMISE, due="starts_at", holder="host_id", said=("title", "code"),
        )  # fmt: skip
    held = Q(host_id__in=asked.accounts)
    if asked.actor.is_desk:
        held |= Q(host__isnull=True)
    if not asked.actor.has(*HOST_ROLES):
        # Their room's own page is where they see to it.
        held &= Q(kind__in=[kind.name for kind in kinds() if kind.page is not None])
    yield Part(
        "gatherings.close", Gathering.objects.to_close(asked.now).filter(held),
        harm=Harm.COURTESY, due="ends_at", holder="host_id", said=("title", "kind"),
    )  # fmt: skip
    yield Part(
        "gatherings.place",
        Gathering.objects.to_come(asked.now).filter(
            held, starts_at__lte=asked.until + PLACE_WITHIN, series__isnull=False, place=None,
            place_words="",
        ),
        harm=Harm.PROMISE, due="starts_at", holder="host_id", said=("title", "kind"),
    )  # fmt: skip


def _of_guest(asked: Asked) -> Iterator[Part]:
    mine = Attendance.objects.filter(
        person=asked.actor.person_id, gathering__state=State.PLANNED,
        gathering__starts_at__gt=asked.now, gathering__starts_at__lte=asked.until + AHEAD,
    )  # fmt: skip
    for kind, stand in (("gatherings.invited", Stand.INVITED), ("gatherings.going", Stand.GOING)):
        yield Part(
            kind, mine.filter(stand=stand), harm=Harm.COURTESY, due="gathering__starts_at",
            said=("gathering__title", "gathering__code"),
        )  # fmt: skip


def _tell_guest(asked: Asked, row: Found) -> Due:
    is_asked = row.kind == "gatherings.invited"
    return line_of_mine(
        asked, row, what=row.said[0], url=reverse("gatherings:notice", args=[row.said[1]]),
        why=_("you are invited: say whether you come") if is_asked else _("you said that you come"),
    )  # fmt: skip


def _tell_hold(asked: Asked, row: Found) -> Due:
    return line_of_mine(
        asked, row, what=row.said[0], why=_("you hold it"),
        url=reverse("gatherings:notice", args=[row.said[1]]),
    )  # fmt: skip


def _page_of(asked: Asked, row: Found, url_name: str) -> str:
    page = kind_of(row.said[1]).page
    if page is None or asked.actor.has(*HOST_ROLES):
        return reverse(url_name, args=[row.number])
    return page(row.number)


def _tell_place(asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=row.said[0],
        why=_("its place was taken or none is known: say where it is held"), harm=Harm(row.harm),
        due_at=row.due_at, holder_id=row.holder_id,
        url=_page_of(asked, row, "gatherings:move"), opens_beside=False,
    )  # fmt: skip


def _tell(asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=row.said[0],
        why=_("it is over: say who came, and close the list"), harm=Harm(row.harm),
        due_at=row.due_at, holder_id=row.holder_id,
        url=_page_of(asked, row, "gatherings:gathering"), opens_beside=False,
    )  # fmt: skip


#: What is told of the rows that `parts` gives.
TOLD: Final = (
    (Kind("gatherings.hold", _("gatherings to hold"), "gatherings:desk"), _tell_hold),
    (Kind("gatherings.invited", _("invitations"), "gatherings:public"), _tell_guest),
    (Kind("gatherings.going", _("what I go to"), "gatherings:public"), _tell_guest),
    (Kind("gatherings.place", _("gatherings without a place"), "gatherings:desk"), _tell_place),
    (Kind("gatherings.close", _("lists of who came to close"), "gatherings:desk"), _tell),
)
