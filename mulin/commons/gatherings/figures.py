"""What gatherings can be asked for in numbers: how many were held, how often people came."""

from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.gatherings.rules import State
from mulin.ground.figures.registry import Figure

_GROUP = _("Gatherings")

FIGURES = (
    Figure(
        name="gatherings.held",
        label=_("Gatherings held 举办活动"),
        definition=_(
            "Gatherings of every kind whose list of who came was closed, by the day they began."
            " Those that were called off do not count."
        ),
        group=_GROUP,
        rows=lambda period: Gathering.objects.filter(
            **period.during("starts_at"), state=State.HELD
        ),
        date_field="starts_at",
        row_template="gatherings/figures/gathering_row.html",
        is_public=True,
        order=30,
    ),
    Figure(
        name="gatherings.attendances",
        label=_("Attendances 到场人次"),
        definition=_(
            "Persons who signed in at a gathering that was held, by the code at the door, by name"
            " or by the paper list, once for each gathering. Who left no name is not in it."
        ),
        group=_GROUP,
        rows=lambda period: Attendance.objects.filter(
            **period.during("gathering__starts_at"), gathering__state=State.HELD,
            came_at__isnull=False,
        ),
        date_field="gathering__starts_at",
        row_template="gatherings/figures/attendance_row.html",
        about_persons=True,
        ready=lambda rows: rows.select_related("gathering", "person"),
        persons="person",
        is_public=True,
        order=31,
    ),
)  # fmt: skip
