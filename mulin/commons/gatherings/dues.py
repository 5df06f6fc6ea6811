"""What gatherings owe: a list of who came that nobody has closed."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.models import Gathering
from mulin.ground.community.dues import Asked, Due, Found, Kind, Part
from mulin.ground.community.rules import Harm


def parts(asked: Asked) -> Iterator[Part]:
    """Whoever holds it owes it; what nobody holds is the desk's."""
    held = Q(host_id__in=asked.accounts)
    if asked.actor.is_desk:
        held |= Q(host__isnull=True)
    yield Part(
        "gatherings.close", Gathering.objects.to_close(asked.now).filter(held),
        harm=Harm.COURTESY, due="ends_at", holder="host_id", said=("title",),
    )  # fmt: skip


def _tell(asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=row.said[0],
        why=_("it is over: say who came, and close the list"), harm=Harm(row.harm),
        due_at=row.due_at, holder_id=row.holder_id,
        url=reverse("gatherings:gathering", args=[row.number]), opens_beside=False,
    )  # fmt: skip


#: What is told of the rows that `parts` gives.
TOLD: Final = (
    (Kind("gatherings.close", _("lists of who came to close"), "gatherings:desk"), _tell),
)
