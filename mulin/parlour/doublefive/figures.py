"""What the room can be asked for in numbers."""

from django.utils.translation import gettext_lazy as _

from mulin.ground.figures.registry import Figure
from mulin.parlour.doublefive.models import Chosen, Idea, Project

_GROUP = _("Double-Five")

FIGURES = (
    Figure(
        name="doublefive.ideas",
        label=_("Ideas offered for the Double-Five"),
        definition=_(
            "Ideas from the public form or handed over from a need, by the day they were offered;"
            " merged and refused ones are counted."
        ),
        group=_GROUP,
        rows=lambda period: Idea.objects.filter(**period.during("offered_at")),
        date_field="offered_at",
        row_template="doublefive/figures/idea_row.html",
        ready=lambda rows: rows.select_related("season"),
        is_public=True,
        order=40,
    ),
    Figure(
        name="doublefive.chosen",
        label=_("Projects chosen in the Double-Five 双五项目"),
        definition=_(
            "Projects that the residents chose, by the day the result was recorded; over three"
            " years of five, fifteen."
        ),
        group=_GROUP,
        rows=lambda period: Chosen.objects.filter(**period.during("chosen_at")),
        date_field="chosen_at",
        row_template="doublefive/figures/chosen_row.html",
        ready=lambda rows: rows.select_related("season", "idea"),
        is_public=True,
        order=41,
    ),
    Figure(
        name="doublefive.completed",
        label=_("Projects of the Double-Five completed 双五完成"),
        definition=_(
            "Chosen projects whose owner reported the last step and the outcome, by that day. How"
            " the residents judge it is the appraisal's, and not this."
        ),
        unit=_("projects"),
        group=_GROUP,
        rows=lambda period: Project.objects.filter(**period.during("finished_at")),
        date_field="finished_at",
        row_template="doublefive/figures/project_row.html",
        ready=lambda rows: rows.select_related("chosen__season", "chosen__idea"),
        is_public=True,
        order=42,
    ),
)
