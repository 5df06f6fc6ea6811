"""What the rota owes today: a shift that lacks people, changes that wait, a duty to answer."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Case, SmallIntegerField, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.commons.rota.models import Duty, MonthState, Swap, SwapState
from mulin.commons.rota.permissions import managed_by
from mulin.commons.rota.queries import lacking_soon, waiting_runs
from mulin.commons.rota.registry import kind_of
from mulin.commons.rota.rules import Stand
from mulin.ground.community.dues import Asked, Due, Found, Kind, Part, line_of_mine
from mulin.ground.community.rules import Harm

#: A shift without its people is owed so many days before.
DAYS_BEFORE: Final = 3


def parts(asked: Asked) -> Iterator[Part]:
    """Whoever manages a kind owes its shifts their people; whoever is on the rota their word and
    their days.
    """
    if asked.actor.person_id is not None:
        yield from _of_member(asked)
    kinds = [kind.name for kind in managed_by(asked.actor)]
    if not kinds:
        return
    harm = Case(
        When(with_children=True, then=Value(Harm.FRAIL.value)),
        default=Value(Harm.COLLEAGUE.value),
        output_field=SmallIntegerField(),
    )
    yield Part(
        "rota.lack", lacking_soon(asked.now, kinds, DAYS_BEFORE).annotate(felt=harm),
        harm="felt", due="starts_at", said=("month__kind",),
    )  # fmt: skip
    yield Part(
        "rota.changes", waiting_runs(asked.now).filter(month__kind__in=kinds),
        harm=Harm.COLLEAGUE, due="since", under="month", said=("away__person__name",),
    )  # fmt: skip


def _of_member(asked: Asked) -> Iterator[Part]:
    mine = Duty.objects.filter(
        member__person=asked.actor.person_id, shift__ends_at__gt=asked.now,
        shift__month__state=MonthState.PUBLISHED,
    )  # fmt: skip
    yield Part(
        "rota.answer", mine.filter(stand=Stand.ASKED), harm=Harm.COLLEAGUE, due="shift__starts_at",
        said=("shift__month__kind",),
    )  # fmt: skip
    yield Part(
        "rota.duty",
        mine.filter(
            stand=Stand.ACCEPTED, shift__starts_at__lte=asked.until + timedelta(days=DAYS_BEFORE)
        ),
        harm=Harm.FRAIL, due="shift__starts_at", said=("shift__month__kind",),
    )  # fmt: skip
    yield Part(
        "rota.swap",
        Swap.objects.filter(
            other__person=asked.actor.person_id, state=SwapState.ASKED,
            duty__shift__starts_at__gt=asked.now,
        ),
        harm=Harm.COLLEAGUE, due="duty__shift__starts_at", said=("duty__shift__month__kind",),
    )  # fmt: skip


_WHY: Final = {
    "rota.answer": _("say whether you can come"),
    "rota.duty": _("you are on duty"),
    "rota.swap": _("somebody asks you to take their duty"),
}


def _tell_mine(asked: Asked, row: Found) -> Due:
    kind = kind_of(row.said[0])
    return line_of_mine(
        asked, row, what=str(kind.label) if kind else "", why=_WHY[row.kind],
        url=reverse("rota:mine"),
    )  # fmt: skip


def _tell_lack(asked: Asked, row: Found) -> Due:
    kind = kind_of(row.said[0])
    return Due(
        kind=row.kind, number=row.number, what=str(kind.label) if kind else "",
        why=_("people are missing on this shift"), harm=Harm(row.harm), due_at=row.due_at,
        holder_id=asked.actor.account_id, url=reverse("rota:shift", args=[row.number]),
        opens_beside=False,
    )  # fmt: skip


def _tell_changes(asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=row.said[0],
        why=_("can't come: look at who takes the days"), harm=Harm(row.harm), due_at=row.due_at,
        holder_id=asked.actor.account_id, url=reverse("rota:month", args=[row.under]),
        opens_beside=False,
    )  # fmt: skip


TOLD: Final = (
    (Kind("rota.answer", _("duties to answer"), "rota:mine"), _tell_mine),
    (Kind("rota.duty", _("my duties"), "rota:mine"), _tell_mine),
    (Kind("rota.swap", _("swaps asked of me"), "rota:mine"), _tell_mine),
    (Kind("rota.lack", _("shifts without enough people"), "rota:desk"), _tell_lack),
    (Kind("rota.changes", _("changes of the duty rota"), "rota:desk"), _tell_changes),
)
