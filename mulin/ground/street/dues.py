"""What the street owes: what was handed up to it, by the day that was asked."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Found, Kind, Part
from mulin.ground.community.rules import Harm
from mulin.ground.street.permissions import may_oversee
from mulin.ground.street.queries import handed_up_to
from mulin.ground.street.rules import Stand


def parts(asked: Asked) -> Iterator[Part]:
    """All that is open, for a community waits for it with its asker."""
    if may_oversee(asked.actor):
        yield Part(
            "street.handed", handed_up_to(asked.actor).open(), harm=Harm.PROMISE, due="back_by",
            holder="taken_by_id", said=("words", "community__name", "stand"),
        )  # fmt: skip


def _tell(asked: Asked, row: Found) -> Due:
    words, community, stand = row.said[:3]
    is_new = stand == Stand.SENT
    return Due(
        kind=row.kind, number=row.number, what=f"{community} · {words}"[:80],
        why=_("handed up and not taken yet") if is_new else _("the community waits for its answer"),
        harm=Harm(row.harm), due_at=row.due_at, holder_id=row.holder_id or asked.actor.account_id,
        url=reverse("street:handed", args=[row.number]), opens_beside=False,
    )  # fmt: skip


#: What is told of the rows that `parts` gives.
TOLD: Final = ((Kind("street.handed", _("matters handed up"), "street:handed-list"), _tell),)
