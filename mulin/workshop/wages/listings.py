"""Money as it is taken away: statements of the months, and every line. No bank account is in it."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm
from mulin.ground.downloads.registry import Column, Listing
from mulin.workshop.production.listings import Values, during
from mulin.workshop.wages.models import MoneyLine, Statement
from mulin.workshop.wages.permissions import may_keep_books


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
        Column(_("From account"), lambda row: row.source),
        Column(_("To account"), lambda row: row.target),
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
        rows=_statements, may=may_keep_books, form=PeriodForm, order=75,
    ),
    Listing(
        name="wages.lines", label=_("Ledger of money"), columns=_line_columns, rows=_lines,
        may=may_keep_books, form=PeriodForm, order=76,
    ),
)  # fmt: skip
