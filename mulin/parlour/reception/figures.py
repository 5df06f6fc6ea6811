"""Reception's figures: visits, demands, and the three rates, each with what it is a share of."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Grid
from mulin.ground.figures.registry import By, Figure, Opened
from mulin.ground.figures.rules import MIN_COUNT, Period, share_percent
from mulin.kit.channels import Channel
from mulin.parlour.reception.models import Confirmation, Demand, Outcome, Visit, VisitReason
from mulin.parlour.reception.rules import ANSWERED_STATES, State

_SATISFIED = 4  # of 5


def _visits(period: Period) -> "QuerySet[Visit]":
    rows: QuerySet[Visit] = Visit.objects.filter(**period.during("at"))
    return rows


def _demands(period: Period) -> "QuerySet[Demand]":
    rows: QuerySet[Demand] = Demand.objects.filter(
        **period.during("received_at"), need__is_sealed=False
    )
    return rows


def _asked(period: Period) -> "QuerySet[Confirmation]":
    rows: QuerySet[Confirmation] = Confirmation.objects.filter(
        **period.during("asked_at"), demand__need__is_sealed=False
    )
    return rows


def _heard(period: Period) -> "QuerySet[Confirmation]":
    return _asked(period).filter(outcome__in=[Outcome.SOLVED, Outcome.NOT_SOLVED])


def _ready_demands(rows: "QuerySet[Demand]") -> "QuerySet[Demand]":
    return rows.select_related("need__category", "need__building", "owner")


def _ready_asked(rows: "QuerySet[Confirmation]") -> "QuerySet[Confirmation]":
    return rows.select_related("demand__need__category", "handler")


_GROUP = _("Reception")
_VISIT_ROW = "reception/figures/visit_row.html"
_DEMAND_ROW = "reception/figures/demand_row.html"
_ASKED_ROW = "reception/figures/asked_row.html"

FIGURES = (
    Figure(
        name="reception.visits",
        label=_("Visits"),
        definition=_(
            "Everybody who came in, phoned, handed in paper or wrote by code or online, each time"
            " counted once, by the day it happened."
        ),
        unit=_("visits"),
        group=_GROUP,
        rows=_visits,
        date_field="at",
        row_template=_VISIT_ROW,
        ready=lambda rows: rows.select_related("person", "worker", "need", "kind"),
        opened=Opened(
            (
                By(_("What for"), "reason", dict(VisitReason.choices)),
                By(_("How"), "channel", dict(Channel.choices())),
            ),
            person="person",
        ),
        is_public=True,
        order=10,
    ),
    Figure(
        name="reception.demands",
        label=_("Demands received"),
        definition=_(
            "Every demand, by the day it was said, whatever became of it. One that goes with"
            " another is counted, too: somebody else asked for it."
        ),
        unit=_("demands"),
        group=_GROUP,
        rows=_demands,
        date_field="received_at",
        row_template=_DEMAND_ROW,
        ready=_ready_demands,
        opened=Opened(
            (By(_("Kind"), "need__category__name"), By(_("Grid"), "grid__name")),
            person="need__person",
        ),
        is_public=True,
        order=11,
    ),
    Figure(
        name="reception.late",
        label=_("Demands that missed a limit"),
        definition=_(
            "Of the demands received: those whose first word or answer came after its limit, or"
            " has not come and the limit is past. Closing a demand does not take it away."
        ),
        unit=_("demands"),
        group=_GROUP,
        rows=lambda period: _demands(period).filter(was_late=True),
        date_field="received_at",
        row_template=_DEMAND_ROW,
        ready=_ready_demands,
        order=12,
    ),
    Figure(
        name="reception.response_rate",
        label=_("Response rate 响应率"),
        definition=_(
            "Demands whose asker had a first word within the limit, of all demands received that"
            " had such a limit: what another system's file brought had none. For one that goes"
            " with another, the first word says so, who looks after it and by when."
        ),
        group=_GROUP,
        rows=lambda period: _demands(period).filter(responded_at__lte=F("respond_by")),
        of=lambda period: _demands(period).filter(respond_by__isnull=False),
        of_label=_("demands received"),
        date_field="received_at",
        row_template=_DEMAND_ROW,
        ready=_ready_demands,
        is_public=True,
        order=13,
    ),
    Figure(
        name="reception.solved_rate",
        label=_("Solved rate 解决率"),
        definition=_(
            "Answers that the asker confirmed as solved, of the answers whose asker was heard."
            " An answer that nobody confirmed is not counted as solved. An answer to several who asked"
            " for the same is asked of each, and counts once for each."
        ),
        group=_GROUP,
        rows=lambda period: _heard(period).filter(outcome=Outcome.SOLVED),
        of=_heard,
        of_label=_("answers whose asker was heard"),
        unreachable=lambda period: _asked(period).filter(outcome=Outcome.UNREACHABLE),
        not_yet_asked=lambda period: _asked(period).filter(outcome=""),
        date_field="asked_at",
        row_template=_ASKED_ROW,
        ready=_ready_asked,
        is_public=True,
        about_persons=True,
        order=14,
    ),
    Figure(
        name="reception.satisfied_rate",
        label=_("Satisfaction rate 满意率"),
        definition=_("Answers rated 4 or 5 of 5, of the answers that were rated."),
        group=_GROUP,
        rows=lambda period: _heard(period).filter(rating__gte=_SATISFIED),
        of=lambda period: _heard(period).filter(rating__isnull=False),
        of_label=_("answers that were rated"),
        unreachable=lambda period: _asked(period).filter(outcome=Outcome.UNREACHABLE),
        not_yet_asked=lambda period: _asked(period).filter(outcome=""),
        date_field="asked_at",
        row_template=_ASKED_ROW,
        ready=_ready_asked,
        is_public=True,
        about_persons=True,
        order=15,
    ),
)


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate on the wall: what it is a share of stands beside it. None where too few were asked."""

    label: str | Promise
    percent: Decimal | None
    of: int
    of_label: str | Promise
    not_heard: int

    @property
    def is_too_few(self) -> bool:
        """Of so few one could tell who said what."""
        return self.of < MIN_COUNT


@dataclass(frozen=True, slots=True)
class Month:
    """What a grid, or the whole community, asked in a month and what became of it.

    Counts below five are folded: None where it is a sum, among the other kinds where it is a kind.
    """

    received: int | None
    answered: int | None
    confirmed: int | None
    kinds: list[tuple[str, int]]
    other_kinds: bool
    rates: list[Rate]


def month_of(period: Period, grid: Grid | None) -> Month:
    """The figures of a month, narrowed to a grid; a fixed number of queries."""
    received = _demands(period)
    if grid is not None:
        received = received.filter(grid=grid)
    by_state = dict(received.order_by().values_list("state").annotate(count=Count("id")))
    by_kind = received.order_by().values_list("need__category__name").annotate(count=Count("id"))
    kinds = sorted(((name, count) for name, count in by_kind if name), key=lambda one: -one[1])
    return Month(
        received=_folded(sum(by_state.values())),
        answered=_folded(sum(by_state.get(state.value, 0) for state in ANSWERED_STATES)),
        confirmed=_folded(by_state.get(State.CONFIRMED.value, 0)),
        kinds=[(name, count) for name, count in kinds if count >= MIN_COUNT],
        other_kinds=any(count < MIN_COUNT for _name, count in kinds),
        rates=[_rate(figure, period, grid) for figure in FIGURES if figure.is_rate],
    )


def _folded(count: int) -> int | None:
    return None if 0 < count < MIN_COUNT else count


def _rate(figure: Figure, period: Period, grid: Grid | None) -> Rate:
    """As the figure itself counts, part by part."""
    counts = {}
    for name, rows in figure.parts.items():
        counted = rows(period)
        if grid is not None:
            column = "grid" if counted.model is Demand else "demand__grid"
            counted = counted.filter(**{column: grid})
        counts[name] = counted.count()
    too_few = counts["of"] < MIN_COUNT
    return Rate(
        label=figure.label,
        percent=None if too_few else share_percent(counts["rows"], counts["of"]),
        of=counts["of"],
        of_label=figure.of_label,
        not_heard=counts.get("unreachable", 0) + counts.get("not-yet-asked", 0),
    )
