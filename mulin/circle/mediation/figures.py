"""What the room can be asked for in numbers. Whatever is below five is told to nobody, the street
and the desk included; only the director opens the rows, which are numbers and days.
"""

from django.db.models import Avg, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.models import Case
from mulin.circle.mediation.rules import AGREED, Kept, Outcome
from mulin.ground.community.rules import HANDLER_ROLES, Actor, Role, Scope
from mulin.ground.figures.registry import Figure, Opened
from mulin.ground.figures.rules import Period

_GROUP = _("Mediation")
_ROW = "mediation/figures/case_row.html"
_NOT_MEDIATED = (Outcome.STOPPED, Outcome.UNWILLING, Outcome.WITHDRAWN)


def _sees(actor: Actor) -> bool:
    roles = (*HANDLER_ROLES, Role.STREET_OVERSEER, Role.MEDIATION_DIRECTOR)
    return actor.has(*roles) or Scope.FIGURES_READ in actor.scopes


def _directs(actor: Actor) -> bool:
    return actor.has(Role.MEDIATION_DIRECTOR)


def _mediated(period: Period) -> "QuerySet[Case]":
    ended: QuerySet[Case] = Case.objects.filter(**period.during("ended_at"))
    return ended.exclude(outcome__in=_NOT_MEDIATED)


def _agreed(period: Period) -> "QuerySet[Case]":
    return _mediated(period).filter(outcome__in=AGREED)


def _judged(period: Period) -> "QuerySet[Case]":
    return _agreed(period).exclude(kept="")


FIGURES = (
    Figure(
        name="mediation.settled", label=_("Quarrels settled"), group=_GROUP,
        definition=_("Cases that ended with an agreement, written or by word of mouth, by the day it was made."),
        rows=_agreed, date_field="ended_at", row_template=_ROW, about_persons=True, sees=_sees,
        sees_rows=_directs, opened=Opened(),
        is_public=True, order=70,
    ),
    Figure(
        name="mediation.success", label=_("Mediations that ended in agreement"), group=_GROUP,
        definition=_("Of the cases that were mediated to their end: those with an agreement. Not counted: cases that were not for mediation, one side not willing, taken back."),
        rows=_agreed, of=_mediated, of_label=_("mediated to the end"), date_field="ended_at",
        row_template=_ROW, about_persons=True, sees=_sees, sees_rows=_directs, is_public=True, order=71,
    ),
    Figure(
        name="mediation.kept", label=_("Agreements kept"), group=_GROUP,
        definition=_("Of the agreements whose promises are all judged: those that were kept in full."),
        rows=lambda period: _judged(period).filter(kept=Kept.KEPT), of=_judged,
        of_label=_("agreements judged"), date_field="ended_at", row_template=_ROW,
        about_persons=True, sees=_sees, sees_rows=_directs, is_public=True, order=72,
    ),
    Figure(
        name="mediation.days", label=_("Days until an agreement"), group=_GROUP,
        definition=_("From the day a case came in to the day of its agreement, on average."),
        unit=_("days until then"), rows=_agreed, measure=Avg("days_taken"), date_field="ended_at",
        row_template=_ROW, about_persons=True, sees=_sees, sees_rows=_directs, is_public=True, order=73,
    ),
)  # fmt: skip
