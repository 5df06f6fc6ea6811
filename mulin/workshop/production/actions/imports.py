"""Books from Excel, of orders and of workers: read and shown row by row, then taken in by the same
acts as what is typed, and taken back as long as nothing was done with it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Organisation, Person
from mulin.kit.clock import local_day, parse_day
from mulin.kit.money import yuan
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.kit.sheets import Table, read_table, write_xlsx
from mulin.workshop.production.actions.orders import Terms, cancel_order, take_order
from mulin.workshop.production.actions.workers import MOST_MINUTES, certify, leave, take_on
from mulin.workshop.production.models import (
    BookKind,
    Operation,
    Order,
    OrderImport,
    OrderState,
    Skill,
    Worker,
)
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
WORKER_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("姓名", "名字"),
    "phone": ("电话", "手机", "手机号", "联系电话"),
    "hours": ("每周小时", "每周工时"),
    "skills": ("会做的", "技能", "手艺"),
    "note": ("备注", "说明"),
}
WORKER_NEEDED: Final = ("phone", "hours")
NEEDED: Final = ("customer", "product", "operation", "quantity", "due", "price")
MOST_ROWS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Names:
    """What is known by name when a book is read."""

    #: The names of the list, those of merged ones too, each with the name that stands for it.
    customers: dict[str, str]
    operations: frozenset[str]
    #: (customer, product, quantity, due) of orders there are: the same book read twice is seen.
    orders: frozenset[tuple[str, str, int, date]]


def template_file(kind: str = BookKind.ORDERS) -> bytes:
    """An empty book with our columns."""
    columns = COLUMNS if kind == BookKind.ORDERS else WORKER_COLUMNS
    return write_xlsx([names[0] for names in columns.values()], [])


def preview_orders(
    content: bytes, file_name: str, *, by: Actor, now: datetime, token: str | None = None
) -> OrderImport:
    """Read a book; each row with what would become of it. Nothing is taken in. Raises Refused."""
    check_keeper(by)
    table, columns = _opened(content, file_name, COLUMNS, NEEDED)
    with recording(by, "production.preview_orders", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OrderImport)
        names = _names()
        rows: list[dict[str, Any]] = []  # Any: what JSON holds
        seen = set(names.orders)
        for line, cells in table.rows:
            if len(rows) >= MOST_ROWS:
                raise Refused(
                    _("At most %(most)s orders at once."), {"most": MOST_ROWS}, field="file"
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


def _opened(
    content: bytes, file_name: str, known: dict[str, tuple[str, ...]], needed: tuple[str, ...]
) -> tuple[Table, dict[str, str]]:
    """The table, and what each of our columns is called in it."""
    table = read_table(content, file_name)
    columns = {
        field: next((name for name in names if name in table.header), "")
        for field, names in known.items()
    }
    lacking = [known[field][0] for field in needed if not columns[field]]
    if lacking:
        raise Refused(_("The table has no column “%(name)s”."), {"name": lacking[0]}, field="file")
    return table, columns


def preview_workers(
    content: bytes, file_name: str, *, by: Actor, now: datetime, token: str | None = None
) -> OrderImport:
    """Read a book of workers; each is found on the roll by the whole phone number. Nothing is taken
    in. Raises Refused.
    """
    check_keeper(by)
    table, columns = _opened(content, file_name, WORKER_COLUMNS, WORKER_NEEDED)
    with recording(by, "production.preview_workers", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OrderImport)
        skills = frozenset(Skill.objects.values_list("name", flat=True))
        rows: list[dict[str, Any]] = []  # Any: what JSON holds
        seen: set[int] = set(Worker.objects.active().values_list("person", flat=True))
        for line, cells in table.rows:
            if len(rows) >= MOST_ROWS:
                raise Refused(
                    _("At most %(most)s workers at once."), {"most": MOST_ROWS}, field="file"
                )
            said = {field: cells.get(name, "") for field, name in columns.items()}
            rows.append(_read_worker(line, said, skills, seen))
        rows += [
            {"line": one.line or 0, "faults": [str(one.message)], "said": {}}
            for one in table.problems
        ]
        preview: OrderImport = OrderImport.objects.create(
            community_id=by.community_id, kind=BookKind.WORKERS, file_name=file_name[:200],
            at=now, rows=rows,
        )  # fmt: skip
        act.on(preview, after={"rows": len(rows)})
    return preview


# Any: what JSON holds.
def _read_worker(
    line: int, said: dict[str, str], skills: frozenset[str], seen: set[int]
) -> dict[str, Any]:
    faults = []
    found = list(Person.objects.on_roll().with_phone(said["phone"])[:2]) if said["phone"] else []
    if len(found) != 1:
        faults.append(gettext_noop("Nobody on the roll, or several, have this phone number."))
    elif found[0].pk in seen:
        faults.append(gettext_noop("She works here already, or stands there twice."))
    elif said["name"] and said["name"] != found[0].name:
        faults.append(gettext_noop("This phone number is somebody else's by the roll."))
    seen.update(one.pk for one in found)
    if _minutes(said["hours"]) is None:
        faults.append(gettext_noop("The hours a week are not a number up to sixty."))
    if set(_names_in(said["skills"])) - skills:
        faults.append(gettext_noop("A skill is not on the list."))
    return {"line": line, "said": said, "faults": faults}


def take_in_workers(
    preview: OrderImport, *, by: Actor, now: datetime, token: str | None = None
) -> OrderImport:
    """Every row without a fault is taken on, with her skills; all of them, or none."""
    check_keeper(by)
    with recording(by, "production.take_in_workers", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OrderImport)
        _win(preview, now)
        skills = {one.name: one for one in Skill.objects.all()}
        made = []
        for row in preview.rows:
            said = row["said"]
            if row["faults"]:
                continue
            person = Person.objects.on_roll().with_phone(said["phone"]).first()
            minutes, names = _minutes(said["hours"]), _names_in(said["skills"])
            if person is None or minutes is None or not skills.keys() >= set(names):
                raise Refused(_("A name of this book was changed meanwhile. Read the file again."))
            worker = take_on(
                person, minutes_wished=minutes, note=said["note"][:200], by=by, now=now
            )
            for name in names:
                certify(worker, skills[name], assessor=preview.file_name[:60], by=by, now=now)
            made.append(worker.pk)
        _keep_made(preview, made)
        act.on(preview, after={"workers": len(made)})
    return preview


def take_back_book(
    preview: OrderImport, *, by: Actor, now: datetime, token: str | None = None
) -> OrderImport:
    """What came of a book is undone: orders are cancelled, workers leave. All of it, or nothing:
    raises Refused where an order was agreed on or a worker has something in hand.
    """
    check_keeper(by)
    with recording(by, "production.take_back_book", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OrderImport)
        waiting = OrderImport.objects.filter(
            pk=preview.pk, taken_in_at__isnull=False, undone_at__isnull=True
        )
        if waiting.update(undone_at=now) != 1:
            raise TakenMeanwhile(_("This book was taken back already, or never taken in."))
        reason = str(_("The book “%(name)s” was taken back.") % {"name": preview.file_name[:120]})
        if preview.kind == BookKind.ORDERS:
            orders = list(Order.objects.filter(pk__in=preview.made))
            begun = next((one for one in orders if one.state != OrderState.QUOTED), None)
            if begun is not None:
                raise Refused(_("Order %(order)s was agreed on or ended."), {"order": begun})
            for order in orders:
                cancel_order(order, reason=reason, by=by, now=now)
        else:
            for worker in Worker.objects.active().filter(pk__in=preview.made):
                leave(worker, by=by, now=now)
        preview.undone_at = now
        act.on(preview, after={"undone": len(preview.made)})
    return preview


def _win(preview: OrderImport, now: datetime) -> None:
    waiting = OrderImport.objects.filter(pk=preview.pk, taken_in_at__isnull=True)
    if waiting.update(taken_in_at=now) != 1:
        raise TakenMeanwhile(_("This book was taken in already."))
    preview.taken_in_at = now


def _keep_made(preview: OrderImport, made: list[int]) -> None:
    preview.made = made
    preview.save(update_fields=["made"])


def _minutes(text: str) -> int | None:
    try:
        hours = Decimal(text.strip().removesuffix("小时"))
    except ArithmeticError:
        return None
    minutes = hours * 60
    return int(minutes) if 0 <= minutes <= MOST_MINUTES and minutes == int(minutes) else None


def _names_in(text: str) -> list[str]:
    return [one for one in text.replace("，", "、").replace(",", "、").split("、") if one.strip()]


def take_in_orders(
    preview: OrderImport, *, by: Actor, now: datetime, token: str | None = None
) -> OrderImport:
    """Every row without a fault becomes a quoted order; all of them, or none."""
    check_keeper(by)
    with recording(by, "production.take_in_orders", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OrderImport)
        _win(preview, now)
        customers = {
            one.name: one.merged_into or one
            for one in Organisation.objects.filter(closed_at=None).select_related("merged_into")
        }
        operations = {one.name: one for one in Operation.objects.all()}
        made = [
            take_order(_terms(row["said"], customers, operations), by=by, now=now).pk
            for row in preview.rows
            if not row["faults"]
        ]
        _keep_made(preview, made)
        act.on(preview, after={"orders": len(made)})
    return preview


def _names() -> Names:
    return Names(
        customers=dict(
            Organisation.objects.filter(closed_at=None)
            .annotate(standing=Coalesce("merged_into__name", "name"))
            .values_list("name", "standing")
        ),
        operations=frozenset(Operation.objects.values_list("name", flat=True)),
        orders=frozenset(
            Order.objects.exclude(state=OrderState.CANCELLED)
            .annotate(whose=Coalesce("customer__merged_into__name", "customer__name"))
            .values_list("whose", "product", "quantity", "due")
        ),
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
        customer = names.customers.get(said["customer"], said["customer"])
        same = (customer, said["product"], quantity, due)
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
