"""What the workshop owes: an answer to what a worker asked, or asked for; a deposit of an order
that is over.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import (
    Asked,
    Due,
    Found,
    Kind,
    Part,
    due_after,
    line_of_mine,
)
from mulin.ground.community.rules import Harm, Role
from mulin.kit.clock import end_of_day, local_day
from mulin.workshop.production.deposits import orders_to_clear
from mulin.workshop.production.models import (
    Carrying,
    Lot,
    LotQuestion,
    Offer,
    OfferState,
    Stop,
    WorkWish,
)
from mulin.workshop.production.rules import ANSWER_QUESTION, ANSWER_WISH, KEEPERS

#: A worker sees what is to be given back in these days.
_LOTS_AHEAD: Final = timedelta(days=3)


def parts(asked: Asked) -> Iterator[Part]:
    """Of a worker her lots and offers, of a carrier the rounds; of the keepers, wishes and
    questions nobody answered, and deposits of orders that are over.
    """
    if asked.actor.has(Role.WORKSHOP_WORKER):
        yield from _of_worker(asked)
    if asked.actor.has(Role.CARRIER):
        yield Part(
            "production.round",
            Carrying.objects.filter(
                Exists(Stop.objects.filter(carrying=OuterRef("pk"), done_at__isnull=True)),
                carrier_id__in=asked.accounts, day__lte=local_day(asked.now),
            ),
            harm=Harm.COLLEAGUE, holder="carrier_id", said=("day",),
        )  # fmt: skip
    if not asked.actor.has(*KEEPERS):
        return
    yield Part(
        "production.wish", WorkWish.objects.filter(answered_at__isnull=True),
        harm=Harm.COURTESY, due="at", said=("worker__person__name", "words"),
    )  # fmt: skip
    yield Part(
        "production.deposit", orders_to_clear(), harm=Harm.PROMISE, said=("number", "product")
    )
    # Whoever asks does not go on until she is answered.
    yield Part(
        "production.question", LotQuestion.objects.filter(answered_at__isnull=True),
        harm=Harm.COLLEAGUE, due="at", under="lot", said=("worker__person__name", "words"),
    )  # fmt: skip


def _of_worker(asked: Asked) -> Iterator[Part]:
    mine = {"worker__person__account": asked.actor.account_id or 0}
    yield Part(
        "production.offer", Offer.objects.filter(state=OfferState.OPEN, **mine),
        harm=Harm.COLLEAGUE, said=("lot__order__operation__name", "lot__due"),
    )  # fmt: skip
    yield Part(
        "production.lot",
        Lot.objects.open().filter(
            issued_at__isnull=False, due__lte=local_day(asked.now + _LOTS_AHEAD), **mine
        ),
        harm=Harm.COLLEAGUE, said=("order__operation__name", "due", "quantity"),
    )  # fmt: skip


def _tell_round(asked: Asked, row: Found) -> Due:
    return line_of_mine(
        asked, row, what=str(_("Fetch and bring")), why=_("there are doors left on this round"),
        url=reverse("production:round", args=[row.number]), due_at=_end_of(row.said[0]),
    )  # fmt: skip


def _tell_offer(asked: Asked, row: Found) -> Due:
    return line_of_mine(
        asked, row, what=row.said[0], why=_("work is offered to you: say yes or no"),
        url=reverse("production:mine"), due_at=_end_of(row.said[1]),
    )  # fmt: skip


def _tell_lot(asked: Asked, row: Found) -> Due:
    name, day, pieces = row.said[:3]
    return line_of_mine(
        asked, row, what=f"{name} × {pieces}", why=_("the pieces are to be given back"),
        url=reverse("production:mine"), due_at=_end_of(day),
    )  # fmt: skip


def _end_of(day: str) -> datetime:
    """A day that the one question brought as words."""
    return end_of_day(date.fromisoformat(day))


def _tell_wish(asked: Asked, row: Found) -> Due:
    name, words = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=f"{name} · {words}" if words else str(name),
        why=_("a worker asked for more, less or other work"), harm=Harm(row.harm),
        due_at=due_after(row, ANSWER_WISH), holder_id=asked.actor.account_id, url=reverse("production:workers"),
        opens_beside=False,
    )  # fmt: skip


def _tell_deposit(asked: Asked, row: Found) -> Due:
    number, product = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=f"{number} {product}",
        why=_("the order is over: the deposit is to be set off or given back"),
        harm=Harm(row.harm), due_at=row.due_at, holder_id=asked.actor.account_id,
        url=reverse("production:order", args=[row.number]), opens_beside=False,
    )  # fmt: skip


def _tell_question(asked: Asked, row: Found) -> Due:
    name, words = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=f"{name} · {words}",
        why=_("a worker asks about her lot"), harm=Harm(row.harm), due_at=due_after(row, ANSWER_QUESTION),
        holder_id=asked.actor.account_id, url=reverse("production:lot", args=[row.under]),
        opens_beside=False,
    )  # fmt: skip


TOLD: Final = (
    (Kind("production.wish", _("wishes of workers"), "production:workers"), _tell_wish),
    (Kind("production.deposit", _("customers' deposits"), "production:customers"), _tell_deposit),
    (
        Kind("production.question", _("questions of workers"), "production:questions"),
        _tell_question,
    ),
    (Kind("production.offer", _("work offered to me"), "production:mine"), _tell_offer),
    (Kind("production.lot", _("my lots"), "production:mine"), _tell_lot),
    (Kind("production.round", _("my rounds"), "production:rounds"), _tell_round),
)
