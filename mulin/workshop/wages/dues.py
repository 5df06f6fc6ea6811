"""What wages owe: an answer to whoever says that a statement is wrong, a word on how she is taxed."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import (
    Asked,
    Due,
    Found,
    Kind,
    Part,
    due_after,
    line_of_mine,
)
from mulin.ground.community.rules import Harm, Role
from mulin.kit.clock import local_day
from mulin.workshop.wages.models import Statement
from mulin.workshop.wages.queries import undecided
from mulin.workshop.wages.rules import ANSWER_DISPUTE, BOOKS, State


def parts(asked: Asked) -> Iterator[Part]:
    """Disputed statements, for whoever keeps the books; of a worker those she has not looked at; for
    the accountant, who works here and is nothing by law yet.
    """
    if asked.actor.has(Role.WORKSHOP_WORKER):
        yield Part(
            "wages.look",
            Statement.objects.filter(
                state=State.SHOWN, worker__person__account=asked.actor.account_id or 0
            ),
            harm=Harm.COURTESY, said=("month__first",),
        )  # fmt: skip
    if asked.actor.has(*BOOKS):
        yield Part(
            "wages.dispute", Statement.objects.filter(state=State.DISPUTED), harm=Harm.PROMISE,
            due="answered_at", said=("worker__person__name", "dispute"),
        )  # fmt: skip
    if asked.actor.has(Role.ACCOUNTANT):
        yield Part(
            "wages.terms", undecided(local_day(asked.now)).order_by(), harm=Harm.COURTESY,
            said=("person__name",),
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
        why=_("a worker says that a statement is wrong"), harm=Harm(row.harm), due_at=due_after(row, ANSWER_DISPUTE),
        holder_id=asked.actor.account_id, url=reverse("wages:statement", args=[row.number]),
        opens_beside=False,
    )  # fmt: skip


def _tell_terms(asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=str(row.said[0]),
        why=_("nobody has decided what she is by law and how tax is withheld"),
        harm=Harm(row.harm), due_at=row.due_at, holder_id=asked.actor.account_id,
        url=reverse("wages:worker", args=[row.number]), opens_beside=False,
    )  # fmt: skip


TOLD: Final = (
    (Kind("wages.dispute", _("disputed statements"), "wages:months"), _tell),
    (Kind("wages.terms", _("workers whose tax is not decided"), "wages:months"), _tell_terms),
    (Kind("wages.look", _("my wages to look at"), "wages:mine"), _tell_look),
)
