"""Statements of a closed month on paper: kept as they were printed."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.commons.paper.registry import HandedUse
from mulin.ground.community.rules import Actor
from mulin.workshop.wages.models import Statement

STATEMENT: Final = "wage-statement"


def may_print(by: Actor, statement_id: int) -> bool:
    """The worker, and who keeps the books."""
    return bool(Statement.objects.visible_to(by).filter(pk=statement_id).exists())


def state_of(statement: Statement) -> str:
    """What makes a statement another one: its sums. A closed month has the same for ever; what was
    wrong is corrected by a line of a later one.
    """
    sums = (statement.gross, statement.tax, statement.deducted, statement.recovered, statement.net)
    return " ".join(f"{one:.2f}" for one in sums)


HANDED: Final = HandedUse(
    kind=STATEMENT, label=_("Statements handed out"), model=Statement._meta.label_lower,
    page="wages:statement", may=may_print,
)  # fmt: skip
