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

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.db.models import Count, Expression, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext

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
class By:
    """One way in which the open data cut a figure: what it is called, and the column.

    `labels` are the words of a column of codes.
    """

    label: str | Promise
    column: str
    labels: "Mapping[Any, str | Promise]" = field(default_factory=dict)  # Any: codes of a column


@dataclass(frozen=True)
class Opened:
    """How a figure stands in the open data: month by month, and `by` what else, the least important
    last: that is given up first where too few persons stand behind a count.

    `person` is the column of whom a row tells. Without one each row is one person's, or as many
    persons' as it adds (`adds_persons`), or nobody's (`is_of_nobody`).
    """

    by: tuple[By, ...] = ()
    person: str = ""
    adds_persons: bool = False
    is_of_nobody: bool = False


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
    `is_public`: it may stand in the year book and in the open data, which everybody reads; `opened`
    says how it stands there month by month: a count, or a sum.
    `about_persons` holds back from whoever may not see the rows what tells of fewer than `min_count`
    persons: different values of the column `persons`, or rows where it names none.
    `within` names a figure that counts all of these and some more: where those are too few to be
    told of, this one is held back as well, for the one less the other would tell of them.
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
    within: str = ""
    at_end: bool = False
    is_public: bool = False
    opened: Opened | None = None
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

        if self.opened is not None and (self.is_rate or self.at_end or not self._adds_up):
            msg = f"{self.name}: only counts and sums can be cut into parts"
            raise ValueError(msg)

    @property
    def is_count(self) -> bool:
        """Whether it says how many there are, and not how much or what share."""
        return not self.is_rate and (self.measure is None or isinstance(self.measure, Count))

    @property
    def is_money(self) -> bool:
        """Whether it says how many yuan."""
        return str(self.unit) == gettext("yuan")

    @property
    def _adds_up(self) -> bool:
        return self.measure is None or isinstance(self.measure, Sum)

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


@dataclass(frozen=True)
class Sentence:
    """A sentence of the paragraph above all figures: its words name figures in braces.

    Sentence(_("{classroom.lessons} lessons had {classroom.came} listeners."), order=40)
    """

    words: str | Promise
    order: int

    def pieces(self) -> list[tuple[str, str]]:
        """Its words cut at the figures: what stands before each, and the figure's name or ""."""
        cut = _NAMED.split(str(self.words))
        return list(zip(cut[::2], [*cut[1::2], ""], strict=True))


_NAMED = re.compile(r"\{([a-z_.]+)\}")
_figures: dict[str, Figure] = {}
_sentences: list[Sentence] = []


def register_sentence(sentence: Sentence) -> None:
    """Called once by whoever knows all the figures that it names."""
    if sentence not in _sentences:
        _sentences.append(sentence)


def sentences() -> list[Sentence]:
    """The paragraph, in its order."""
    return sorted(_sentences, key=lambda one: one.order)


def register(figure: Figure) -> None:
    """Called once by a room's `apps.py`; the same name registered again takes its place."""
    _figures[figure.name] = figure


def figures() -> list[Figure]:
    """Every figure, in their order."""
    return sorted(_figures.values(), key=lambda figure: (figure.order, figure.name))


def figure_of(name: str) -> Figure:
    """Raises LookupError for a name nobody registered."""
    return _figures[name]
