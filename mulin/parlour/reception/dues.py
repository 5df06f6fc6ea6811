"""What reception owes: demands at their limit, what colleagues wait for, return calls, the pack."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    F,
    Q,
    QuerySet,
    SmallIntegerField,
    Value,
    When,
)
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Kind
from mulin.ground.community.rules import Harm
from mulin.kit.clock import SHANGHAI, local_day
from mulin.parlour.reception.models import (
    Confirmation,
    Demand,
    EmergencyPack,
    Offer,
    Sending,
    Share,
    WorkOrder,
)
from mulin.parlour.reception.queries import return_calls
from mulin.parlour.reception.rules import FRAIL_KINDS, HARM, PACK_PRINTED_BY, State

KINDS: Final = (
    Kind("reception.demand", _("demands to see to"), "reception:desk", "show=mine"),
    Kind("reception.offer", _("offers to answer"), "reception:desk"),
    Kind("reception.share", _("parts to do"), "reception:desk"),
    Kind("reception.sending", _("units to remind"), "reception:desk", "show=mine"),
    Kind("reception.order", _("work orders to hand back"), "reception:orders"),
    Kind("reception.call", _("return calls"), "reception:calls"),
    Kind("reception.pack", _("paper for an emergency"), "reception:packs"),
)

_WHY: Final[dict[str, str | Promise]] = {
    State.RECEIVED: _("nobody has said yet that they take it"),
    State.NOT_SOLVED: _("the asker says it is not solved"),
    State.WAITING: _("the day until which it was to wait has come"),
    "late": _("its limit has passed"),
    "today": _("its limit is today"),
    "reception.offer": _("a colleague waits for your yes or no"),
    "reception.share": _("a colleague asked you to help"),
    "reception.sending": _("the unit outside should have answered"),
    "reception.order": _("whoever sent it waits for the answer"),
    "reception.call": _("ask whether it is solved"),
}


def dues(asked: Asked) -> Iterator[Due]:
    """All of it; three questions to the database, two where nobody sits at the desk."""
    yield from _demands(asked)
    yield from _others(asked)
    if asked.actor.is_desk:
        yield from _pack(asked)


def _felt(demand: str = "") -> Case:
    """`rules.felt` in SQL, of a demand reached by this path."""
    code = f"{demand}need__category__code"
    frail = Q()
    for kind in FRAIL_KINDS:
        frail |= Q(**{code: kind}) | Q(**{f"{code}__startswith": f"{kind}."})
    return Case(
        When(**{f"{demand}harm": HARM["life"]}, then=Value(Harm.LIFE.value)),
        When(frail, then=Value(Harm.FRAIL.value)),
        When(**{f"{demand}harm": HARM["utilities"]}, then=Value(Harm.BASICS.value)),
        default=Value(Harm.PROMISE.value),
        output_field=SmallIntegerField(),
    )


def _demands(asked: Asked) -> Iterator[Due]:
    """Owned and due, or with a first word still owed; what nobody owns is the desk's."""
    held = Q(owner_id__in=asked.accounts)
    if asked.actor.is_desk:
        held |= Q(owner__isnull=True)
    unheard = [State.RECEIVED, State.NOT_SOLVED]
    rows = (
        Demand.objects.visible_to(asked.actor)
        .open()
        .filter(held)
        .filter(Q(due_at__lte=asked.until) | Q(state__in=unheard))
        .annotate(felt=_felt())
        .order_by("felt", F("due_at").asc(nulls_last=True), "id")
        .values_list(
            "id", "state", "due_at", "owner_id", "felt", "need__number", "need__words",
            "need__building__name",
        )[: asked.most + 1]
    )  # fmt: skip
    desk = reverse("reception:desk")  # as `reverse` would say for each, in a tenth of the time
    for pk, state, due_at, owner_id, felt, number, words, building in rows:
        yield Due(
            kind="reception.demand", number=pk, what=_said(number, building, words),
            why=_why(asked, state, due_at), harm=Harm(felt), due_at=due_at, holder_id=owner_id,
            url=f"{desk}demands/{pk}/",
        )  # fmt: skip


def _why(asked: Asked, state: str, due_at: Any) -> str | Promise:  # Any: a moment, or none
    if state in {State.RECEIVED, State.NOT_SOLVED, State.WAITING}:
        return _WHY[state]
    return _WHY["late" if due_at is not None and due_at < asked.now else "today"]


def _others(asked: Asked) -> Iterator[Due]:
    """What belongs to a demand and is due by itself, in one question."""
    me = asked.actor.account_id
    # Whoever stands in reads all that the other owes only where they read everybody's.
    owners = asked.accounts if asked.actor.is_desk else frozenset({me or 0})
    rows = _lines(
        Offer.objects.open().filter(to_id=me),
        "reception.offer", due="answer_by", holder="to_id",
    )  # fmt: skip
    rows = rows.union(
        _lines(
            Share.objects.open().filter(helper_id=me, due_at__lte=asked.until),
            "reception.share", due="due_at", holder="helper_id",
        ),
        _lines(
            Sending.objects.out().filter(
                demand__owner_id__in=owners, demand__is_open__in=[True], back_by__lte=asked.until
            ),
            "reception.sending", due="back_by", holder="demand__owner_id",
        ),
        *(_of_the_desk(asked) if asked.actor.is_desk else ()),
        all=True,
    )  # fmt: skip
    found = rows.order_by("felt", F("until_").asc(nulls_last=True), "number_")[: asked.most + 1]
    desk = reverse("reception:desk")
    for kind, pk, demand_id, felt, until, holder_id, number, words, building in found:
        is_call = kind == "reception.call"
        yield Due(
            kind=kind, number=pk, what=_said(number, building, words), why=_WHY[kind],
            harm=Harm(felt), due_at=until, holder_id=holder_id,
            url=f"{desk}calls/{pk}/" if is_call else f"{desk}demands/{demand_id}/",
        )  # fmt: skip


# Any: tuples of the columns below.
def _of_the_desk(asked: Asked) -> "tuple[QuerySet[Any, Any], ...]":
    """What any of the desk may do: return calls, answers to hand back."""
    # So many wait that to sort all of them would take longer than everything else on the page.
    first = return_calls(asked.actor, asked.now).select_related(None).values("pk")
    orders = WorkOrder.objects.visible_to(asked.actor).to_hand_back()
    return (
        _lines(
            orders.filter(Q(outer_by__isnull=True) | Q(outer_by__lte=asked.until)),
            "reception.order", due="outer_by", harm=Harm.COLLEAGUE,
        ),
        _lines(
            Confirmation.objects.filter(pk__in=first[: asked.most + 1]),
            "reception.call", due="demand__due_at", harm=Harm.COURTESY,
        ),
    )  # fmt: skip


# Any: tuples of the columns below.
def _lines(
    rows: "QuerySet[Any]", kind: str, *, due: str, holder: str = "", harm: Harm | None = None
) -> "QuerySet[Any, Any]":
    """One part of the union; sealed matters are no part of any list."""
    lines: QuerySet[Any, Any] = (
        rows.filter(demand__need__is_sealed=False)
        .order_by()
        .annotate(
            kind_=Value(kind, CharField()),
            number_=F("id"),
            felt=_felt("demand__") if harm is None else Value(harm.value, SmallIntegerField()),
            until_=F(due),
            holder_=F(holder) if holder else Value(None, BigIntegerField()),
        )
        .values_list(
            "kind_", "number_", "demand_id", "felt", "until_", "holder_", "demand__need__number",
            "demand__need__words", "demand__need__building__name",
        )
    )  # fmt: skip
    return lines


def _pack(asked: Asked) -> Iterator[Due]:
    """Today's paper for an emergency, as long as nobody has printed it."""
    day = local_day(asked.now)
    rows = EmergencyPack.objects.filter(day=day, printed_at__isnull=True).values_list("pk")
    for (pk,) in rows:
        yield Due(
            kind="reception.pack", number=pk, what=str(_("Print today's emergency pack")),
            why=_("without it nothing can be looked up when the power goes"), harm=Harm.COLLEAGUE,
            due_at=datetime.combine(day, PACK_PRINTED_BY, SHANGHAI), url=reverse("reception:packs"),
            opens_beside=False,
        )  # fmt: skip


def _said(number: str, building: str | None, words: str) -> str:
    return " · ".join(filter(None, (words[:60], building, number)))
