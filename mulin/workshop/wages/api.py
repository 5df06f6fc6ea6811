"""Wages for the accountant's programs: the sums of closed months, and the list for the bank."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.kit.money import yuan
from mulin.workshop.wages.actions.money import Payment, payment_list
from mulin.workshop.wages.models import PayMonth
from mulin.workshop.wages.queries import month_behind, months_with_sums
from mulin.workshop.wages.rules import SUMMED, told_sums

_MONTH: Final = re.compile(r"([1-9]\d{3})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class PayMonthAnswer:
    """A closed month (YYYY-MM): how many had a statement, and the sums in yuan: gross pay, tax
    withheld, damage and advances taken off, what is left to be paid. Null is held back: fewer
    than five persons stand behind it, or behind what could be reckoned with it.
    """

    month: str
    closed_at: datetime
    workers: int | None
    gross: Decimal | None
    tax: Decimal | None
    deducted: Decimal | None
    recovered: Decimal | None
    net: Decimal | None


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """What the bank is to pay somebody."""

    name: str
    bank_account: str
    yuan: Decimal


@dataclass(frozen=True, slots=True)
class PaymentsAnswer:
    """The list of a month (YYYY-MM): who has confirmed and stood in no list before."""

    month: str
    payments: list[PaymentAnswer]


def _list(_asked: Asked) -> "QuerySet[PayMonth]":
    return months_with_sums()


def _shown(found: Any) -> PayMonthAnswer:  # Any: with the sums, which the query adds
    told = told_sums(
        {name: yuan(getattr(found, f"{name}_sum")) for name in SUMMED},
        {name: getattr(found, f"{name}_of") for name in SUMMED},
    )
    return PayMonthAnswer(
        month=f"{found.first:%Y-%m}", closed_at=found.closed_at,
        workers=None if told["gross"] is None else found.workers, **told,
    )  # fmt: skip


def _pay(asked: Asked) -> tuple[str, list[Payment]]:
    written = asked.args["month"]
    typed = _MONTH.fullmatch(written)
    found = month_behind(date(int(typed[1]), int(typed[2]), 1)) if typed else None
    if found is None:
        raise Http404
    return written, payment_list(found, by=asked.actor, now=asked.now, token=asked.token)


def _payments(found: tuple[str, list[Payment]]) -> PaymentsAnswer:
    month, payments = found
    return PaymentsAnswer(
        month, [PaymentAnswer(one.name, one.bank_account, one.yuan) for one in payments]
    )


CALLS: Final = (
    Call(
        name="pay-months", path="wages/", summary=_("Closed months of wages in sums, newest first"),
        scope=Scope.WAGES_READ, answer=PayMonthAnswer, do=_list, show=_shown, is_list=True,
    ),
    Call(
        name="pay", method="POST", path="wages/<slug:month>/payments/",
        summary=_("Make the list of payments for the bank; each stands in one list"),
        scope=Scope.PAYMENTS, answer=PaymentsAnswer, do=_pay, show=_payments,
    ),
)  # fmt: skip
