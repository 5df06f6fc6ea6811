"""What the hall can be asked for in numbers."""

from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.models import Gathering
from mulin.commons.gatherings.rules import State as Held
from mulin.ground.figures.registry import Figure, Opened
from mulin.ground.figures.rules import Period
from mulin.parlour.suggestions.models import Idea, IdeaQuerySet
from mulin.parlour.suggestions.rules import TALK, State

_GROUP = _("Suggestions")


def _ended(period: Period) -> IdeaQuerySet:
    rows: IdeaQuerySet = Idea.objects.filter(
        **period.during("ended_at"), state__in=[State.ADOPTED, State.ANSWERED]
    )
    return rows


FIGURES = (
    Figure(
        name="suggestions.meetings",
        label=_("Neighbours' talks held 文明大家谈"),
        definition=_(
            "Talks of the month whose list of who came was closed, by the day they began."
        ),
        group=_GROUP,
        rows=lambda period: Gathering.objects.filter(
            **period.during("starts_at"), kind=TALK, state=Held.HELD
        ),
        date_field="starts_at",
        row_template="gatherings/figures/gathering_row.html",
        is_public=True,
        order=29,
    ),
    Figure(
        name="suggestions.brought",
        label=_("Ideas brought"),
        definition=_(
            "Ideas by the day they were said, by every channel; those that were not shown are left"
            " out, those that go with another count."
        ),
        group=_GROUP,
        rows=lambda period: Idea.objects.filter(**period.during("came_at")).exclude(
            state=State.TURNED_AWAY
        ),
        date_field="came_at",
        row_template="suggestions/figures/idea_row.html",
        ready=lambda rows: rows.select_related("need"),
        opened=Opened(person="need__person"),
        is_public=True,
        order=30,
    ),
    Figure(
        name="suggestions.adopted_rate",
        label=_("Ideas adopted"),
        definition=_(
            "Ideas that became a demand, a matter, a project or an activity, of all that got their"
            " answer, by the day of the answer."
        ),
        group=_GROUP,
        rows=lambda period: _ended(period).filter(state=State.ADOPTED),
        of=_ended,
        of_label=_("ideas that got their answer"),
        unreachable=lambda period: _ended(period).none(),
        not_yet_asked=lambda period: Idea.objects.filter(
            **period.during("came_at"), state__in=[State.HELD, State.OPEN]
        ),
        date_field="ended_at",
        row_template="suggestions/figures/idea_row.html",
        ready=lambda rows: rows.select_related("need"),
        is_public=True,
        order=31,
    ),
)
