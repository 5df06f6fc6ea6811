"""What the watch can be asked for in numbers."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.models import Alarm
from mulin.ground.figures.registry import Figure
from mulin.ground.figures.rules import Period


def _opened(period: Period) -> "QuerySet[Alarm]":
    rows: QuerySet[Alarm] = Alarm.objects.real().filter(
        is_trial=False, **period.during("opened_at")
    )
    return rows


FIGURES = (
    Figure(
        name="alarms.raised",
        label=_("Alarms"),
        definition=_(
            "Alarms that were raised in the period, each counted once however often it was pressed;"
            " trials are left out. False alarms count: that somebody went is never in vain."
        ),
        group=_("Watch"),
        rows=_opened,
        date_field="opened_at",
        row_template="alarms/figure_row.html",
    ),
    Figure(
        name="alarms.answered_rate",
        label=_("Alarms answered"),
        definition=_(
            "Alarms to which somebody said that they go, or that somebody ended, of the alarms"
            " raised in the period. No machine ends an alarm; one that is still open counts below."
        ),
        group=_("Watch"),
        rows=lambda period: _opened(period).filter(
            Q(going_at__isnull=False) | Q(ended_at__isnull=False)
        ),
        of=_opened,
        of_label=_("alarms raised"),
        date_field="opened_at",
        row_template="alarms/figure_row.html",
    ),
)
