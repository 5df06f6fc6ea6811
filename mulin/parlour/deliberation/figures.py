"""What the hall can be asked for in numbers."""

from django.utils.translation import gettext_lazy as _

from mulin.ground.figures.registry import Figure
from mulin.parlour.deliberation.models import Matter, Resolution
from mulin.parlour.deliberation.rules import State

_GROUP = _("Deliberation hall")

FIGURES = (
    Figure(
        name="deliberation.matters",
        label=_("Matters brought in 提交议题"),
        definition=_("Matters brought into the hall, whatever they came out of, by that day."),
        group=_GROUP,
        rows=lambda period: Matter.objects.filter(**period.during("proposed_at")),
        date_field="proposed_at",
        row_template="deliberation/figures/matter_row.html",
        is_public=True,
        order=32,
    ),
    Figure(
        name="deliberation.adopted",
        label=_("Resolutions adopted 通过决议"),
        definition=_("Resolutions that reached the majority of their meeting's rule, by that day."),
        group=_GROUP,
        rows=lambda period: Resolution.objects.filter(**period.during("at"), is_passed=True),
        date_field="at",
        row_template="deliberation/figures/resolution_row.html",
        ready=lambda rows: rows.select_related("matter"),
        is_public=True,
        order=33,
    ),
    Figure(
        name="deliberation.done",
        label=_("Matters seen through 落实完成"),
        definition=_("Matters of which every task was done, by the day it was told to all."),
        group=_GROUP,
        rows=lambda period: Matter.objects.filter(**period.during("finished_at"), state=State.DONE),
        date_field="finished_at",
        row_template="deliberation/figures/matter_row.html",
        is_public=True,
        order=34,
    ),
)
