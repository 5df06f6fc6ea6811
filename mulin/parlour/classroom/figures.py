"""What the classroom can be asked for in numbers."""

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.models import Attendance
from mulin.commons.gatherings.rules import State
from mulin.ground.figures.registry import By, Figure, Opened
from mulin.ground.figures.rules import Period
from mulin.parlour.classroom.models import (
    SITE_LABELS,
    SUBJECT_LABELS,
    TRICK_LABELS,
    Lesson,
    OnlineVisit,
    StoppedFraud,
)
from mulin.parlour.classroom.rules import KIND

_GROUP = _("Grid classroom")


def _held(period: Period) -> "QuerySet[Lesson]":
    rows: QuerySet[Lesson] = Lesson.objects.filter(
        **period.during("gathering__starts_at"), gathering__state=State.HELD
    )
    return rows


def _with_names(period: Period) -> "QuerySet[Lesson]":
    """Each lesson with how many of those who came to it gave a name."""
    named = (
        Attendance.objects.filter(gathering=OuterRef("gathering"), came_at__isnull=False)
        .order_by()
        .values("gathering")
        .annotate(came=Count("pk"))
        .values("came")
    )
    counted = Coalesce(Subquery(named, output_field=IntegerField()), 0)
    return _held(period).annotate(came_by_name=counted)


def _stopped(period: Period) -> "QuerySet[StoppedFraud]":
    rows: QuerySet[StoppedFraud] = StoppedFraud.objects.filter(**period.on_days("day"))
    return rows


FIGURES = (
    Figure(
        name="classroom.lessons",
        label=_("Lessons held 网格课堂"),
        definition=_(
            "Lessons whose list of who came was closed, by the day they began. What was read or"
            " watched online is not in it."
        ),
        group=_GROUP,
        rows=_held,
        date_field="gathering__starts_at",
        row_template="classroom/figures/lesson_row.html",
        ready=lambda rows: rows.select_related("gathering__place"),
        opened=Opened((By(_("Subject"), "kit__subject", SUBJECT_LABELS), By(_("Where"), "site", SITE_LABELS)), is_of_nobody=True),
        is_public=True,
        order=40,
    ),
    Figure(
        name="classroom.attendances",
        label=_("Came to lessons, by name 课堂到课"),
        definition=_(
            "Persons who signed in at a lesson that was held, once for each lesson. Who left no name"
            " is counted beside it."
        ),
        group=_GROUP,
        rows=lambda period: Attendance.objects.filter(
            **period.during("gathering__starts_at"), gathering__kind=KIND,
            gathering__state=State.HELD, came_at__isnull=False,
        ),
        date_field="gathering__starts_at",
        row_template="gatherings/figures/attendance_row.html",
        about_persons=True,
        ready=lambda rows: rows.select_related("gathering", "person"),
        persons="person",
        is_public=True,
        order=41,
    ),
    Figure(
        name="classroom.walk_ins",
        label=_("Came to lessons without a name 课堂散客"),
        definition=_(
            "How many the teachers counted in the room who had not signed in, of lessons that were"
            " held, by the day they began."
        ),
        group=_GROUP,
        rows=_held,
        measure=Sum("gathering__walk_ins"),
        date_field="gathering__starts_at",
        within="classroom.came",
        row_template="classroom/figures/lesson_row.html",
        ready=lambda rows: rows.select_related("gathering__place"),
        is_public=True,
        order=42,
    ),
    Figure(
        name="classroom.came",
        label=_("Came to lessons 课堂人次"),
        definition=_(
            "All who came to lessons that were held: who signed in, once for each lesson, and those"
            " whom the teachers counted in the room without a name. By the day the lesson began."
        ),
        group=_GROUP,
        rows=_with_names,
        date_field="gathering__starts_at",
        measure=Sum(F("came_by_name") + F("gathering__walk_ins")),
        row_template="classroom/figures/lesson_row.html",
        ready=lambda rows: rows.select_related("gathering__place"),
        opened=Opened((By(_("Subject"), "kit__subject", SUBJECT_LABELS), By(_("Where"), "site", SITE_LABELS)), adds_persons=True),
        is_public=True,
        order=42,
    ),
    Figure(
        name="classroom.online",
        label=_("Online lessons finished 网络讲堂"),
        definition=_(
            "Times somebody pressed that they had read or watched an online lesson to its end, the"
            " first time on each device; nobody is known, and none of it counts as an attendance."
        ),
        group=_GROUP,
        rows=lambda period: OnlineVisit.objects.filter(**period.during("at"), is_replay=False),
        date_field="at",
        row_template="classroom/figures/online_row.html",
        ready=lambda rows: rows.select_related("online"),
        is_public=True,
        order=43,
    ),
    Figure(
        name="classroom.stopped",
        label=_("Frauds stopped 拦下的骗局"),
        definition=_(
            "Reports that somebody noticed a fraud and no money went, or the payment was stopped,"
            " by the day it happened. Each report is one fraud, whatever the sum."
        ),
        group=_GROUP,
        rows=_stopped,
        date_field="day",
        row_template="classroom/figures/stopped_row.html",
        opened=Opened((By(_("Trick"), "trick", TRICK_LABELS),)),
        is_public=True,
        order=44,
    ),
    Figure(
        name="classroom.stopped_yuan",
        label=_("Money that frauds did not get 守住的钱"),
        definition=_(
            "The sums, in yuan, that were asked for in the frauds that were stopped, as told by"
            " whoever stopped them; nought where nobody knows."
        ),
        unit=_("yuan"),
        group=_GROUP,
        rows=_stopped,
        measure=Sum("amount_yuan"),
        date_field="day",
        row_template="classroom/figures/stopped_row.html",
        is_public=True,
        order=45,
    ),
)  # fmt: skip
