"""The workshop's books as they are taken away: orders, lots, every movement, workers, offers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.kit.channels import Channel
from mulin.kit.clock import end_of_day, start_of_day
from mulin.workshop.production.models import (
    Carrying,
    DepositLine,
    Item,
    Lot,
    LotQuestion,
    Movement,
    Offer,
    Operation,
    Order,
    PieceRate,
    Receipt,
    SaleNotice,
    SampleCheck,
    Skill,
    Stop,
    Worker,
    WorkerSkill,
    WorkWish,
)
from mulin.workshop.production.permissions import may_keep

# Any: cleaned values of a form.
Values = Mapping[str, Any]


def during(field: str, values: Values) -> Q:
    """Rows of a period; open at an end that was not named."""
    chosen = Q()
    if first := values.get("first"):
        chosen &= Q(**{f"{field}__gte": start_of_day(first)})
    if last := values.get("last"):
        chosen &= Q(**{f"{field}__lt": end_of_day(last)})
    return chosen


def _orders(_actor: Actor, values: Values, _now: datetime) -> "QuerySet[Order]":
    rows: QuerySet[Order] = Order.objects.filter(during("made_at", values))
    return rows.select_related("customer", "operation").order_by("id")


def _order_columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(_("Number"), lambda row: row.number),
        Column(_("Customer"), lambda row: row.customer.name),
        Column(_("Product"), lambda row: row.product),
        Column(_("Operation"), lambda row: row.operation.name),
        Column(_("Pieces"), lambda row: row.quantity),
        Column(_("Due on"), lambda row: row.due),
        Column(_("Price of a piece, in yuan"), lambda row: row.price),
        Column(_("Deposit agreed, in yuan"), lambda row: row.deposit),
        Column(_("How it stands"), lambda row: row.get_state_display()),
        Column(_("Written down"), lambda row: row.made_at),
        Column(_("Ended"), lambda row: row.ended_at),
        Column(_("How it should be"), lambda row: row.specification),
    )


def _lots(_actor: Actor, values: Values, _now: datetime) -> "QuerySet[Lot]":
    rows: QuerySet[Lot] = Lot.objects.filter(during("made_at", values))
    return rows.select_related("order", "worker__person", "merged_into__order").order_by("id")


def _lot_columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(_("Lot"), str),
        Column(_("code"), lambda row: row.code),
        Column(_("Product"), lambda row: row.order.product),
        Column(_("Pieces"), lambda row: row.quantity),
        Column(_("Due on"), lambda row: row.due),
        Column(_("Workshop worker"), lambda row: str(row.worker) if row.worker else ""),
        Column(_("Yuan a piece"), lambda row: row.rate),
        Column(_("Given out"), lambda row: row.issued_at),
        Column(_("Settled"), lambda row: row.settled_at),
        Column(_("Put to"), lambda row: str(row.merged_into) if row.merged_into else ""),
    )


def _movements(_actor: Actor, values: Values, _now: datetime) -> "QuerySet[Movement]":
    rows: QuerySet[Movement] = Movement.objects.filter(during("at", values))
    return rows.select_related(
        "lot__order", "item__order", "source_worker__person", "target_worker__person", "entered_by"
    ).order_by("id")


def _movement_columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(_("Line"), lambda row: row.pk),
        Column(_("When"), lambda row: row.at),
        Column(_("Order of a customer"), lambda row: row.item.order.number),
        Column(_("Lot"), lambda row: str(row.lot) if row.lot else ""),
        Column(_("What"), lambda row: row.item.name),
        Column(_("How much"), lambda row: row.quantity),
        Column(_("Where from"), lambda row: row.get_source_display()),
        Column(_("Where to"), lambda row: row.get_target_display()),
        Column(_("Who gave"), lambda row: str(row.source_worker) if row.source_worker else ""),
        Column(_("Who took"), lambda row: str(row.target_worker) if row.target_worker else ""),
        Column(_("Cause"), lambda row: row.get_cause_display() if row.cause else ""),
        Column(_("Who bears it"), lambda row: row.bearer),
        Column(_("Turns round line"), lambda row: row.reverses_id),
        Column(_("Note"), lambda row: row.note),
        Column(_("Written by"), lambda row: row.entered_by.display_name if row.entered_by else ""),
        Column(_("Written down"), lambda row: row.entered_at),
    )


def _workers(_actor: Actor, _values: Values, _now: datetime) -> "QuerySet[Worker]":
    rows: QuerySet[Worker] = Worker.objects.select_related("person")
    return rows.prefetch_related("skills__skill").order_by("id")


def _worker_columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(_("Name"), str),
        Column(_("Since"), lambda row: row.joined_on),
        Column(_("Stopped on"), lambda row: row.left_on),
        Column(_("Hours a week she wishes"), lambda row: round(row.minutes_wished / 60, 1)),
        Column(
            _("Skills"), lambda row: "、".join({held.skill.name: "" for held in row.skills.all()})
        ),
        Column(_("Note"), lambda row: row.note),
    )


def _offers(_actor: Actor, values: Values, _now: datetime) -> "QuerySet[Offer]":
    rows: QuerySet[Offer] = Offer.objects.filter(during("offered_at", values))
    return rows.select_related("lot__order", "worker__person").order_by("id")


def _offer_columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(_("Lot"), lambda row: str(row.lot)),
        Column(_("Workshop worker"), lambda row: str(row.worker)),
        Column(_("Offered"), lambda row: row.offered_at),
        Column(_("How it stands"), lambda row: row.get_state_display()),
        Column(_("Answered"), lambda row: row.answered_at),
        Column(_("Share of her wish before, in %"), lambda row: row.reason.get("before")),
        Column(_("Share of her wish after, in %"), lambda row: row.reason.get("after")),
    )


def _deposits(_actor: Actor, values: Values, _now: datetime) -> "QuerySet[DepositLine]":
    rows: QuerySet[DepositLine] = DepositLine.objects.filter(during("at", values))
    return rows.select_related("order__customer", "entered_by").order_by("id")


def _deposit_columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(_("Line"), lambda row: row.pk),
        Column(_("Day"), lambda row: row.happened_on),
        Column(_("Order of a customer"), lambda row: row.order.number),
        Column(_("Customer"), lambda row: row.order.customer.name),
        Column(_("What"), lambda row: row.get_kind_display()),
        Column(_("Where from"), lambda row: row.get_source_display()),
        Column(_("Where to"), lambda row: row.get_target_display()),
        Column(_("Amount in yuan"), lambda row: row.amount),
        Column(_("Turns round line"), lambda row: row.reverses_id),
        Column(_("Note"), lambda row: row.words),
        Column(_("Written by"), lambda row: row.entered_by.display_name if row.entered_by else ""),
        Column(_("Channel"), lambda row: row.get_channel_display()),
        Column(_("Written down"), lambda row: row.at),
    )


LISTINGS = (
    Listing(
        name="production.orders", label=_("Orders of the workshop"), columns=_order_columns,
        rows=_orders, may=may_keep, form=PeriodForm, about_persons=False, order=70, holds=(Order,),
    ),
    Listing(
        name="production.lots", label=_("Lots of the workshop"), columns=_lot_columns, rows=_lots,
        may=may_keep, form=PeriodForm, order=71, holds=(Lot,),
    ),
    Listing(
        name="production.movements", label=_("Ledger of pieces and material"),
        columns=_movement_columns, rows=_movements, may=may_keep, form=PeriodForm, order=72, holds=(Movement, Item),
    ),
    Listing(
        name="production.workers", label=_("Workers and their skills"), columns=_worker_columns,
        rows=_workers, may=may_keep, order=73, holds=(Worker,),
    ),
    Listing(
        name="production.offers", label=_("Offers of work"), columns=_offer_columns, rows=_offers,
        may=may_keep, form=PeriodForm, order=74, holds=(Offer,),
    ),
    Listing(
        name="production.deposits", label=_("Ledger of customers' deposits and payments"),
        columns=_deposit_columns, rows=_deposits, may=may_keep, form=PeriodForm,
        about_persons=False, order=75, holds=(DepositLine,),
    ),
)  # fmt: skip


TABLES = (
    table(
        "production.skills", _("Skills of workers, with who saw them"), WorkerSkill, may=may_keep,
        order=73, related=("worker__person", "skill"), holds=(Skill,), columns=(
            (_("Name"), "worker"), (_("Skill"), "skill.name"), (_("Day"), "certified_on"),
            (_("until"), "valid_until"), (_("Who saw it?"), "assessor"),
        ),
    ),
    table(
        "production.operations", _("Work and rates"), PieceRate, may=may_keep, order=70,
        related=("operation__skill",), holds=(Operation,), about_persons=False, columns=(
            (_("Operation"), "operation.name"), (_("Seconds a piece"), "operation.seconds"),
            (_("Skill"), "operation.skill"), (_("How it is done"), "operation.instructions"),
            (_("Yuan a piece"), "yuan"), (_("Since"), "since"), (_("Decided by"), "source"),
        ),
    ),
    table(
        "production.receipts", _("Pieces that came back, as counted"), Receipt, may=may_keep,
        order=71, when="at", related=("lot__order", "worker__person"), columns=(
            (_("When"), "at"), (_("Lot"), "lot"), (_("Workshop worker"), "worker"),
            (_("Pieces"), "counted"), (_("Agreed"), "agreed_at"), (_("Agreed by"), lambda row: dict(Channel.choices()).get(row.agreed_by)),
        ),
    ),
    table(
        "production.samples", _("Samples that were looked at"), SampleCheck, may=may_keep, order=71,
        when="at", related=("receipt__lot__order", "by"), about_persons=False, columns=(
            (_("When"), "at"), (_("Lot"), "receipt.lot"), (_("Looked at"), "looked"),
            (_("Wrong"), "wrong"), (_("May be wrong"), "accept"), (_("By the rule"), "source"),
            (_("Written by"), "by.display_name"),
        ),
    ),
    table(
        "production.questions", _("Questions about lots"), LotQuestion, may=may_keep, order=71,
        when="at", related=("lot__order", "worker__person"), columns=(
            (_("When"), "at"), (_("Lot"), "lot"), (_("Workshop worker"), "worker"),
            (_("Words"), "words"), (_("Answer"), "answer"), (_("Answered"), "answered_at"),
        ),
    ),
    table(
        "production.wishes", _("What workers asked for"), WorkWish, may=may_keep, order=73,
        when="at", related=("worker__person", "skill"), columns=(
            (_("When"), "at"), (_("Workshop worker"), "worker"), (_("Kind"), "kind"),
            (_("Skill"), "skill"), (_("Words"), "words"), (_("Answered"), "answered_at"),
            (_("Answer"), "answer"),
        ),
    ),
    table(
        "production.stops", _("Rounds of carriers, door by door"), Stop, may=may_keep, order=72,
        when="carrying__day", related=("carrying__carrier", "lot__order", "worker__person"),
        holds=(Carrying,), columns=(
            (_("Day"), "carrying.day"), (_("Carrier"), "carrying.carrier"),
            (_("Number"), "position"), (_("What"), "kind"), (_("Lot"), "lot"),
            (_("Workshop worker"), "worker"), (_("Pieces"), "quantity"), (_("Done on"), "done_at"),
        ),
    ),
    table(
        "production.sales", _("Live sales"), SaleNotice, may=may_keep, order=70, when="begins_at",
        about_persons=False, columns=(
            (_("When"), "begins_at"), (_("Title"), "title"), (_("Words"), "words"),
            (_("Where to watch"), "watch"), (_("Called off"), "called_off_at"),
        ),
    ),
)  # fmt: skip
