"""What the watch can be asked for in numbers."""

from django.db.models import QuerySet
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
)
