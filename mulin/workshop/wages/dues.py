"""What wages owe: an answer to whoever says that a statement is wrong."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Found, Kind, Part, line_of_mine
from mulin.ground.community.rules import Harm, Role
from mulin.workshop.production.rules import KEEPERS
from mulin.workshop.wages.models import Statement
from mulin.workshop.wages.rules import State


def parts(asked: Asked) -> Iterator[Part]:
    """Disputed statements, for whoever runs the workshop; of a worker those she has not looked at."""
    if asked.actor.has(Role.WORKSHOP_WORKER):
        yield Part(
            "wages.look",
            Statement.objects.filter(
                state=State.SHOWN, worker__person__account=asked.actor.account_id or 0
            ),
            harm=Harm.COURTESY, said=("month__first",),
        )  # fmt: skip
    if asked.actor.has(*KEEPERS):
        yield Part(
            "wages.dispute", Statement.objects.filter(state=State.DISPUTED), harm=Harm.PROMISE,
            due="answered_at", said=("worker__person__name", "dispute"),
        )  # fmt: skip


def _tell_look(asked: Asked, row: Found) -> Due:
    return line_of_mine(
        asked, row, what=f"{_('Statement')} {row.said[0][:7]}",
        why=_("say whether your wages are right"), url=reverse("wages:mine"),
    )  # fmt: skip


def _tell(asked: Asked, row: Found) -> Due:
    name, words = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=f"{name} · {words}",
        why=_("a worker says that a statement is wrong"), harm=Harm(row.harm), due_at=row.due_at,
        holder_id=asked.actor.account_id, url=reverse("wages:statement", args=[row.number]),
        opens_beside=False,
    )  # fmt: skip


TOLD: Final = (
    (Kind("wages.dispute", _("disputed statements"), "wages:months"), _tell),
    (Kind("wages.look", _("my wages to look at"), "wages:mine"), _tell_look),
)
