"""Money as it is taken away: statements of the months, and every line. No bank account is in it."""

from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.workshop.production.listings import Values, during
from mulin.workshop.wages.models import Bonus, MinimumWage, MoneyLine, PayMonth, PayTerms, Statement
from mulin.workshop.wages.permissions import may_choose_terms, may_keep_books
from mulin.workshop.wages.rules import Account

#: The accounts of the ledger, as who keeps the books calls them.
ACCOUNT_LABELS: Final = {
    Account.LABOUR: _("paid work"),
    Account.BONUS: _("bonuses"),
    Account.WORKER: _("owed to the worker"),
    Account.ADVANCE: _("advances"),
    Account.CLAIM: _("claims"),
    Account.DAMAGE: _("damage"),
    Account.TAX: _("tax withheld"),
    Account.BANK: _("bank"),
    Account.ADJUSTMENT: _("adjustments"),
}


def _statements(_actor: Actor, values: Values, _now: datetime) -> "QuerySet[Statement]":
    rows: QuerySet[Statement] = Statement.objects.filter(during("month__closed_at", values))
    return rows.select_related("month", "worker__person").order_by("id")


def _statement_columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(_("Month"), lambda row: f"{row.month.first:%Y-%m}"),
        Column(_("Workshop worker"), lambda row: str(row.worker)),
        Column(_("Scheme"), lambda row: row.get_scheme_display()),
        Column(_("Gross, in yuan"), lambda row: row.gross),
        Column(_("Tax, in yuan"), lambda row: row.tax),
        Column(_("Deducted, in yuan"), lambda row: row.deducted),
        Column(_("Advance taken back, in yuan"), lambda row: row.recovered),
        Column(_("Net, in yuan"), lambda row: row.net),
        Column(_("How it stands"), lambda row: row.get_state_display()),
        Column(_("Paid"), lambda row: row.paid_at),
    )


def _lines(_actor: Actor, values: Values, _now: datetime) -> "QuerySet[MoneyLine]":
    rows: QuerySet[MoneyLine] = MoneyLine.objects.filter(during("at", values))
    return rows.select_related("worker__person", "statement__month").order_by("id")


def _line_columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(_("Line"), lambda row: row.pk),
        Column(_("Day"), lambda row: row.happened_on),
        Column(_("Workshop worker"), lambda row: str(row.worker)),
        Column(_("What"), lambda row: row.get_kind_display()),
        Column(_("From account"), lambda row: str(ACCOUNT_LABELS[Account(row.source)])),
        Column(_("To account"), lambda row: str(ACCOUNT_LABELS[Account(row.target)])),
        Column(_("Amount, in yuan"), lambda row: row.amount),
        Column(_("Yuan a piece"), lambda row: row.rate),
        Column(_("Pieces"), lambda row: row.quantity),
        Column(
            _("In the statement of"),
            lambda row: f"{row.statement.month.first:%Y-%m}" if row.statement else "",
        ),
        Column(_("Note"), lambda row: row.words),
        Column(_("Written down"), lambda row: row.at),
    )


LISTINGS = (
    Listing(
        name="wages.statements", label=_("Statements of wages"), columns=_statement_columns,
        rows=_statements, may=may_keep_books, form=PeriodForm, order=75, holds=(Statement, PayMonth),
    ),
    Listing(
        name="wages.lines", label=_("Ledger of money"), columns=_line_columns, rows=_lines,
        may=may_keep_books, form=PeriodForm, order=76, holds=(MoneyLine,),
    ),
)  # fmt: skip


TABLES = (
    table(
        "wages.terms", _("Terms of pay"), PayTerms, may=may_choose_terms, order=76,
        related=("worker__person",), columns=(
            (_("Workshop worker"), "worker"), (_("Since"), "since"), (_("Relation"), "relation"),
            (_("Scheme"), "scheme"), (_("Reason"), "reason"),
            (_("Deducted, in yuan"), "deduction"),
        ),
    ),
    table(
        "wages.bonuses", _("Bonus rules"), Bonus, may=may_keep_books, order=76, about_persons=False,
        columns=(
            (_("Name"), "name"), (_("Kind"), "kind"), (_("From so many"), "threshold"),
            (pgettext_lazy("of the wage", "Percent"), "percent"), (_("Yuan"), "yuan"),
            (_("Since"), "since"), (_("Until"), "until"), (_("Decided by"), "source"),
        ),
    ),
    table(
        "wages.minimum", _("Local minimum wage"), MinimumWage, may=may_keep_books, order=76,
        about_persons=False, columns=(
            (_("Since"), "since"), (_("A month, in yuan"), "month_yuan"),
            (_("An hour, in yuan"), "hour_yuan"), (_("Decided by"), "source"),
        ),
    ),
)  # fmt: skip
