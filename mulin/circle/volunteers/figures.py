"""What the room can be asked for in numbers."""

from django.db.models import Count, DecimalField, Exists, ExpressionWrapper, OuterRef, QuerySet, Sum
from django.db.models.functions import ExtractMonth, ExtractYear, NullIf, TruncMonth
from django.utils.translation import gettext_lazy as _

from mulin.circle.volunteers.models import Activity, Appointment, Service, Volunteer
from mulin.commons.gatherings.rules import State
from mulin.ground.figures.registry import By, Figure, Opened
from mulin.ground.figures.rules import Period

_GROUP = _("Volunteers")


def _held(period: Period) -> "QuerySet[Activity]":
    rows: QuerySet[Activity] = Activity.objects.filter(
        **period.during("gathering__starts_at"), gathering__state=State.HELD
    )
    return rows


def _first_of_their_kind(period: Period) -> "QuerySet[Activity]":
    """Of each kind the first activity of each month."""
    at = "gathering__starts_at"
    earlier = Activity.objects.filter(
        gathering__state=State.HELD, kind=OuterRef("kind"),
        gathering__starts_at__lt=OuterRef(at), gathering__starts_at__year=OuterRef("year"),
        gathering__starts_at__month=OuterRef("month"),
    )  # fmt: skip
    return (
        _held(period)
        .annotate(year=ExtractYear(at), month=ExtractMonth(at))
        .filter(~Exists(earlier))
    )


FIGURES = (
    Figure(
        name="volunteers.kinds",
        label=_("Kinds of volunteers' activities 公益荟种类"),
        definition=_(
            "Kinds of activity that were held, each counted once in a month, by the day of its first"
            " activity in that month."
        ),
        group=_GROUP,
        rows=_first_of_their_kind,
        date_field="gathering__starts_at",
        row_template="volunteers/figures/activity_row.html",
        ready=lambda rows: rows.select_related("gathering__place", "kind"),
        is_public=True,
        order=60,
    ),
    Figure(
        name="volunteers.kinds_a_month",
        label=_("Kinds of volunteers' activities in a month 每月活动种类"),
        definition=_(
            "Kinds of activity that were held, each counted once in a month; of the months in which"
            " any was held, on average."
        ),
        unit=_("kinds"),
        group=_GROUP,
        rows=_first_of_their_kind,
        measure=ExpressionWrapper(
            Count("pk") * 1.0 / NullIf(Count(TruncMonth("gathering__starts_at"), distinct=True), 0),
            output_field=DecimalField(max_digits=8, decimal_places=1),
        ),
        date_field="gathering__starts_at",
        row_template="volunteers/figures/activity_row.html",
        ready=lambda rows: rows.select_related("gathering__place", "kind"),
        is_public=True,
        order=60,
    ),
    Figure(
        name="volunteers.activities",
        label=_("Volunteers' activities 公益活动"),
        definition=_("Activities whose list was closed, by the day they began."),
        group=_GROUP,
        rows=_held,
        date_field="gathering__starts_at",
        row_template="volunteers/figures/activity_row.html",
        ready=lambda rows: rows.select_related("gathering__place", "kind"),
        opened=Opened((By(_("Kind"), "kind__name"),), is_of_nobody=True),
        is_public=True,
        order=61,
    ),
    Figure(
        name="volunteers.joined",
        label=_("New volunteers 新登记志愿者"),
        definition=_("Persons who registered as volunteers, by the day of it."),
        group=_GROUP,
        rows=lambda period: Volunteer.objects.filter(**period.on_days("joined_on")),
        date_field="joined_on",
        row_template="volunteers/figures/volunteer_row.html",
        about_persons=True,
        ready=lambda rows: rows.select_related("person"),
        opened=Opened(person="person"),
        is_public=True,
        order=62,
    ),
    Figure(
        name="volunteers.minutes",
        label=_("Minutes of service 志愿服务分钟"),
        definition=_(
            "Minutes between signing in and out, within one's shift, each once, by the day they began."
            " The same rows make every volunteer's hours and certificates."
        ),
        unit=_("minutes"),
        group=_GROUP,
        rows=lambda period: Service.objects.filter(**period.during("begins_at")),
        measure=Sum("minutes"),
        date_field="begins_at",
        row_template="volunteers/figures/service_row.html",
        ready=lambda rows: rows.select_related("volunteer__person", "activity__gathering"),
        opened=Opened((By(_("Kind"), "activity__kind__name"),), person="volunteer"),
        is_public=True,
        about_persons=True,
        persons="volunteer",
        order=63,
    ),
    Figure(
        name="volunteers.served",
        label=_("Served by appointment 预约服务人次"),
        definition=_("Appointments at which somebody came and was served, by that moment."),
        group=_GROUP,
        rows=lambda period: Appointment.objects.filter(**period.during("served_at")),
        date_field="served_at",
        row_template="volunteers/figures/appointment_row.html",
        ready=lambda rows: rows.select_related("activity__gathering", "person"),
        about_persons=True,
        persons="person",
        order=64,
    ),
    Figure(
        name="volunteers.walk_ins",
        label=_("Served without an appointment 现场服务人次"),
        definition=_(
            "How many whoever led counted who came without an appointment, by the day the activity"
            " began."
        ),
        group=_GROUP,
        rows=_held,
        measure=Sum("gathering__walk_ins"),
        date_field="gathering__starts_at",
        row_template="volunteers/figures/activity_row.html",
        ready=lambda rows: rows.select_related("gathering__place", "kind"),
        is_public=True,
        order=65,
    ),
)
