"""What a worker is offered, on paper: a yes or no to each lot, and more, less or other work."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.commons.paper.registry import PaperUse, Subjects, Taken
from mulin.ground.community.rules import Actor
from mulin.kit.channels import Channel
from mulin.kit.paper.definition import Choice, Field, Form, Kind
from mulin.kit.refusals import Refused
from mulin.kit.templatetags.kit import dated
from mulin.workshop.production.actions.offers import answer_offer
from mulin.workshop.production.actions.workers import ask_for_work
from mulin.workshop.production.models import Offer, OfferState, WishKind, Worker
from mulin.workshop.production.permissions import may_keep
from mulin.workshop.production.rules import KEEPERS

CODE: Final = "OFFER"
VERSION: Final = 1
#: Lots on one slip; who is offered more gets a second one.
ON_A_SLIP: Final = 6
YES: Final = "yes"
_MOST: Final = 300


def offer_slip() -> Form:
    """A box for yes and one for no at each lot; what she wishes, in the same go."""
    choices = (Choice(YES, _("I take the work")), Choice("no", _("no, not this work")))
    return Form(
        code=CODE,
        version=VERSION,
        title=_("Will you take this work?"),
        under=_("A no needs no reason and costs you nothing. Hand it to the workshop or the carrier."),
        fields=(
            *(
                Field(f"offer{number}", "", Kind.ONE, choices, in_row=True, is_filled=True, decides=True)
                for number in range(1, ON_A_SLIP + 1)
            ),
            Field(
                "wish", _("What would you like?"), Kind.ONE,
                (
                    Choice(WishKind.MORE, _("more work")), Choice(WishKind.LESS, _("less work")),
                    Choice(WishKind.OTHER, _("other work")),
                ),
            ),
            Field("words", _("A word about it"), Kind.TEXT, most=200),
        ),
    )  # fmt: skip


def workers_to_print(by: Actor, _now: datetime) -> Sequence[tuple[str, str]]:
    """Who was offered something and has not answered."""
    if not may_keep(by):
        return []
    rows = Worker.objects.filter(offers__state=OfferState.OPEN).distinct()
    return [(str(one.pk), str(one)) for one in rows.select_related("person")[:_MOST]]


def offers_of(about: str) -> Sequence[str]:
    """What she is offered, the first asked first."""
    rows = Offer.objects.filter(worker=int(about), state=OfferState.OPEN)
    return [str(pk) for pk in rows.order_by("offered_at", "id").values_list("pk", flat=True)]


def offer_words(_by: Actor, refs: Collection[str]) -> dict[str, str]:
    """Product, pieces and day of each; no wage beside a name."""
    rows = Offer.objects.filter(pk__in=map(int, refs)).select_related("lot__order")
    return {
        str(one.pk): f"{one.lot} {one.lot.order.product} {one.lot.quantity} {dated(one.lot.due)}"
        for one in rows
    }


def take_slip(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """Each ticked line is her answer, and what she wishes is a wish. Raises Refused for an empty slip
    and, with the rest, for an offer that is over.
    """
    worker = Worker.objects.filter(pk=int(taken.about)).select_related("person").first()
    rows = taken.sheet.rows if taken.sheet is not None else {}
    said = {ref: taken.values[name] for name, ref in rows.items() if taken.values.get(name)}
    if worker is None or not (said or taken.values.get("wish")):
        raise Refused(_("Nothing is ticked on this sheet."))
    paper = by.by(Channel.PAPER)
    offers = Offer.objects.filter(pk__in=map(int, said), worker=worker)
    for offer in offers.select_related("worker__person", "lot").order_by("offered_at", "id"):
        answer_offer(offer, accepts=said[str(offer.pk)] == YES, by=paper, now=now)
    if taken.values.get("wish"):
        ask_for_work(
            worker, kind=taken.values["wish"], words=taken.values.get("words") or "", by=paper,
            now=now,
        )  # fmt: skip
    return worker


def number_of(record: models.Model) -> str:
    """What a slip is called: as its worker, whose page it leads to."""
    return str(record) if isinstance(record, Worker) else ""


OFFER_SLIP: Final = PaperUse(
    code=CODE, define=offer_slip, take=take_slip, number=number_of,
    model=Worker._meta.label_lower, page="production:worker", roles=KEEPERS,
    subjects=Subjects(due=workers_to_print, rows=offers_of, words=offer_words, is_list=True),
    name=gettext_lazy("Offers of work to a worker"),
)  # fmt: skip
