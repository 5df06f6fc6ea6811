"""What the room can be asked for in numbers."""

from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import HANDLER_ROLES, Actor, Role, Scope
from mulin.ground.figures.registry import Figure, Opened
from mulin.workshop.childcare.models import Stay
from mulin.workshop.childcare.rules import APPROVERS


def _sees(actor: Actor) -> bool:
    return (
        actor.has(*HANDLER_ROLES, *APPROVERS, Role.STREET_OVERSEER)
        or Scope.FIGURES_READ in actor.scopes
    )


def _sees_rows(actor: Actor) -> bool:
    return actor.has(*APPROVERS)


FIGURES = (
    Figure(
        name="childcare.stays",
        label=_("Days of children in childcare"),
        definition=_("Arrivals of children at the childcare room, by the day; a child that comes on"
                     " ten days counts ten times."),
        unit=_("days"),
        group=_("Workshop"),
        rows=lambda period: Stay.objects.filter(**period.during("arrived_at")),
        date_field="arrived_at",
        row_template="childcare/figures/stay_row.html",
        sees=_sees,
        sees_rows=_sees_rows,
        about_persons=True,
        persons="child",
        opened=Opened(person="child"),
        is_public=True,
        order=70,
    ),
)  # fmt: skip
