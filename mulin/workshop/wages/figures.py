"""Wages in numbers."""

from django.db.models import Avg, DecimalField, ExpressionWrapper, F
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import HANDLER_ROLES, Actor, Role, Scope
from mulin.ground.figures.registry import Figure
from mulin.workshop.production.rules import KEEPERS
from mulin.workshop.wages.models import Statement


def _sees(actor: Actor) -> bool:
    return (
        actor.has(*HANDLER_ROLES, *KEEPERS, Role.STREET_OVERSEER)
        or Scope.FIGURES_READ in actor.scopes
    )


FIGURES = (
    Figure(
        name="wages.income",
        label=_("Income of a worker who was active"),
        definition=_(
            "Gross pay of a month, averaged over the workers who have a statement of it, by the day"
            " the month was closed; yuan before tax and deductions."
        ),
        unit=_("yuan"),
        group=_("Workshop"),
        rows=lambda period: Statement.objects.filter(**period.during("month__closed_at")),
        measure=Avg(
            ExpressionWrapper(
                F("gross"), output_field=DecimalField(max_digits=14, decimal_places=2)
            )
        ),
        date_field="month__closed_at",
        row_template="wages/figure_row.html",
        ready=lambda rows: rows.select_related("month", "worker__person"),
        sees=_sees,
        sees_rows=lambda actor: actor.has(*KEEPERS),
        about_persons=True,
        persons="worker",
        is_public=True,
        order=64,
    ),
)
