"""What rounds owe: a yes or no to a hand-over, a look in at a home that somebody asked for."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Kind
from mulin.ground.community.rules import Harm
from mulin.kit.clock import end_of_day, local_day
from mulin.parlour.rounds.models import HandOver, Wish
from mulin.parlour.rounds.rules import HandOverState

KINDS: Final = (
    Kind("rounds.hand_over", _("rounds offered to me"), "rounds:hand-overs"),
    Kind("rounds.wish", _("homes to look in on"), "rounds:today"),
)


def dues(asked: Asked) -> Iterator[Due]:
    """One question; a second for whoever walks a grid."""
    yield from _hand_overs(asked)
    if asked.actor.grid_ids:
        yield from _wishes(asked)


def _hand_overs(asked: Asked) -> Iterator[Due]:
    """To be answered before the first day; only whoever was asked can."""
    me = asked.actor.account_id
    rows = HandOver.objects.filter(
        deputy_id=me, state=HandOverState.PROPOSED, until__gt=asked.now
    ).order_by("since", "id")
    for pk, since, officer, grid in rows.values_list(
        "id", "since", "membership__account__display_name", "membership__grid__name"
    )[: asked.most + 1]:
        yield Due(
            kind="rounds.hand_over", number=pk, what=f"{grid} · {officer}",
            why=_("a colleague waits for your yes or no"), harm=Harm.COLLEAGUE, due_at=since,
            holder_id=me, url=reverse("rounds:hand-over", args=[pk]), opens_beside=False,
        )  # fmt: skip


def _wishes(asked: Asked) -> Iterator[Due]:
    """Somebody worries about a home; it is looked in on the same day."""
    rows = (
        Wish.objects.filter(
            dwelling__unit__building__grid__in=asked.actor.grid_ids, fulfilled_at__isnull=True
        )
        .select_related("dwelling__unit__building")
        .order_by("asked_at", "id")
    )
    for wish in rows[: asked.most + 1]:
        yield Due(
            kind="rounds.wish", number=wish.pk, what=f"{wish.dwelling} · {wish.words}",
            why=_("somebody asked that a home be looked in on"), harm=Harm.FRAIL,
            due_at=end_of_day(local_day(wish.asked_at)), holder_id=asked.actor.account_id,
            url=reverse("rounds:home", args=[wish.dwelling_id]), opens_beside=False,
        )  # fmt: skip
