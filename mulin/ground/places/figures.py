"""Who lives here, in numbers."""

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.figures.registry import Figure
from mulin.ground.figures.rules import Period
from mulin.ground.places.models import Residence

_GROUP = _("The roll")
_ROW = "places/figures/residence_row.html"


def _lived(period: Period) -> "QuerySet[Residence]":
    rows: QuerySet[Residence] = Residence.objects.filter(
        Q(until__isnull=True) | Q(until__gt=period.last), since__lte=period.last,
        person__merged_into__isnull=True, person__erased_at__isnull=True,
    )  # fmt: skip
    return rows


def _ready(rows: "QuerySet[Residence]") -> "QuerySet[Residence]":
    return rows.select_related("person", "dwelling__unit__building")


FIGURES = (
    Figure(
        name="places.residents_at_end",
        label=_("Residents on the last day 居民"),
        definition=_(
            "Persons on the roll who lived in a dwelling of the community at the end of the period's"
            " last day, as far as the roll says since when."
        ),
        unit=_("persons"), group=_GROUP, rows=_lived, date_field="since", row_template=_ROW,
        ready=_ready, about_persons=True, at_end=True, is_public=True, order=5,
    ),
    Figure(
        name="places.households_at_end",
        label=_("Households on the last day 住户"),
        definition=_(
            "Dwellings in which at least one person of the roll lived at the end of the period's"
            " last day."
        ),
        unit=_("households"), group=_GROUP, rows=_lived, measure=Count("dwelling", distinct=True),
        date_field="since", row_template=_ROW, ready=_ready, about_persons=True,
        persons="dwelling", at_end=True, is_public=True, order=6,
    ),
)  # fmt: skip
