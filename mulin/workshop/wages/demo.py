"""Wages of the demonstration: every month closed, confirmed and paid; the last one still open."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from mulin.ground.community.rules import Actor
from mulin.kit import clock
from mulin.kit.clock import local_day
from mulin.kit.lifelike import Stretch, at, lately
from mulin.workshop.production.demo import LAST_DAY
from mulin.workshop.production.models import Worker
from mulin.workshop.wages import queries
from mulin.workshop.wages.actions.money import choose_terms, payment_file, set_minimum
from mulin.workshop.wages.actions.months import close_month, do_to_statement, pay_file
from mulin.workshop.wages.models import PayMonth, Statement
from mulin.workshop.wages.queries import VerdictRow
from mulin.workshop.wages.rules import (
    Deed,
    Relation,
    Scheme,
    month_after,
    month_before,
    month_of,
)

#: The county's minimum wages by the month and the hour, of the demonstration: to be looked up.
_MINIMUM: Final = (
    (date(2017, 12, 1), "1660", "15", "浙江省 2017 年标准（演示，请核对）"),
    (date(2021, 8, 1), "2070", "20", "浙江省 2021 年标准第二档（演示，请核对）"),
    (date(2024, 1, 1), "2260", "22", "浙江省 2024 年标准第二档（演示，请核对最新）"),
)


def open_books(*, keeper: Actor, head: Actor, since: datetime) -> None:
    """Minimum wages, and where each worker's money goes, from the day she began."""
    for day, month, hour, source in _MINIMUM:
        set_minimum(
            month_yuan=Decimal(month), hour_yuan=Decimal(hour), since=day, source=source,
            by=keeper, now=since,
        )  # fmt: skip
    for number, worker in enumerate(Worker.objects.order_by("pk")):
        choose_terms(
            worker, relation=Relation.MAKING, scheme=Scheme.BUSINESS, since=worker.joined_on,
            reason="在家做，自备工具，按件结（演示）", bank_account=f"6222 0000 0000 {number + 1:04d}",
            by=head, now=at(worker.joined_on, 10),
        )  # fmt: skip


def pay_months(*, keeper: Actor, since: datetime, now: datetime) -> None:
    """Months whose work was done in these days, oldest first: closed, signed, paid by the bank.

    The month before the present one is left to `pay_now`.
    """
    stretch = Stretch(since, now)
    present = month_of(local_day(clock.now()))
    for first in stretch.months():
        is_done = at(first.replace(day=LAST_DAY), 18) in stretch
        if not is_done or month_after(first) >= present:
            continue
        if queries.unpaid_verdicts(first).exists():
            _pay(_close(first, keeper), keeper)


def _close(first: date, keeper: Actor) -> PayMonth:
    return close_month(first, by=keeper, now=at(month_after(first) + timedelta(days=2), 9))


def _pay(month: PayMonth, keeper: Actor) -> None:
    signed = month.closed_at + timedelta(days=4)
    for one in Statement.objects.filter(month=month).select_related("worker__person"):
        do_to_statement(one, Deed.CONFIRM, by=keeper, now=signed)
    filed = signed + timedelta(days=1)
    payment_file(month, by=keeper, now=filed)
    paid = filed + timedelta(days=2)
    pay_file(month, filed, words=f"银行回单 {month.first:%Y%m}", by=keeper, now=paid)


def pay_now(*, keeper: Actor, head: Actor, now: datetime) -> None:
    """The month before this one: one confirmed and paid, one disputed, the others shown."""
    last = month_before(month_of(local_day(now)))
    if not queries.unpaid_verdicts(last).exists():
        return
    begun = min(at(month_after(last), 8, 30), now)
    opens, hears, pays = (max(begun, lately(now, hours=hours)) for hours in (4, 2, 1))
    # Two who earned, so that a statement shows how its tax came about.
    paid = VerdictRow.of(queries.unpaid_verdicts(last))
    earned = sorted({one.source_worker for one in paid if one.source_worker is not None})
    for worker in Worker.objects.filter(pk__in=earned[:2]).order_by("pk"):
        choose_terms(
            worker, relation=Relation.RETIRED, scheme=Scheme.SERVICE, since=last, reason="退休在家，自带工具（演示）",
            bank_account="6222 0000 0000 0001", by=head, now=opens,
        )  # fmt: skip
    month = close_month(last, by=keeper, now=opens)
    statements = list(
        Statement.objects.filter(month=month).select_related("worker__person").order_by("id")
    )
    for one in statements[:1]:
        do_to_statement(one, Deed.CONFIRM, by=keeper, now=hears)
        do_to_statement(one, Deed.PAY, words="银行回单 0017", by=keeper, now=pays)
    for one in statements[1:2]:
        words = "第二批我交了 60 件，写成 58 件"
        do_to_statement(one, Deed.DISPUTE, words=words, by=keeper, now=hears)
