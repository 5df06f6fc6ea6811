"""What the workshop owes: an answer to what a worker asked, or asked for."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Found, Kind, Part
from mulin.ground.community.rules import Harm
from mulin.workshop.production.models import LotQuestion, WorkWish
from mulin.workshop.production.rules import KEEPERS


def parts(asked: Asked) -> Iterator[Part]:
    """Wishes and questions that nobody answered."""
    if not asked.actor.has(*KEEPERS):
        return
    yield Part(
        "production.wish", WorkWish.objects.filter(answered_at__isnull=True),
        harm=Harm.COURTESY, due="at", said=("worker__person__name", "words"),
    )  # fmt: skip
    # Whoever asks does not go on until she is answered.
    yield Part(
        "production.question", LotQuestion.objects.filter(answered_at__isnull=True),
        harm=Harm.COLLEAGUE, due="at", under="lot", said=("worker__person__name", "words"),
    )  # fmt: skip


def _tell_wish(asked: Asked, row: Found) -> Due:
    name, words = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=f"{name} · {words}" if words else str(name),
        why=_("a worker asked for more, less or other work"), harm=Harm(row.harm),
        due_at=row.due_at, holder_id=asked.actor.account_id, url=reverse("production:workers"),
        opens_beside=False,
    )  # fmt: skip


def _tell_question(asked: Asked, row: Found) -> Due:
    name, words = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=f"{name} · {words}",
        why=_("a worker asks about her lot"), harm=Harm(row.harm), due_at=row.due_at,
        holder_id=asked.actor.account_id, url=reverse("production:lot", args=[row.under]),
        opens_beside=False,
    )  # fmt: skip


TOLD: Final = (
    (Kind("production.wish", _("wishes of workers"), "production:workers"), _tell_wish),
    (
        Kind("production.question", _("questions of workers"), "production:questions"),
        _tell_question,
    ),
)
