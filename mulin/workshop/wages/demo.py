"""Last month's wages of the demonstration: closed, one confirmed and paid, one disputed."""

from datetime import datetime, timedelta
from decimal import Decimal

from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.workshop.production.models import Worker
from mulin.workshop.wages.actions.money import choose_terms, set_minimum
from mulin.workshop.wages.actions.months import close_month, do_to_statement
from mulin.workshop.wages.models import Statement
from mulin.workshop.wages.rules import Deed, Scheme, month_of


def pay_last_months(*, keeper: Actor, head: Actor, now: datetime) -> None:
    """The month before this one, and the one before that if something was earned in it."""
    this = month_of(local_day(now))
    last = month_of(this - timedelta(days=1))
    before = month_of(last - timedelta(days=1))
    set_minimum(
        month_yuan=Decimal(2260), hour_yuan=Decimal(22), since=before.replace(month=1, day=1),
        source="浙江省 2024 年标准第二档（演示，请核对最新）", by=keeper, now=now,
    )  # fmt: skip
    for worker in Worker.objects.select_related("person")[:2]:
        choose_terms(
            worker, scheme=Scheme.SERVICE, since=before, reason="退休在家，自带工具（演示）",
            bank_account="6222 0000 0000 0001", by=head, now=now,
        )  # fmt: skip
    for first in (before, last):
        close_month(first, by=keeper, now=now)
    statements = list(Statement.objects.select_related("worker__person").order_by("id"))
    for one in statements[:1]:
        do_to_statement(one, Deed.CONFIRM, by=keeper, now=now)
        do_to_statement(one, Deed.PAY, words="银行回单 0017", by=keeper, now=now)
    for one in statements[1:2]:
        words = "第二批我交了 60 件，写成 58 件"
        do_to_statement(one, Deed.DISPUTE, words=words, by=keeper, now=now)
