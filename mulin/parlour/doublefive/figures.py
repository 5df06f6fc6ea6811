"""What the room can be asked for in numbers."""

from django.utils.translation import gettext_lazy as _

from mulin.ground.figures.registry import Figure
from mulin.parlour.doublefive.models import Chosen, Idea

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
        order=41,
    ),
)
