"""An order book from Excel: read and shown row by row, then taken in by the same act as a typed order."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Organisation
from mulin.kit.clock import local_day, parse_day
from mulin.kit.money import yuan
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.kit.sheets import read_table, write_xlsx
from mulin.workshop.production.actions.orders import Terms, take_order
from mulin.workshop.production.models import Operation, Order, OrderImport
from mulin.workshop.production.permissions import check_keeper

#: What a column may be called; the first name is that of our own sheet.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "customer": ("客户", "客户名称", "委托方"),
    "product": ("产品", "品名", "货品"),
    "operation": ("工序", "加工内容"),
    "quantity": ("数量", "件数"),
    "due": ("交期", "交货日期", "交货期"),
    "price": ("单价", "加工单价"),
    "specification": ("要求", "规格", "备注"),
}
NEEDED: Final = ("customer", "product", "operation", "quantity", "due", "price")
MOST_ROWS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Names:
    """What is known by name when a book is read."""

    customers: frozenset[str]
    operations: frozenset[str]
    #: (customer, product, quantity, due) of orders there are: the same book read twice is seen.
    orders: frozenset[tuple[str, str, int, date]]


def template_file() -> bytes:
    """An empty book with our columns."""
    return write_xlsx([names[0] for names in COLUMNS.values()], [])


def preview_orders(
    content: bytes, file_name: str, *, by: Actor, now: datetime, token: str | None = None
) -> OrderImport:
    """Read a book; each row with what would become of it. Nothing is taken in. Raises Refused."""
    check_keeper(by)
    table = read_table(content, file_name)
    columns = {
        field: next((name for name in names if name in table.header), "")
        for field, names in COLUMNS.items()
    }
    lacking = [COLUMNS[field][0] for field in NEEDED if not columns[field]]
    if lacking:
        raise Refused(_("The table has no column “%(name)s”.") % {"name": lacking[0]}, field="file")
    with recording(by, "production.preview_orders", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OrderImport)
        names = _names()
        rows: list[dict[str, Any]] = []  # Any: what JSON holds
        seen = set(names.orders)
        for line, cells in table.rows:
            if len(rows) >= MOST_ROWS:
                raise Refused(
                    _("At most %(most)s orders at once.") % {"most": MOST_ROWS}, field="file"
                )
            said = {field: cells.get(name, "") for field, name in columns.items()}
            rows.append(_read(line, said, names, seen, today=local_day(now)))
        rows += [
            {"line": one.line or 0, "faults": [str(one.message)], "said": {}}
            for one in table.problems
        ]
        preview: OrderImport = OrderImport.objects.create(
            community_id=by.community_id, file_name=file_name[:200], at=now, rows=rows
        )
        act.on(preview, after={"rows": len(rows)})
    return preview


def take_in_orders(
    preview: OrderImport, *, by: Actor, now: datetime, token: str | None = None
) -> OrderImport:
    """Every row without a fault becomes a quoted order; all of them, or none."""
    check_keeper(by)
    with recording(by, "production.take_in_orders", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OrderImport)
        waiting = OrderImport.objects.filter(pk=preview.pk, taken_in_at__isnull=True)
        if waiting.update(taken_in_at=now) != 1:
            raise TakenMeanwhile(_("This book was taken in already."))
        customers = {one.name: one for one in Organisation.objects.filter(closed_at=None)}
        operations = {one.name: one for one in Operation.objects.all()}
        taken = 0
        for row in preview.rows:
            if not row["faults"]:
                take_order(_terms(row["said"], customers, operations), by=by, now=now)
                taken += 1
        preview.taken_in_at = now
        act.on(preview, after={"orders": taken})
    return preview


def _names() -> Names:
    return Names(
        customers=frozenset(
            Organisation.objects.filter(closed_at=None).values_list("name", flat=True)
        ),
        operations=frozenset(Operation.objects.values_list("name", flat=True)),
        orders=frozenset(Order.objects.values_list("customer__name", "product", "quantity", "due")),
    )


# Any: what JSON holds.
def _read(
    line: int, said: dict[str, str], names: Names, seen: set[tuple[str, str, int, date]], *,
    today: date,
) -> dict[str, Any]:  # fmt: skip
    faults = []
    if said["customer"] not in names.customers:
        faults.append(gettext_noop("This customer is not on the list of organisations."))
    if said["operation"] not in names.operations:
        faults.append(gettext_noop("This operation is not on the list."))
    if not said["product"]:
        faults.append(gettext_noop("It does not say what is to be made."))
    quantity = _number(said["quantity"])
    if quantity is None:
        faults.append(gettext_noop("The number of pieces is not a whole number above nothing."))
    due = _day(said["due"])
    if due is None:
        faults.append(gettext_noop("The day it is due is not a date."))
    elif due <= today:
        faults.append(gettext_noop("The day it is due lies behind us."))
    if _price(said["price"]) is None:
        faults.append(gettext_noop("The price is not an amount of money."))
    if quantity is not None and due is not None:
        same = (said["customer"], said["product"], quantity, due)
        if same in seen:
            faults.append(gettext_noop("The same order is there already."))
        seen.add(same)
    return {"line": line, "said": said, "faults": faults}


def _terms(
    said: dict[str, str], customers: dict[str, Organisation], operations: dict[str, Operation]
) -> Terms:
    quantity, due, price = _number(said["quantity"]), _day(said["due"]), _price(said["price"])
    if said["customer"] not in customers or said["operation"] not in operations:
        raise Refused(_("A name of this book was changed meanwhile. Read the file again."))
    if quantity is None or due is None or price is None:
        msg = "a row without a fault was read"
        raise ValueError(msg)
    return Terms(
        customer=customers[said["customer"]], product=said["product"][:80],
        operation=operations[said["operation"]], quantity=quantity, due=due, price=price,
        specification=said["specification"][:2000],
    )  # fmt: skip


def _number(text: str) -> int | None:
    typed = text.replace(",", "").removesuffix(".0")
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= 9  # noqa: PLR2004  what the column holds
    return int(typed) if is_number and int(typed) > 0 else None


def _day(text: str) -> date | None:
    try:
        return parse_day(text)
    except ValueError:
        return None


def _price(text: str) -> Decimal | None:
    """Four places, as a price per piece has; `yuan` says whether it is an amount at all."""
    try:
        if yuan(text) < 0:
            return None
        exact = Decimal(text.strip().strip("¥￥元").replace(",", ""))
    except (ValueError, ArithmeticError):
        return None
    return exact if exact == exact.quantize(Decimal("0.0001")) else None
