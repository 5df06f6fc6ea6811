"""What the circle can be asked for in numbers: who has what within ten minutes."""

from collections.abc import Callable, Collection

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.proximity.rules import OLD_FROM, YOUNG_UNDER
from mulin.ground.figures.registry import Figure
from mulin.ground.figures.rules import Period
from mulin.ground.people.models import Residency
from mulin.ground.places.models import Residence
from mulin.ground.places.rules import Service

_GROUP = _("Ten-minute circle")
_ROW = "places/figures/residence_row.html"

Rows = Callable[[Period], "QuerySet[Residence]"]
#: The buildings from which a service is within ten minutes by day.
Near = Callable[[Service], Collection[int]]


def _who(kind: Callable[[Period], Q]) -> Rows:
    """Who lived here on the last day, of a kind of people."""

    def rows(period: Period) -> "QuerySet[Residence]":
        found: QuerySet[Residence] = Residence.objects.filter(
            Q(until__isnull=True) | Q(until__gt=period.last), kind(period),
            since__lte=period.last, person__merged_into__isnull=True,
            person__erased_at__isnull=True,
        )  # fmt: skip
        return found

    return rows


def _near(near: Near, service: Service, all_: Rows) -> Rows:
    def rows(period: Period) -> "QuerySet[Residence]":
        return all_(period).filter(dwelling__unit__building__in=near(service))

    return rows


def _ready(rows: "QuerySet[Residence]") -> "QuerySet[Residence]":
    return rows.select_related("person", "dwelling__unit__building")


_OLD = _who(lambda period: Q(person__birth_year__lte=period.last.year - OLD_FROM))
_YOUNG = _who(lambda period: Q(person__birth_year__gt=period.last.year - YOUNG_UNDER))
_NEW = _who(lambda _period: Q(person__residency=Residency.NEW))


def figures(near: Near) -> tuple[Figure, ...]:
    """The figures of the circle, by how it counts what is near."""
    return (
        Figure(
            name="proximity.old_with_meals",
            label=_("The old with meals within ten minutes"),
            definition=_("Residents who turned sixty in the year of the last day or before, living in a"
                         " building from which a place for meals is within ten minutes on foot, at"
                         " an old person's pace, by the paths and hours that are known today."),
            unit=_("persons"), group=_GROUP, rows=_near(near, Service.MEALS, _OLD), of=_OLD,
            of_label=_("residents from sixty on"), date_field="since", row_template=_ROW,
            ready=_ready, about_persons=True, at_end=True, order=70,
        ),
        Figure(
            name="proximity.young_with_care",
            label=_("The young with a place for children within ten minutes"),
            definition=_("Residents who do not turn fourteen before the year after the last day, living in"
                         " a building from which a place for children is within ten minutes on foot,"
                         " at an old person's pace, by the paths and hours that are known today."),
            unit=_("persons"), group=_GROUP, rows=_near(near, Service.CHILDREN, _YOUNG), of=_YOUNG,
            of_label=_("residents under fourteen"), date_field="since", row_template=_ROW,
            ready=_ready, about_persons=True, at_end=True, order=71,
        ),
        Figure(
            name="proximity.new_with_help",
            label=_("The new with a place for newcomers within ten minutes"),
            definition=_("Residents on the roll as new here, living in a building from which a place for"
                         " newcomers is within ten minutes on foot, at an old person's pace, by the"
                         " paths and hours that are known today."),
            unit=_("persons"), group=_GROUP, rows=_near(near, Service.NEWCOMERS, _NEW), of=_NEW,
            of_label=_("residents who are new here"), date_field="since", row_template=_ROW,
            ready=_ready, about_persons=True, at_end=True, order=72,
        ),
    )  # fmt: skip
