"""The survey's two figures: satisfied of all who gave an opinion, and who took part at all."""

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.figures.registry import Figure
from mulin.ground.figures.rules import Period
from mulin.parlour.survey.models import Answer, Sampled, Survey
from mulin.parlour.survey.rules import STEPS, Disposition, Field, State


def _opinions(period: Period) -> "QuerySet[Answer]":
    rows: QuerySet[Answer] = Answer.objects.filter(
        **period.on_days("question__survey__last_day"),
        question__survey__state=State.PUBLISHED,
        question__field=Field.OVERALL,
        step__in=STEPS,
    )
    return rows


def _satisfied(period: Period) -> "QuerySet[Answer]":
    return _opinions(period).filter(
        step__gt=len(STEPS) - F("question__survey__standard__top_steps")
    )


def _drawn(period: Period) -> "QuerySet[Sampled]":
    over = Survey.objects.filter(state__in=[State.CLOSED, State.PUBLISHED])
    rows: QuerySet[Sampled] = Sampled.objects.filter(
        **period.on_days("survey__last_day"), survey__in=over
    )
    return rows.exclude(disposition=Disposition.EMPTY)


_GROUP = _("Yearly survey")

FIGURES = (
    Figure(
        name="survey.satisfied_rate",
        label=_("Satisfaction of the yearly survey 年度满意率"),
        definition=_(
            "Households that answered “very satisfied” or “satisfied” to the question of all in"
            " all, of those that gave an opinion; “I cannot say” and blanks are apart. Published"
            " surveys only, by their last day. It is not the rating of demands. Single answers"
            " are anonymous and cannot be opened."
        ),
        group=_GROUP,
        rows=_satisfied,
        of=_opinions,
        of_label=_("households that gave an opinion"),
        date_field="question__survey__last_day",
        row_template="survey/figures/answer_row.html",
        about_persons=True,
        min_count=10,
        sees_rows=lambda _actor: False,
        ready=lambda rows: rows.select_related("question__survey"),
        is_public=True,
        order=18,
    ),
    Figure(
        name="survey.response_rate",
        label=_("Response rate of the yearly survey 回收率"),
        definition=_(
            "Households that answered, of all that were drawn and are not known to be empty:"
            " refusals and those nobody met stay in the number it is a share of (AAPOR RR1)."
            " Closed surveys, by their last day."
        ),
        group=_GROUP,
        rows=lambda period: _drawn(period).filter(disposition=Disposition.RETURNED),
        of=_drawn,
        of_label=_("households drawn and lived in"),
        unreachable=lambda period: _drawn(period).filter(disposition=Disposition.NOT_REACHED),
        not_yet_asked=lambda period: _drawn(period).filter(disposition=Disposition.WAITING),
        date_field="survey__last_day",
        row_template="survey/figures/sampled_row.html",
        about_persons=True,
        ready=lambda rows: rows.select_related("survey", "grid"),
        is_public=True,
        order=19,
    ),
)
