"""The workshop on paper: what a worker is offered, with a yes or no to each lot; what she takes and
gives back at the workshop's door; a carrier's round with what was left and taken at each door.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.commons.paper.registry import PaperUse, Subjects, Taken
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.paper.definition import Choice, Field, Form, Kind
from mulin.kit.refusals import Refused
from mulin.kit.templatetags.kit import dated
from mulin.workshop.production.actions.carrying import hand_over
from mulin.workshop.production.actions.lots import agree_to_count, give_back, issue
from mulin.workshop.production.actions.offers import answer_offer
from mulin.workshop.production.actions.workers import ask_for_work
from mulin.workshop.production.models import (
    Carrying,
    Lot,
    Offer,
    OfferState,
    Receipt,
    Stop,
    WishKind,
    Worker,
)
from mulin.workshop.production.permissions import may_keep
from mulin.workshop.production.queries import at_the_door
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
        str(one.pk): " ".join(
            (
                str(one.lot),
                one.lot.order.product,
                _("%(count)s pieces") % {"count": one.lot.quantity},
                dated(one.lot.due),
            )
        )
        for one in rows
    }


def take_slip(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """Each ticked line is her answer, and what she wishes is a wish. Raises Refused for an empty slip
    and, with the rest, for an offer that is over.
    """
    worker = Worker.objects.filter(pk=int(taken.about)).select_related("person").first()
    said = {ref: taken.values[name] for name, ref in taken.rows.items() if taken.values.get(name)}
    if worker is None or not (said or taken.values.get("wish")):
        raise Refused(_("Nothing is ticked on this sheet."))
    offers = Offer.objects.filter(pk__in=map(int, said), worker=worker)
    for offer in offers.select_related("worker__person", "lot").order_by("offered_at", "id"):
        answer_offer(offer, accepts=said[str(offer.pk)] == YES, by=by, now=now)
    if taken.values.get("wish"):
        ask_for_work(
            worker, kind=taken.values["wish"], words=taken.values.get("words") or "", by=by,
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


# ── what she takes and gives back at the workshop's door ─────────────────────────────────────

HANDS: Final = "HANDS"
#: Lots on one sheet; who has more gets a second one.
ON_HANDS: Final = 6
#: The three kinds of line, each with the number of its lot or receipt and how many pieces stand there.
TAKES, GIVES, COUNTED = "takes", "gives", "counted"


def hands_sheet() -> Form:
    """Each lot she takes along or gives back: all of it, or how many; and whether a count is right."""
    return Form(
        code=HANDS, version=2, title=_("Work taken along and given back"),
        under=_("Two count at the workshop's door, and she signs. What is not ticked has not changed hands."),
        fields=(
            *_all_or_fewer("line", ON_HANDS),
            Field("day", _("Day"), Kind.DAY, hint=_("Left empty, it was today.")),
        ),
    )  # fmt: skip


def hands_to_print(by: Actor, _now: datetime) -> Sequence[tuple[str, str]]:
    """Who said yes to a lot and has not fetched it, has one at home, or has not agreed to a count."""
    if not may_keep(by):
        return []
    wanted = {who for _kind, _lot, who, _pieces in at_the_door()}
    rows = Worker.objects.filter(pk__in=wanted).select_related("person")
    return [(str(one.pk), str(one)) for one in rows[:_MOST]]


def hands_of(about: str) -> Sequence[str]:
    """Her lines: what she takes, what she gives back, what was counted; each as "kind-number-pieces"."""
    return [
        f"{kind}-{number}-{int(pieces)}" for kind, number, _who, pieces in at_the_door(int(about))
    ]


def hands_words(_by: Actor, refs: Collection[str]) -> dict[str, str]:
    """Lot, product, pieces and whether it goes or comes; no wage beside a name."""
    lines = {ref: _line_of(ref) for ref in refs}
    lots = Lot.objects.select_related("order").in_bulk(
        number for kind, number, _pieces in lines.values() if kind != COUNTED
    )
    receipts = Receipt.objects.select_related("lot__order").in_bulk(
        number for kind, number, _pieces in lines.values() if kind == COUNTED
    )
    said = {
        TAKES: _("takes along %(lot)s: %(pieces)s"), GIVES: _("gives back %(lot)s: has %(pieces)s"),
        COUNTED: _("count of %(lot)s: %(pieces)s, is it right?"),
    }  # fmt: skip
    found = {}
    for ref, (kind, number, pieces) in lines.items():
        lot = receipts[number].lot if kind == COUNTED else lots[number]
        found[ref] = said[kind] % {"lot": f"{lot} {lot.order.product}", "pieces": pieces}
    return found


def _line_of(ref: str) -> tuple[str, int, int]:
    kind, number, pieces = ref.split("-")
    return kind, int(number), int(pieces)


def take_hands(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """Each ticked line is done as if it had been typed at the counter: given out, counted with her
    name under it, or agreed to. Raises Refused for an empty sheet, for a count she says is wrong, and
    as a whole for what somebody wrote down before.
    """
    worker = Worker.objects.filter(pk=int(taken.about)).select_related("person").first()
    said = {
        name: (ref, amount)
        for name, ref in taken.rows.items()
        if (amount := _pieces_of(taken, name)) is not None
    }
    if worker is None or not said:
        raise Refused(_("Nothing is ticked on this sheet."))
    day = taken.values.get("day")
    if day is not None and day > local_day(now):
        raise Refused(_("This day is still to come."), field="day")
    at = min(now, start_of_day(day) + _NOON) if day is not None else now
    for name, (ref, amount) in said.items():
        try:
            _change_hands(worker, ref, amount, by=by, now=now, at=at)
        except Refused as refusal:
            raise Refused(str(refusal), field=f"{name}_pieces") from None
    return worker


def _change_hands(
    worker: Worker, ref: str, amount: int | str, *, by: Actor, now: datetime, at: datetime
) -> None:
    kind, number, printed = _line_of(ref)
    pieces = printed if amount == ALL else int(amount)
    if kind == COUNTED:
        if pieces != printed:
            raise Refused(
                _("She says the count is wrong: count again with her, and write it anew.")
            )
        agree_to_count(Receipt.objects.get(pk=number, worker=worker), by=by, now=now)
        return
    lot = Lot.objects.get(pk=number)
    if kind == TAKES:
        issue(lot, worker, quantity=pieces, by=by, now=now, at=at)
    else:
        give_back(lot, worker, counted=pieces, is_agreed=True, by=by, now=now, at=at)


HANDS_SHEET: Final = PaperUse(
    code=HANDS, define=hands_sheet, take=take_hands, number=number_of,
    model=Worker._meta.label_lower, page="production:worker", roles=KEEPERS,
    subjects=Subjects(due=hands_to_print, rows=hands_of, words=hands_words, is_list=True),
    name=gettext_lazy("Work taken along and given back"),
)  # fmt: skip


# ── a carrier's round ────────────────────────────────────────────────────────────────────────

CARRY: Final = "CARRY"
#: Doors on one sheet; a longer round takes as many sheets as it needs.
ON_A_ROUND: Final = 6
ALL: Final = "all"
#: A sheet says the day and no hour.
_NOON: Final = timedelta(hours=12)


def _all_or_fewer(name: str, count: int) -> tuple[Field, ...]:
    """So many lines: everything as written, or how many pieces it was, and her name as a receipt."""
    choices = (Choice(ALL, _("all of it")), Choice("fewer", _("not all:")))
    fields: list[Field] = []
    for number in range(1, count + 1):
        fields += (
            Field(
                f"{name}{number}", "", Kind.ONE, choices, in_row=True, is_filled=True, decides=True
            ),
            Field(
                f"{name}{number}_pieces",
                _("pieces, and her signature"),
                Kind.NUMBER,
                in_row=True,
                is_whole=True,
            ),
        )
    return tuple(fields)


def round_sheet() -> Form:
    """At each door: everything as written, or how many pieces it was."""
    return Form(
        code=CARRY, version=2, title=_("Carrying round: left and taken along"),
        under=_("Tick at each door. Where it was not all, write how many pieces it was; nobody there is 0."),
        fields=_all_or_fewer("stop", ON_A_ROUND),
    )  # fmt: skip


def rounds_to_print(by: Actor, _now: datetime) -> Sequence[tuple[str, str]]:
    """Rounds with a door that is not done."""
    if not may_keep(by):
        return []
    rows = Carrying.objects.filter(stops__done_at__isnull=True).distinct().select_related("carrier")
    return [(str(one.pk), f"{dated(one.day)} {one.carrier.display_name}") for one in rows[:_MOST]]


def stops_of(about: str) -> Sequence[str]:
    """The doors of a round that are not done, in the order of the way."""
    rows = Stop.objects.filter(carrying=int(about), done_at__isnull=True)
    return [str(pk) for pk in rows.order_by("position", "id").values_list("pk", flat=True)]


def stop_words(_by: Actor, refs: Collection[str]) -> dict[str, str]:
    """Door, worker, lot and pieces of each."""
    rows = Stop.objects.filter(pk__in=map(int, refs)).select_related("lot__order", "worker__person")
    return {
        str(
            one.pk
        ): f"{one.door or one.worker} · {one.get_kind_display()} {one.lot} · {one.quantity}"
        for one in rows
    }


def take_round(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """Each ticked door is a hand-over of the day of the round, as if it had been tapped there. Raises
    Refused for an empty sheet, for "not all" without a number, and for what the phone noted before.
    """
    carrying = Carrying.objects.filter(pk=int(taken.about)).first()
    pieces = {
        ref: (name, amount)
        for name, ref in taken.rows.items()
        if (amount := _pieces_of(taken, name)) is not None
    }
    if carrying is None or not pieces:
        raise Refused(_("Nothing is ticked on this sheet."))
    at = min(now, start_of_day(carrying.day) + _NOON)
    stops = Stop.objects.filter(pk__in=map(int, pieces), carrying=carrying)
    for stop in stops.select_related("carrying").order_by("position", "id"):
        name, amount = pieces[str(stop.pk)]
        try:
            hand_over(
                stop, quantity=stop.quantity if amount == ALL else int(amount), at=at,
                by=by, now=now,
            )  # fmt: skip
        except Refused as refusal:
            raise Refused(str(refusal), field=f"{name}_pieces") from None
    return carrying


def _pieces_of(taken: Taken, name: str) -> int | str | None:
    """What a line says; None for one on which nothing is ticked or written."""
    written = taken.values.get(f"{name}_pieces")
    if written is not None:
        if written != int(written):  # of a sheet printed when this was no whole number yet
            raise Refused(_("Write how many pieces: nothing or more."), field=f"{name}_pieces")
        return int(written)
    said = taken.values.get(name)
    if said and said != ALL:
        raise Refused(_("Write how many pieces it was."), field=f"{name}_pieces")
    return said or None


def round_name(record: models.Model) -> str:
    """What a sheet is called: as the day of its round."""
    return dated(record.day) if isinstance(record, Carrying) else ""


ROUND_SHEET: Final = PaperUse(
    code=CARRY, define=round_sheet, take=take_round, number=round_name,
    model=Carrying._meta.label_lower, page="production:round", roles=KEEPERS,
    subjects=Subjects(due=rounds_to_print, rows=stops_of, words=stop_words, is_list=True),
    name=gettext_lazy("Carrying round: left and taken along"),
)  # fmt: skip
