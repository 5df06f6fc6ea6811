"""What a figure is, and all of them. A room defines its own in `figures.py`, `apps.py` registers.

Figure(
    name="reception.visits",
    label=_("Visits"),
    definition=_("Every visit, phone call and letter written down at the desk."),
    unit=_("visits"),
    rows=lambda period: Visit.objects.filter(**period.during("at")),
    date_field="at",
    row_template="reception/figures/visit_row.html",
)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.db.models import Expression, QuerySet
from django.utils.functional import Promise

from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES, Actor, Role, Scope
from mulin.ground.figures.rules import MIN_COUNT, Period

# Any: a figure counts rows of whatever table its room names.
Rows = Callable[[Period], "QuerySet[Any]"]
May = Callable[[Actor], bool]


def is_staff(actor: Actor) -> bool:
    """Who sees figures unless a figure says otherwise: whoever works for the community, the
    street, which sees nothing else, and programs that were given this.
    """
    return actor.has(*HANDLER_ROLES, Role.STREET_OVERSEER) or Scope.FIGURES_READ in actor.scopes


def is_at_the_desk(actor: Actor) -> bool:
    """Who sees the rows behind a figure unless it says otherwise."""
    return actor.has(*DESK_ROLES)


@dataclass(frozen=True)
class Figure:
    """A number that can be traced: its name, what it means, and the rows it counts.

    `rows(period)` are exactly what the number counts, or what `measure` adds up (`Sum("minutes")`).
    `date_field` is the column by which the trend is drawn; it must be the one `rows` filters by.
    A rate names in `of(period)` what it is a share of, and beside it whom nobody could reach and
    who has not been asked yet: the page always shows these with it.
    `at_end` marks a stand: what there is at the end of the period's last day, whatever came and
    went before. `rows` then asks for nothing but that day, and a trend shows the stand at the end
    of each bar.
    `is_public`: it may stand in the year book and in the open data, which everybody reads.
    `about_persons` holds back from whoever may not see the rows what tells of fewer than `min_count`
    persons: different values of the column `persons`, or rows where it names none.
    `row_template` draws one row from `row` and `now`; `ready` prepares the rows of one page for
    it (`select_related`), so that the number of queries stays the same.
    """

    name: str
    label: str | Promise
    definition: str | Promise
    rows: Rows
    date_field: str
    row_template: str
    unit: str | Promise = ""
    group: str | Promise = ""
    measure: Expression | None = None
    of: Rows | None = None
    of_label: str | Promise = ""
    unreachable: Rows | None = None
    not_yet_asked: Rows | None = None
    about_persons: bool = False
    persons: str = ""
    at_end: bool = False
    is_public: bool = False
    min_count: int = MIN_COUNT
    sees: May = is_staff
    sees_rows: May = is_at_the_desk
    ready: "Callable[[QuerySet[Any]], QuerySet[Any]]" = field(default=lambda rows: rows)
    order: int = 50

    def __post_init__(self) -> None:
        if self.of is not None and self.measure is not None:
            msg = f"{self.name}: a rate counts rows and measures nothing"
            raise ValueError(msg)
        if self.of is None and (self.unreachable or self.not_yet_asked):
            msg = f"{self.name}: only a rate has people who were not asked"
            raise ValueError(msg)

    @property
    def is_rate(self) -> bool:
        return self.of is not None

    @property
    def parts(self) -> Mapping[str, Rows]:
        """Everything behind the figure that can be opened, by its name in the address."""
        named = {
            "rows": self.rows,
            "of": self.of,
            "unreachable": self.unreachable,
            "not-yet-asked": self.not_yet_asked,
        }
        return MappingProxyType({name: rows for name, rows in named.items() if rows is not None})


_figures: dict[str, Figure] = {}


def register(figure: Figure) -> None:
    """Called once by a room's `apps.py`; the same name registered again takes its place."""
    _figures[figure.name] = figure


def figures() -> list[Figure]:
    """Every figure, in their order."""
    return sorted(_figures.values(), key=lambda figure: (figure.order, figure.name))


def figure_of(name: str) -> Figure:
    """Raises LookupError for a name nobody registered."""
    return _figures[name]
