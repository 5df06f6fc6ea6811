"""What rounds owe: a yes or no to a hand-over, a look in at a home that somebody asked for."""

from collections.abc import Iterator
from typing import Final

from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Found, Kind, Part
from mulin.ground.community.rules import Harm
from mulin.kit.clock import end_of_day, local_day
from mulin.parlour.rounds.models import HandOver, Wish
from mulin.parlour.rounds.rules import HandOverState


def parts(asked: Asked) -> Iterator[Part]:
    """Hand-overs that only whoever was asked can answer; homes, for whoever walks a grid."""
    yield Part(
        "rounds.hand_over",
        HandOver.objects.filter(
            deputy_id=asked.actor.account_id, state=HandOverState.PROPOSED, until__gt=asked.now
        ),
        harm=Harm.COLLEAGUE, due="since", holder="deputy_id",
        said=("membership__grid__name", "membership__account__display_name"),
    )  # fmt: skip
    if asked.actor.grid_ids:
        yield Part(
            "rounds.wish",
            Wish.objects.filter(
                dwelling__unit__building__grid__in=asked.actor.grid_ids, fulfilled_at__isnull=True
            ),
            harm=Harm.FRAIL, due="asked_at", under="dwelling_id",
            said=(
                Concat(
                    "dwelling__unit__building__name", "dwelling__unit__name", "dwelling__room"
                ),
                "words",
            ),
        )  # fmt: skip


def _tell_hand_over(asked: Asked, row: Found) -> Due:
    """To be answered before the first day."""
    grid, officer = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=f"{grid} · {officer}",
        why=_("a colleague waits for your yes or no"), harm=Harm(row.harm), due_at=row.due_at,
        holder_id=row.holder_id, url=reverse("rounds:hand-over", args=[row.number]),
        opens_beside=False,
    )  # fmt: skip


def _tell_wish(asked: Asked, row: Found) -> Due:
    """Somebody worries about a home; it is looked in on the same day."""
    home, words = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=f"{home} · {words}",
        why=_("somebody asked that a home be looked in on"), harm=Harm(row.harm),
        due_at=end_of_day(local_day(row.due_at)) if row.due_at else None,
        holder_id=asked.actor.account_id, url=reverse("rounds:home", args=[row.under]),
        opens_beside=False,
    )  # fmt: skip


#: What is told of the rows that `parts` gives.
TOLD: Final = (
    (Kind("rounds.hand_over", _("rounds offered to me"), "rounds:hand-overs"), _tell_hand_over),
    (Kind("rounds.wish", _("homes to look in on"), "rounds:today"), _tell_wish),
)
