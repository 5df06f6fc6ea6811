"""What stands on customers' deposits and what they owe still, read from their lines, and the check
that anyone can run.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from mulin.ground.people.models import Organisation
from mulin.kit.clock import end_of_day, start_of_day
from mulin.kit.templatetags.kit import dated
from mulin.workshop.production.models import DepositLine, Order, OrderState
from mulin.workshop.production.queries import worth_among
from mulin.workshop.production.rules import (
    DEPOSIT_WAYS,
    NOTHING,
    Deposit,
    DepositKind,
    Purse,
    deposit_of,
)

_COLUMNS = ("kind", "source", "amount")


def lines_of(order: Order) -> "QuerySet[DepositLine]":
    """Every line of an order's deposit, as they were written."""
    rows: QuerySet[DepositLine] = DepositLine.objects.filter(order=order)
    return rows.select_related("entered_by").order_by("at", "id")


def deposit_now(order: Order) -> Deposit:
    """What its lines come to."""
    return deposit_of(DepositLine.objects.filter(order=order).values_list(*_COLUMNS))


def delivered(orders: Iterable[int], until: date | None = None) -> dict[int, Decimal]:
    """Order → what was delivered of it, in yuan, as the customer's statements say. One query."""
    chosen = Q(lot__order__in=list(orders))
    if until is not None:
        chosen &= Q(entered_at__lt=end_of_day(until))
    return worth_among(chosen)


def open_of(customers: Iterable[Organisation]) -> dict[int, Decimal]:
    """Customer → what was delivered and is neither set off nor paid, in yuan, under all its names.
    Three queries.
    """
    wanted = [one.pk for one in customers]
    bodies = dict(
        Order.objects.annotate(body=Coalesce("customer__merged_into", "customer"))
        .filter(body__in=wanted)
        .order_by()
        .values_list("pk", "body")
    )
    found: dict[int, Decimal] = defaultdict(lambda: NOTHING)
    for order, yuan in worth_among(Q(lot__order__in=list(bodies))).items():
        found[bodies[order]] += yuan
    lines: dict[int, list[tuple[str, str, Decimal]]] = defaultdict(list)
    for order, *line in DepositLine.objects.filter(order__in=list(bodies)).values_list(
        "order", *_COLUMNS
    ):
        lines[bodies[order]].append(tuple(line))
    for body, rows in lines.items():
        found[body] -= deposit_of(rows).settled
    return found


def orders_to_clear() -> "QuerySet[Order]":
    """Orders that are over while some of the deposit is still with us."""
    lines = DepositLine.objects.order_by().values("order")
    came = lines.annotate(
        left=Sum("amount", filter=Q(target=Purse.HELD), default=NOTHING)
        - Sum("amount", filter=Q(source=Purse.HELD), default=NOTHING)
    )
    rows: QuerySet[Order] = Order.objects.filter(
        state__in=[OrderState.DONE, OrderState.CANCELLED],
        pk__in=came.filter(left__gt=0).values("order"),
    )
    return rows


@dataclass(frozen=True, slots=True)
class DepositAccount:
    """A customer's money from one day to another: what was held as a deposit before, what was
    delivered before and not settled then, what was delivered in these days, and each line.
    """

    held_before: Decimal
    open_before: Decimal
    delivered: Decimal
    lines: tuple[DepositLine, ...]

    @property
    def during(self) -> Deposit:
        """What the lines between the days come to."""
        return deposit_of((one.kind, one.source, one.amount) for one in self.lines)

    @property
    def held_after(self) -> Decimal:
        return self.held_before + self.during.held

    @property
    def open_after(self) -> Decimal:
        """What the customer owes at the end of these days."""
        return self.open_before + self.delivered - self.during.settled

    @property
    def is_empty(self) -> bool:
        """Nothing came, nothing is held and nothing is owed from before."""
        return not (self.lines or self.held_before or self.open_before)


def account_of(customer: Organisation, first: date, last: date, total: Decimal) -> DepositAccount:
    """The money of a customer under all its names, by when each line was written; `total` was
    delivered in these days. Three queries.
    """
    body = Organisation.everyone_of(customer)
    rows = DepositLine.objects.filter(order__customer__in=body)
    before = deposit_of(rows.filter(at__lt=start_of_day(first)).values_list(*_COLUMNS))
    during = rows.filter(at__gte=start_of_day(first), at__lt=end_of_day(last))
    worth = worth_among(Q(lot__order__customer__in=body, at__lt=start_of_day(first)))
    return DepositAccount(
        before.held,
        sum(worth.values(), NOTHING) - before.settled,
        total,
        tuple(during.select_related("order", "entered_by").order_by("at", "id")),
    )


def deposit_faults(until: date) -> list[str]:
    """Count every customer's money again from its lines: each runs the way of its kind, a line that
    turns another round mirrors it, nothing is below nothing, and no more is set off and paid than
    was delivered. Empty when the books are right.
    """
    by_order: dict[int, list[DepositLine]] = defaultdict(list)
    rows = DepositLine.objects.filter(at__lt=end_of_day(until)).select_related("order", "reverses")
    for row in rows.order_by("at", "id"):
        by_order[row.order_id].append(row)
    worth = delivered(by_order, until)
    found = []
    for order_id, lines in by_order.items():
        name = lines[0].order.number
        found += [_told_line(one) for one in lines if not _is_right(one)]
        sums = deposit_of((one.kind, one.source, one.amount) for one in lines)
        if not sums.is_right(worth[order_id]):
            found.append(
                _(
                    "Order %(order)s, the customer's money: %(received)s yuan of deposit came,"
                    " %(set_off)s were set off, %(returned)s given back, %(held)s are held; %(paid)s"
                    " were paid, %(worth)s delivered. That does not fit."
                )
                % {
                    "order": name, "received": sums.received, "set_off": sums.set_off,
                    "returned": sums.returned, "held": sums.held, "paid": sums.paid,
                    "worth": worth[order_id],
                }
            )  # fmt: skip
    return found


def _told_line(row: DepositLine) -> str:
    return _(
        "Order %(order)s, %(day)s, %(kind)s: %(amount)s yuan went from %(source)s to %(target)s,"
        " which is not its way."
    ) % {
        "order": row.order.number, "day": dated(row.happened_on), "kind": row.get_kind_display(),
        "amount": row.amount, "source": row.get_source_display(),
        "target": row.get_target_display(),
    }  # fmt: skip


def _is_right(row: DepositLine) -> bool:
    ends = (row.source, row.target)
    way = DEPOSIT_WAYS[DepositKind(row.kind)]
    first = row.reverses
    if first is None:
        return ends == way
    return (
        ends == (way[1], way[0])
        and (first.order_id, first.kind, first.amount) == (row.order_id, row.kind, row.amount)
        and first.reverses_id is None
    )
