"""What wages owe: an answer to whoever says that a statement is wrong."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Found, Kind, Part
from mulin.ground.community.rules import Harm
from mulin.workshop.production.rules import KEEPERS
from mulin.workshop.wages.models import Statement
from mulin.workshop.wages.rules import State


def parts(asked: Asked) -> Iterator[Part]:
    """Disputed statements, for whoever runs the workshop."""
    if asked.actor.has(*KEEPERS):
        yield Part(
            "wages.dispute", Statement.objects.filter(state=State.DISPUTED), harm=Harm.PROMISE,
            due="answered_at", said=("worker__person__name", "dispute"),
        )  # fmt: skip


def _tell(asked: Asked, row: Found) -> Due:
    name, words = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=f"{name} · {words}",
        why=_("a worker says that a statement is wrong"), harm=Harm(row.harm), due_at=row.due_at,
        holder_id=asked.actor.account_id, url=reverse("wages:statement", args=[row.number]),
        opens_beside=False,
    )  # fmt: skip


TOLD: Final = ((Kind("wages.dispute", _("disputed statements"), "wages:months"), _tell),)
