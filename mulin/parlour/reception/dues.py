"""What reception owes: demands at their limit, what colleagues wait for, return calls, the pack."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import (
    Case,
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

from mulin.ground.community.dues import (
    Asked,
    Due,
    Found,
    Kind,
    Part,
    line_of_mine,
    register,
    register_parts,
)
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
from mulin.parlour.reception.rules import FRAIL_KINDS, HARM, PACK_PRINTED_BY, State, felt

KIND: Final = Kind("reception.demand", _("demands to see to"), "reception:desk", "show=mine")

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


def demands_owed(asked: Asked) -> Iterator[Due]:
    """Owned and due, or with a first word still owed; what nobody owns is the desk's. One
    question.
    """
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
    for pk, state, due_at, owner_id, harm, number, words, building in rows:
        yield Due(
            kind="reception.demand", number=pk, what=_said(number, building, words),
            why=_why(asked, state, due_at), harm=Harm(harm), due_at=due_at, holder_id=owner_id,
            url=f"{desk}demands/{pk}/",
        )  # fmt: skip


def _why(asked: Asked, state: str, due_at: Any) -> str | Promise:  # Any: a moment, or none
    if state in {State.RECEIVED, State.NOT_SOLVED, State.WAITING}:
        return _WHY[state]
    return _WHY["late" if due_at is not None and due_at < asked.now else "today"]


def parts(asked: Asked) -> Iterator[Part]:
    """What belongs to a demand and is due by itself, and what the desk does for everybody."""
    me = asked.actor.account_id
    if not asked.actor.is_handler:
        own = Q(need__asked_by_account=me or 0)
        if asked.actor.person_id is not None:
            own |= Q(need__person=asked.actor.person_id)
        yield Part(
            "reception.confirm",
            Demand.objects.filter(own, state=State.ANSWERED, need__is_sealed=False),
            harm=Harm.COURTESY, due="due_at",
            said=("need__number", "need__words", "need__follow_code"),
        )  # fmt: skip
        return
    # Whoever stands in reads all that the other owes only where they read everybody's.
    owners = asked.accounts if asked.actor.is_desk else frozenset({me or 0})
    yield _of_demand(
        "reception.offer", Offer.objects.open().filter(to_id=me), due="answer_by", holder="to_id"
    )
    yield _of_demand(
        "reception.share", Share.objects.open().filter(helper_id=me, due_at__lte=asked.until),
        due="due_at", holder="helper_id",
    )  # fmt: skip
    yield _of_demand(
        "reception.sending",
        Sending.objects.out().filter(
            demand__owner_id__in=owners, demand__is_open__in=[True], back_by__lte=asked.until
        ),
        due="back_by", holder="demand__owner_id",
    )  # fmt: skip
    if asked.actor.is_desk:
        yield from _of_the_desk(asked)


def _of_the_desk(asked: Asked) -> Iterator[Part]:
    """What any of the desk may do: return calls, answers to hand back, the day's paper."""
    orders = WorkOrder.objects.visible_to(asked.actor).to_hand_back()
    yield _of_demand(
        "reception.order",
        orders.filter(Q(outer_by__isnull=True) | Q(outer_by__lte=asked.until)),
        due="outer_by", harm=Harm.COLLEAGUE,
    )  # fmt: skip
    # So many wait that to sort all of them would take longer than everything else on the page.
    first = return_calls(asked.actor, asked.now).select_related(None).values("pk")
    yield _of_demand(
        "reception.call", Confirmation.objects.filter(pk__in=first[: asked.most + 1]),
        due="demand__due_at", harm=Harm.COURTESY,
    )  # fmt: skip
    yield Part(
        "reception.pack",
        EmergencyPack.objects.filter(day=local_day(asked.now), printed_at__isnull=True),
        harm=Harm.COLLEAGUE,
    )


# Any: rows of the tables that belong to a demand.
def _of_demand(
    kind: str, rows: "QuerySet[Any]", *, due: str, holder: str = "", harm: Harm | None = None
) -> Part:
    """Sealed matters are no part of any list. Without a harm of its own it has the demand's."""
    return Part(
        kind, rows.filter(demand__need__is_sealed=False), harm=harm or "demand__harm",
        due=due, holder=holder, under="demand_id",
        said=(
            "demand__need__number", "demand__need__words", "demand__need__building__name",
            "demand__need__category__code",
        ),
    )  # fmt: skip


def _tell(asked: Asked, row: Found) -> Due:
    """A demand that a colleague waits for, or its asker."""
    desk = reverse("reception:desk")
    number, words, building, code = row.said
    is_of_desk = row.kind in {"reception.call", "reception.order"}
    return Due(
        kind=row.kind, number=row.number, what=_said(number, building, words), why=_WHY[row.kind],
        harm=Harm(row.harm) if is_of_desk else felt(row.harm, code), due_at=row.due_at,
        holder_id=row.holder_id,
        url=f"{desk}calls/{row.number}/" if row.kind == "reception.call"
        else f"{desk}demands/{row.under}/",
    )  # fmt: skip


def _tell_confirm(asked: Asked, row: Found) -> Due:
    number, words, code = row.said[:3]
    return line_of_mine(
        asked, row, what=_said(number, "", words), why=_("it was answered: say whether it is solved"),
        url=reverse("reception:follow", args=[code]),
    )  # fmt: skip


def _tell_pack(asked: Asked, row: Found) -> Due:
    """Today's paper for an emergency, as long as nobody has printed it."""
    return Due(
        kind=row.kind, number=row.number, what=str(_("Print today's emergency pack")),
        why=_("without it nothing can be looked up when the power goes"), harm=Harm(row.harm),
        due_at=datetime.combine(local_day(asked.now), PACK_PRINTED_BY, SHANGHAI),
        url=reverse("reception:packs"), opens_beside=False,
    )  # fmt: skip


#: What is told of the rows that `parts` gives.
TOLD: Final = (
    (Kind("reception.confirm", _("answers to my matters"), "site:mine"), _tell_confirm),
    (Kind("reception.offer", _("offers to answer"), "reception:desk"), _tell),
    (Kind("reception.share", _("parts to do"), "reception:desk"), _tell),
    (Kind("reception.sending", _("units to remind"), "reception:desk", "show=mine"), _tell),
    (Kind("reception.order", _("work orders to hand back"), "reception:orders"), _tell),
    (Kind("reception.call", _("return calls"), "reception:calls"), _tell),
    (Kind("reception.pack", _("paper for an emergency"), "reception:packs"), _tell_pack),
)


def register_dues() -> None:
    """Called once, when the room is opened."""
    register("reception", demands_owed, KIND)
    register_parts("reception", parts, *TOLD)


def _said(number: str, building: str | None, words: str) -> str:
    return " · ".join(filter(None, (words[:60], building, number)))
