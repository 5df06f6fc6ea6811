"""What votes can be asked for in numbers. Who took a ballot is forgotten; the counts are kept."""

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import Constituency
from mulin.ground.figures.registry import Figure
from mulin.ground.figures.rules import Period

_GROUP = _("Votes")


def _counted(period: Period) -> "QuerySet[Constituency]":
    rows: QuerySet[Constituency] = Constituency.objects.filter(
        election__is_trial=False,
        taken_count__isnull=False,
        **period.during("election__closes_at"),
    )
    return rows


FIGURES = (
    Figure(
        name="ballots.taken",
        label=_("Ballots taken"),
        definition=_(
            "Voters who took their ballot, online, on paper or at the door, in votes that ended in"
            " the period; of each constituency the count at the sealing. Trials are left out."
        ),
        unit=_("ballots"),
        group=_GROUP,
        rows=_counted,
        measure=Sum("taken_count"),
        date_field="election__closes_at",
        row_template="ballots/figure_row.html",
        ready=lambda rows: rows.select_related("election"),
        order=44,
    ),
    Figure(
        name="ballots.on_roll",
        label=_("Voters on the rolls"),
        definition=_(
            "Voters on the frozen rolls of the votes that ended in the period; whoever is on the"
            " rolls of two votes is counted twice. Trials are left out."
        ),
        unit=_("voters"),
        group=_GROUP,
        rows=_counted,
        measure=Sum("roll_count"),
        date_field="election__closes_at",
        row_template="ballots/figure_row.html",
        ready=lambda rows: rows.select_related("election"),
        order=45,
    ),
)
