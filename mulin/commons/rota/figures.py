"""What the rota can be asked for in numbers."""

from django.utils.translation import gettext_lazy as _

from mulin.commons.rota.models import Duty
from mulin.commons.rota.rules import Stand
from mulin.ground.figures.registry import Figure

FIGURES = (
    Figure(
        name="rota.came",
        label=_("Duties done"),
        definition=_(
            "Each time somebody was signed in on a shift of the duty rota, by that moment."
        ),
        rows=lambda period: Duty.objects.filter(stand=Stand.CAME, **period.during("came_at")),
        date_field="came_at",
        row_template="rota/figures/duty_row.html",
        ready=lambda rows: rows.select_related("shift", "member__person"),
        group=_("Duty rota"),
        about_persons=True,
        persons="member",
        is_public=True,
    ),
)
