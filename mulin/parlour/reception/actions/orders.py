"""Work orders from above: taken in once per number, changed, given back, their answers handed on.

What comes of an order is a demand like any other; the order keeps its own number, its deadline
and the row as it was written, so that nothing is typed again on the way back.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import add_step, open_need
from mulin.commons.flow.models import Category, ContactWish, Need, Step
from mulin.commons.flow.said import Said
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.places.models import Building
from mulin.kit.phones import NumberRefused, normalise_phone
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.reception.actions.demands import limits_for, open_demand
from mulin.parlour.reception.actions.moves import move, spoken, tell_owner
from mulin.parlour.reception.importing.reading import FoundRow
from mulin.parlour.reception.models import Demand, ImportedFile, WorkOrder
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.rules import (
    OPEN_STATES,
    Act,
    State,
    building_named,
    earlier,
    next_state,
    reminder_moment,
)

_LONGEST_PLACE: Final = 120
_LONGEST_PHONE: Final = 20


class Came(StrEnum):
    """What an order was to us when it came."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A work order as its sender wrote it. `cells` is the whole row, for the way back."""

    system: str
    number: str
    words: str
    sent_at: datetime
    outer_by: datetime | None = None
    category: str = ""
    place_words: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    is_open: bool = True
    line: int = 0
    cells: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Equal for equal content."""
        said = [
            self.system, self.number, self.words, self.sent_at.timestamp(),
            self.outer_by.timestamp() if self.outer_by else None, self.category,
            self.place_words, self.contact_name, self.contact_phone, self.is_open,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def ordered(row: FoundRow, system: str) -> Ordered:
    """A row of a file as an order."""
    return Ordered(
        system=system, number=row.external_id, words=row.words, sent_at=row.opened,
        outer_by=row.due, category=row.category, place_words=row.place_words,
        contact_name=row.contact_name, contact_phone=row.contact_phone, is_open=row.is_open,
        line=row.line, cells=row.cells,
    )  # fmt: skip


def is_known(system: str, number: str) -> bool:
    """Whether an order of this number was taken in."""
    return bool(WorkOrder.objects.filter(system=system, number=number).exists())


def take_in_order(
    said: Ordered, *, by: Actor, now: datetime, file: ImportedFile | None = None,
    token: str | None = None,
) -> tuple[WorkOrder, Came]:  # fmt: skip
    """Take a work order in: need, demand, owner and limits, once per system and number.

    The same again changes nothing. Another deadline moves ours and is told to the owner; other
    words stand as a note, for what was said first stays as it was said. Raises NotPermitted, and
    Refused for an order that somebody else's program brought.
    """
    if not may(by, "take_in_orders"):
        raise NotPermitted(_("This is not yours to do."))
    if not said.words.strip():
        raise Refused(_("Say in a few words what it is about."), field="words")
    with recording(by, "reception.take_in_order", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(WorkOrder), Came.UNCHANGED
        known = (
            WorkOrder.objects.select_related("demand__need", "demand__owner")
            .filter(system=said.system, number=said.number)
            .first()
        )
        if known is None:
            order = _open(said, by=by, now=now, file=file)
            act.on(order, after={"number": said.number, "outer_by": said.outer_by})
            return order, Came.NEW
        _refuse_anothers(known, by)
        if known.digest == said.digest:
            act.drop()
            return known, Came.UNCHANGED
        before = known.outer_by
        _change(known, said, by=by, now=now, file=file)
        act.on(known, before={"outer_by": before}, after={"outer_by": said.outer_by})
    return known, Came.CHANGED


def give_back(
    demand: Demand, *, by: Actor, why: str, now: datetime, token: str | None = None
) -> Demand:
    """Not ours: the order goes back to whoever sent it, with the reason.

    Raises NotPermitted for whoever is not at the desk, Refused without a reason, without an order,
    or when it was answered already.
    """
    if not may(by, "give_back", demand):
        raise NotPermitted(_("The desk gives work orders back."))
    if not why.strip():
        raise Refused(_("Say why it is not ours, so that they can send it elsewhere."), field="why")
    with recording(by, "reception.give_back", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        order = WorkOrder.objects.filter(demand=demand).first()
        after = next_state(State(demand.state), Act.GIVE_BACK)
        if order is None or after is None:
            raise Refused(_("This cannot be done now. Open it again to see where it stands."))
        move(
            demand, after, now=now, closed_at=now, due_at=None, remind_at=None, waiting_on="",
            responded_at=demand.responded_at or now,
        )  # fmt: skip
        Need.objects.filter(pk=demand.need_id).update(closed_at=now)
        order.given_back_at, order.refusal = now, why.strip()
        order.save(update_fields=["given_back_at", "refusal"])
        add_step(
            demand.need, by=by, kind="given_back", record=order, now=now,
            line=_("Given back to %(system)s: %(why)s")
            % {"system": order.system, "why": why.strip()},
        )  # fmt: skip
        act.on(demand, after={"order": order.number, "why": why.strip()})
    return demand


def note_handed_back(orders: Sequence[WorkOrder], *, by: Actor, now: datetime) -> None:
    """Their answers are on their way back, in a file: one act for all of them."""
    if not may(by, "take_in_orders"):
        raise NotPermitted(_("This is not yours to do."))
    if not orders:
        raise Refused(_("There is nothing to hand back now."))
    with recording(by, "reception.hand_back_orders", now=now) as act:
        done = [order.pk for order in orders if is_done(order)]
        WorkOrder.objects.filter(pk__in=done).update(handed_back_at=now)
        act.on(orders[0], after={"orders": len(orders), "done": len(done)})


def is_done(order: WorkOrder) -> bool:
    """Whether there is something to tell whoever sent it."""
    return order.given_back_at is not None or order.demand.answered_at is not None


# ── taking in ────────────────────────────────────────────────────────────────────────────────


def _refuse_anothers(order: WorkOrder, by: Actor) -> None:
    """What a program brought is its own; what a file brought, a program may take over."""
    if by.is_program and order.file_id is None and order.brought_by_id != by.account_id:
        raise Refused(_("Another program has brought a work order of this number."), field="number")


def _open(said: Ordered, *, by: Actor, now: datetime, file: ImportedFile | None) -> WorkOrder:
    name = building_named(said.place_words, Building.objects.values_list("name", flat=True))
    phone = _plain_phone(said.contact_phone)
    need = open_need(
        Said(
            words=said.words, category=_kind_named(said.category),
            building=Building.objects.filter(name=name).first() if name else None,
            place_words=said.place_words[:_LONGEST_PLACE], contact_name=said.contact_name,
            contact_phone=phone, said_at=said.sent_at,
            contact_wish=ContactWish.CALL if phone else ContactWish.NONE,
        ),
        by=by, room="reception", now=now,
    )  # fmt: skip
    demand = open_demand(need, by=by, urgency=None, now=now, received=now, outer_by=said.outer_by)
    order: WorkOrder = WorkOrder.objects.create(
        community_id=by.community_id, demand=demand, system=said.system, number=said.number,
        outer_by=said.outer_by, brought_by_id=by.account_id, file=file, line=said.line,
        came_at=now, digest=said.digest, cells=_written(said.cells),
    )  # fmt: skip
    line = _("Work order %(number)s of %(system)s.")
    if said.outer_by is not None:
        line = _("Work order %(number)s of %(system)s, to be answered by %(when)s.")
    add_step(
        need, by=by, kind="ordered", record=order, now=now, is_for_asker=False,
        line=line
        % {"number": said.number, "system": said.system, "when": spoken(said.outer_by)},
    )  # fmt: skip
    tell_owner(demand, by=by, now=now, subject=_("New work order %(number)s"), key="ordered")
    return order


def _change(
    order: WorkOrder, said: Ordered, *, by: Actor, now: datetime, file: ImportedFile | None
) -> None:
    demand = order.demand
    what = said.words if said.is_open else _("closed there: %(words)s") % {"words": said.words}
    news = _("The work order says something new: %(what)s") % {"what": what}
    is_told = (said.is_open and said.words == demand.need.words) or _stands(demand, news)
    lines = [news]
    if said.outer_by != order.outer_by:
        _move_limits(demand, said.outer_by, now=now)
        moved = _("%(system)s wants it by %(when)s now.") % {
            "system": order.system, "when": spoken(said.outer_by) or _("no fixed day"),
        }  # fmt: skip
        lines = [moved] if is_told else [moved, news]
    for line in lines:
        add_step(
            demand.need, by=by, kind="order_changed", record=order, now=now, is_for_asker=False,
            line=line,
        )  # fmt: skip
    tell_owner(
        demand, by=by, now=now, subject=_("Work order changed: %(number)s"),
        key=f"order-{said.digest[:16]}",
    )  # fmt: skip
    order.outer_by, order.digest, order.cells = said.outer_by, said.digest, _written(said.cells)
    order.file, order.line = file or order.file, said.line or order.line
    if by.is_program:
        order.brought_by_id = by.account_id
    order.save()


def _stands(demand: Demand, line: str) -> bool:
    """Whether the story of a demand has this line already."""
    return bool(Step.objects.filter(need=demand.need_id, line=line).exists())


def _move_limits(demand: Demand, outer_by: datetime | None, *, now: datetime) -> None:
    """The deadline from above has moved, and with it ours where it comes first."""
    changes: dict[str, Any] = {"outer_by": outer_by}  # Any: columns of mixed types
    state = State(demand.state)
    if state in OPEN_STATES:
        if demand.round == 1:
            own = limits_for(demand.urgency, demand.received_at)
        else:
            own = (demand.respond_by or now, demand.answer_by or now)
        respond_by, answer_by = (earlier(limit, outer_by) for limit in own)
        due = answer_by if demand.responded_at else respond_by
        if state is State.WAITING and demand.due_at is not None:
            due = earlier(demand.due_at, outer_by)
        changes |= {
            "respond_by": respond_by, "answer_by": answer_by, "due_at": due,
            "remind_at": reminder_moment(now, due) if due > now else None,
            "escalated_at": None if due > now else demand.escalated_at,
        }  # fmt: skip
    move(demand, state, now=now, **changes)


def _kind_named(name: str) -> Category | None:
    """Our kind of this code or name; one of their own words is left for the desk to sort."""
    if not name:
        return None
    kinds = Category.objects.filter(is_active=True)
    found: Category | None = (
        kinds.filter(code=name).first() or kinds.filter(name=name).order_by("sort").first()
    )
    return found


def _plain_phone(typed: str) -> str:
    """The number as it is dialled; one that is none stays as it was written."""
    try:
        return normalise_phone(typed) if typed else ""
    except NumberRefused:
        return typed[:_LONGEST_PHONE]


def _written(cells: Mapping[str, str]) -> str:
    return json.dumps(dict(cells), ensure_ascii=False)
