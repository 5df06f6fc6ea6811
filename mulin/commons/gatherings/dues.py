"""What gatherings owe: a list of who came that nobody has closed."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.models import Gathering
from mulin.ground.community.dues import Asked, Due, Kind
from mulin.ground.community.rules import Harm

KINDS: Final = (Kind("gatherings.close", _("lists of who came to close"), "gatherings:desk"),)


def dues(asked: Asked) -> Iterator[Due]:
    """Whoever holds it owes it; what nobody holds is the desk's. One question."""
    held = Q(host_id__in=asked.accounts)
    if asked.actor.is_desk:
        held |= Q(host__isnull=True)
    rows = Gathering.objects.to_close(asked.now).filter(held).order_by("ends_at", "id")
    for pk, title, ends_at, host_id in rows.values_list("id", "title", "ends_at", "host_id")[
        : asked.most + 1
    ]:
        yield Due(
            kind="gatherings.close", number=pk, what=title,
            why=_("it is over: say who came, and close the list"), harm=Harm.COURTESY,
            due_at=ends_at, holder_id=host_id, url=reverse("gatherings:gathering", args=[pk]),
            opens_beside=False,
        )  # fmt: skip
