"""What the skills chain owes: somebody who would like to work waits for a beginning."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Found, Kind, Part, due_after
from mulin.ground.community.rules import Harm
from mulin.workshop.production.rules import KEEPERS
from mulin.workshop.skills.models import Newcomer, Promise
from mulin.workshop.skills.rules import BEGIN_WITHIN


def parts(asked: Asked) -> Iterator[Part]:
    """Newcomers nobody took on, promises whose last day is over."""
    if not asked.actor.has(*KEEPERS):
        return
    yield Part(
        "skills.newcomer",
        Newcomer.objects.filter(worker__isnull=True, given_up_at__isnull=True),
        harm=Harm.COURTESY, due="talked_at", said=("person__name", "wish"),
    )  # fmt: skip
    yield Part(
        "skills.promise",
        Promise.objects.filter(
            kept_at__isnull=True, until__lt=asked.until.date(), partner__ended_on__isnull=True
        ),
        harm=Harm.COLLEAGUE, under="partner_id", said=("partner__organisation__name", "words"),
    )  # fmt: skip


def _tell_newcomer(asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=f"{row.said[0]} · {row.said[1]}",
        why=_("would like to work and has not begun"), harm=Harm(row.harm), due_at=due_after(row, BEGIN_WITHIN),
        holder_id=asked.actor.account_id, url=reverse("skills:newcomers"), opens_beside=False,
    )  # fmt: skip


def _tell_promise(asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=f"{row.said[0]} · {row.said[1]}",
        why=_("the day of this promise is over"), harm=Harm(row.harm), due_at=row.due_at,
        holder_id=asked.actor.account_id, url=reverse("skills:partner", args=[row.under]),
        opens_beside=False,
    )  # fmt: skip


TOLD: Final = (
    (Kind("skills.newcomer", _("newcomers"), "skills:newcomers"), _tell_newcomer),
    (Kind("skills.promise", _("promises of partners"), "skills:partners"), _tell_promise),
)
