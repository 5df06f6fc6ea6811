"""What the pages of wages read, and the check that anyone can run."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, DecimalField, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from mulin.kit.clock import end_of_day, local_day, start_of_day
from mulin.workshop.production.models import Movement, Worker
from mulin.workshop.production.queries import incomes
from mulin.workshop.production.rules import NOT_HERS, Cause, Spot
from mulin.workshop.wages.models import (
    Bonus,
    MinimumWage,
    MoneyLine,
    PayMonth,
    PayTerms,
    Statement,
)
from mulin.workshop.wages.rules import (
    CUMULATIVE,
    GROSS,
    NOTHING,
    SUMMED,
    Account,
    BonusRule,
    Fault,
    Kind,
    Relation,
    Scheme,
    State,
    Wrong,
    amount_of,
    deductions_of,
    month_after,
    month_before,
    month_of,
    months_employed,
    whole_year_of,
)

#: Files for the bank that a month's page shows.
MOST_FILES = 50
#: Lines that the form of a correction offers.
MOST_TO_CORRECT = 60
#: Verdicts on pieces that were not accepted, on one statement.
MOST_UNACCEPTED = 100
MONTHS_A_YEAR = 12
_CHUNK = 2_000
_YUAN = DecimalField(max_digits=14, decimal_places=2)


def _in_no_month() -> Q:
    """Asked row by row through the index that holds each to one line: a list of the lines of all
    years, held against them, would grow with the books.
    """
    return Q(~Exists(MoneyLine.objects.filter(movement=OuterRef("pk"))))


def unpaid_verdicts(first: date) -> "QuerySet[Movement]":
    """Paid verdicts, and the lines that turn one round, written before the month was over and not
    in any month yet. What a phone sends after the month was closed was written after it, and is
    found by the next one.
    """
    rows: QuerySet[Movement] = (
        Movement.objects.filter(
            _in_no_month(), is_paid=True, entered_at__lt=start_of_day(month_after(first))
        ).order_by("at", "id")
    )  # fmt: skip
    return rows


class VerdictRow(NamedTuple):
    """A paid verdict as a month's close needs it, read by the ten thousand: `order` and `lot` are
    what they are numbered by.
    """

    pk: int
    reverses: int | None
    source_worker: int | None
    target_worker: int | None
    quantity: Decimal
    at: datetime
    rate: Decimal
    lot: int
    order: str
    product: str
    seconds: int

    @classmethod
    def of(cls, verdicts: "QuerySet[Movement]") -> "Iterator[VerdictRow]":
        """Those of lots that were given out at a rate."""
        rows = verdicts.filter(lot__rate__isnull=False).values_list(
            "pk", "reverses", "source_worker", "target_worker", "quantity", "at", "lot__rate",
            "lot__number", "lot__order__number", "lot__order__product",
            "lot__order__operation__seconds",
        )  # fmt: skip
        return map(cls._make, rows.iterator(chunk_size=_CHUNK))


def careless_losses(first: date) -> "QuerySet[Movement]":
    """Losses that a worker bears, in no month yet; with the lines that turn one round."""
    ends = Q(source=Spot.WORKER, target=Spot.LOSS) | Q(
        source=Spot.LOSS, target=Spot.WORKER, reverses__isnull=False
    )
    rows: QuerySet[Movement] = (
        Movement.objects.filter(
            _in_no_month(),
            ends,
            cause=Cause.CARELESS,
            entered_at__lt=start_of_day(month_after(first)),
        )
        .select_related("lot__order")
        .order_by("at", "id")
    )
    return rows


def balances(
    account: Account, workers: Iterable[int] | None = None, *, until: date | None = None
) -> dict[int, Decimal]:
    """What stands on an account for each worker, of what happened until a day."""
    rows = MoneyLine.objects.filter(Q(source=account) | Q(target=account))
    if until is not None:
        rows = rows.filter(happened_on__lte=until)
    if workers is not None:
        rows = rows.filter(worker__in=list(workers))
    sums = (
        rows.values("worker")
        .annotate(
            total=Coalesce(Sum("amount", filter=Q(target=account)), NOTHING)
            - Coalesce(Sum("amount", filter=Q(source=account)), NOTHING)
        )
        .order_by()
    )
    return defaultdict(lambda: NOTHING, {row["worker"]: Decimal(row["total"]) for row in sums})


def terms_on(day: date) -> dict[int, PayTerms]:
    """Each worker's terms on a day."""
    rows = PayTerms.objects.filter(since__lte=day).order_by("since", "id")
    return {row.worker_id: row for row in rows}


def bonus_rules(first: date) -> list[BonusRule]:
    """The rules that hold for a whole month."""
    last = month_after(first) - timedelta(days=1)
    rows = Bonus.objects.filter(since__lte=first).filter(Q(until__isnull=True) | Q(until__gte=last))
    return [BonusRule(one.name, one.kind, one.threshold, one.percent, one.yuan) for one in rows]


def minimum_on(day: date) -> MinimumWage | None:
    """The minimum wage that holds on a day, None where nobody has written it down."""
    row: MinimumWage | None = MinimumWage.objects.filter(since__lte=day).first()
    return row


def qualities_of(first: date) -> dict[int, Decimal]:
    """Percent of each worker's pieces of a month that were right the first time."""
    rows = (
        Movement.objects.filter(
            source=Spot.COUNTER, reversed_by__isnull=True, reverses__isnull=True,
            target__in=[Spot.ACCEPTED, Spot.REWORK, Spot.SCRAP],
            entered_at__gte=start_of_day(first), entered_at__lt=start_of_day(month_after(first)),
        )
        .exclude(cause__in=NOT_HERS)
        .values("source_worker")
        .annotate(
            every=Sum("quantity"),
            good=Coalesce(Sum("quantity", filter=Q(target=Spot.ACCEPTED)), NOTHING),
        )
        .order_by()
    )  # fmt: skip
    return {row["source_worker"]: row["good"] * 100 / row["every"] for row in rows}


def unaccepted_of(statement: Statement) -> list[Movement]:
    """Her pieces of the month that were not accepted, each with its cause; what was a slip is left
    out. At most `MOST_UNACCEPTED`.
    """
    first = statement.month.first
    rows = Movement.objects.filter(
        source=Spot.COUNTER, target__in=[Spot.REWORK, Spot.SCRAP],
        source_worker=statement.worker_id, reversed_by__isnull=True, reverses__isnull=True,
        entered_at__gte=start_of_day(first), entered_at__lt=start_of_day(month_after(first)),
    )  # fmt: skip
    return list(rows.select_related("lot__order").order_by("at", "id")[:MOST_UNACCEPTED])


@dataclass(frozen=True, slots=True)
class Year:
    """What withholding over a year knows of it: paid and withheld in its months before, months with
    this one, deductions with this month's.
    """

    before: Decimal = NOTHING
    withheld: Decimal = NOTHING
    months: int = 1
    deductions: Decimal = NOTHING


def years_so_far(first: date, whole: Collection[int] = ()) -> dict[tuple[int, Scheme], Year]:
    """(worker, scheme) → her year up to a month, for schemes reckoned over the year. Two queries.

    An employee's months count since her terms began, with pay or without; those of somebody paid over
    a platform as far back as she was paid without a break (国家税务总局公告2025年第16号), or all of
    the year where its whole free amount counts at once (`whole`: workers).
    """
    paid: dict[tuple[int, Scheme], dict[date, tuple[Decimal, Decimal]]] = defaultdict(dict)
    rows = Statement.objects.filter(
        scheme__in=CUMULATIVE, month__first__gte=first.replace(month=1, day=1),
        month__first__lt=first,
    ).values_list("worker", "scheme", "month__first", "gross", "tax")  # fmt: skip
    for worker, scheme, month, gross, tax in rows:
        paid[worker, Scheme(scheme)][month] = max(gross, NOTHING), tax
    terms: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    last = month_after(first) - timedelta(days=1)
    for worker, since, deduction in (
        PayTerms.objects.filter(scheme=Scheme.EMPLOYED, since__lte=last)
        .order_by("since", "id")
        .values_list("worker", "since", "deduction")
    ):
        terms[worker].append((since, deduction))
    found = {
        (worker, Scheme.EMPLOYED): Year(
            *_sums(paid[worker, Scheme.EMPLOYED].values()),
            months=months_employed(first, known[0][0]), deductions=deductions_of(first, known),
        )
        for worker, known in terms.items()
    }  # fmt: skip
    for (worker, scheme), months in list(paid.items()):
        if scheme is Scheme.PLATFORM:
            run = list(months.values()) if worker in whole else []
            month = month_before(first)
            while month in months and worker not in whole:
                run.append(months[month])
                month = month_before(month)
            found[worker, scheme] = Year(*_sums(run), months=len(run) + 1)
    return found


@dataclass(frozen=True, slots=True)
class PaidYear:
    """What a worker was paid by a scheme in a year: in so many months, so much before tax."""

    months: int
    gross: Decimal


def paid_in_year(worker: Worker, scheme: Scheme, year: int) -> PaidYear:
    """What the closed months of a year know of a worker."""
    sums = Statement.objects.filter(
        worker=worker, scheme=scheme, month__first__year=year
    ).aggregate(months=Count("pk"), gross=Coalesce(Sum("gross"), NOTHING))
    return PaidYear(sums["months"], Decimal(sums["gross"]))


def may_have_whole_year(today: date) -> list[Worker]:
    """Who the year before was paid in all twelve months over the year's table, by one scheme, within
    the limit of `rules.WHOLE_YEARS`, goes on by it, and has not the whole year yet. Three queries.
    """
    terms = terms_on(today)
    rows = (
        Statement.objects.filter(scheme__in=CUMULATIVE, month__first__year=today.year - 1)
        .values("worker", "scheme")
        .annotate(months=Count("pk"), gross=Sum("gross"))
        .order_by()
    )
    found = []
    for row in rows:
        rule, held = whole_year_of(Scheme(row["scheme"]), today), terms.get(row["worker"])
        if rule is None or held is None or held.scheme != row["scheme"]:
            continue
        is_within = row["months"] == MONTHS_A_YEAR and row["gross"] <= rule.most
        if is_within and held.free_year != today.year:
            found.append(row["worker"])
    return list(Worker.objects.active().filter(pk__in=found).select_related("person"))


def _sums(months: Iterable[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    pairs = list(months)
    return (
        sum((paid for paid, _tax in pairs), NOTHING), sum((tax for _paid, tax in pairs), NOTHING)
    )  # fmt: skip


def undecided(today: date) -> "QuerySet[Worker]":
    """Who works here and of whom nobody has said what she is by law."""
    decided = PayTerms.objects.filter(worker=OuterRef("pk"), since__lte=today).exclude(
        relation=Relation.UNDECIDED
    )
    rows: QuerySet[Worker] = Worker.objects.active().filter(~Exists(decided))
    return rows.select_related("person")


def to_be_filed(month: PayMonth, filed_at: datetime | None = None) -> "QuerySet[Statement]":
    """Who of a month is to be paid by the bank: confirmed and in no file yet; or a file's own."""
    rows: QuerySet[Statement] = Statement.objects.filter(month=month, net__gt=NOTHING)
    if filed_at is None:
        rows = rows.filter(state=State.CONFIRMED, filed_at__isnull=True)
    else:
        rows = rows.filter(filed_at=filed_at)
    return rows.select_related("worker__person").order_by("worker__person__pinyin", "id")


def files_of(month: PayMonth) -> list[dict[str, Any]]:  # Any: a moment, numbers, a sum
    """The files of a month: when, how many, how much, how many wait to be paid."""
    rows = (
        month.statements.filter(filed_at__isnull=False)
        .values("filed_at")
        .annotate(
            count=Count("pk"),
            net=Sum("net"),
            waiting=Count("pk", filter=Q(state=State.CONFIRMED)),
        )
        .order_by("filed_at")
    )
    return [dict(row) for row in rows[:MOST_FILES]]


def lines_to_correct(worker: Worker) -> "QuerySet[MoneyLine]":
    """Her lines of closed months that may turn out wrong, the newest first."""
    rows: QuerySet[MoneyLine] = (
        MoneyLine.objects.filter(worker=worker, statement__isnull=False)
        .exclude(kind__in=[Kind.PAYMENT, Kind.CARRIED]).order_by("-happened_on", "-id")
    )  # fmt: skip
    newest = list(rows.values_list("pk", flat=True)[:MOST_TO_CORRECT])
    return rows.filter(pk__in=newest)


def earned_open(worker: Worker, now: datetime) -> Decimal:
    """What she earned by the piece this month that is in no statement yet."""
    return incomes(now).get(worker.pk, NOTHING)


def last_closed() -> PayMonth | None:
    """The newest closed month."""
    row: PayMonth | None = PayMonth.objects.first()
    return row


def next_to_close(today: date) -> date | None:
    """The first day of the month that is to be closed next; None where it is not over, or nothing
    was earned yet.
    """
    last = last_closed()
    if last is not None:
        first = month_after(last.first)
    else:
        oldest = (
            Movement.objects.filter(_in_no_month(), is_paid=True).order_by("entered_at").first()
        )
        if oldest is None:
            return None
        first = month_of(local_day(oldest.entered_at))
    return first if month_after(first) <= today else None


def is_brought_in(first: date) -> bool:
    """Whether a month that is open has unpaid pieces though later ones are closed, and may be closed
    still: no tax over the year of a later month was counted without it.
    """
    counted = Statement.objects.filter(
        scheme__in=CUMULATIVE, month__first__gt=first,
        month__first__lt=date(first.year + 1, 1, 1),
    )  # fmt: skip
    return (
        not PayMonth.objects.filter(first=first).exists()
        and unpaid_verdicts(first).exists()
        and not counted.exists()
    )


def months_with_sums() -> "QuerySet[PayMonth]":
    """The closed months, the newest first: how many were paid, the sums of what each line names and
    how many it touches (`gross_of`, `tax_of` …), for `rules.told`.
    """
    rows: QuerySet[PayMonth] = PayMonth.objects.annotate(
        workers=Count("statements"),
        **{
            f"{name}_sum": Coalesce(Sum(f"statements__{name}"), NOTHING, output_field=_YUAN)
            for name in SUMMED
        },
        **{
            f"{name}_of": Count("statements", filter=~Q(**{f"statements__{name}": NOTHING}))
            for name in SUMMED
        },
    ).order_by("-first")
    return rows


def month_behind(first: date) -> PayMonth | None:
    """The closed month that begins on this day."""
    row: PayMonth | None = PayMonth.objects.filter(first=first).first()
    return row


def sums_of(month: PayMonth) -> dict[str, Decimal]:
    """The month's sums over everybody."""
    sums = month.statements.aggregate(**{name: Coalesce(Sum(name), NOTHING) for name in SUMMED})
    return {name: Decimal(sums[name]) for name in SUMMED}


def worker_sums(worker: Worker) -> dict[str, Decimal]:
    """What is owed to her, what she had in advance, what she bears still."""
    return {
        "owed": balances(Account.WORKER, [worker.pk])[worker.pk],
        "advance": -balances(Account.ADVANCE, [worker.pk])[worker.pk],
        "claim": -balances(Account.CLAIM, [worker.pk])[worker.pk],
    }


def statements_told(person_id: int) -> list[dict[str, str]]:
    """Her statements, for the file of everything that is held of a person."""
    rows = Statement.objects.filter(worker__person=person_id).select_related("month")
    return [
        {
            "month": f"{one.month.first:%Y-%m}", "gross": str(one.gross), "tax": str(one.tax),
            "net": str(one.net), "state": str(one.get_state_display()), "dispute": one.dispute,
        }
        for one in rows.order_by("month__first")
    ]  # fmt: skip


def money_told(person_id: int) -> list[dict[str, Any]]:  # Any: lists of several columns
    """Statements, terms with the bank account, and every line of a person who earned here."""
    terms = PayTerms.objects.filter(worker__person=person_id)
    lines = MoneyLine.objects.filter(worker__person=person_id).order_by("at", "id")
    told: dict[str, Any] = {
        "statements": statements_told(person_id),
        "terms": [
            {
                "since": one.since.isoformat(), "scheme": str(one.get_scheme_display()),
                "reason": one.reason, "bank_account": one.bank_account or "",
            }
            for one in terms
        ],
        "lines": [
            {
                "day": one.happened_on.isoformat(), "kind": str(one.get_kind_display()),
                "amount": str(one.amount), "for_her": one.is_for_her, "words": one.words,
            }
            for one in lines
        ],
    }  # fmt: skip
    return [told] if any(told.values()) else []


def money_kept(person_id: int) -> int:
    """Lines and statements that stay after an erasure."""
    lines: int = MoneyLine.objects.filter(worker__person=person_id).count()
    statements: int = Statement.objects.filter(worker__person=person_id).count()
    return lines + statements


# ── the check that anyone can run ────────────────────────────────────────────────────────────


def faults(until: date) -> list[Fault]:
    """Count all money again from its lines: each earning by its rate, each statement, each worker.

    Empty when the books are right.
    """
    # Any: the columns below, some of which may be empty.
    rows: list[Any] = list(
        MoneyLine.objects.filter(at__lt=end_of_day(until)).values_list(
            "worker",
            "kind",
            "source",
            "target",
            "amount",
            "statement",
            "rate",
            "quantity",
            "happened_on",
        )
    )
    statements = list(
        Statement.objects.filter(month__closed_at__lt=end_of_day(until)).select_related("month")
    )
    # A line that came into a month closed later waited on that day still.
    closed = {one.pk for one in statements}
    paid: dict[int, Decimal] = defaultdict(lambda: NOTHING)
    found: list[Fault] = []
    sums: dict[tuple[int, str], Decimal] = defaultdict(lambda: NOTHING)
    owed: dict[int, Decimal] = defaultdict(lambda: NOTHING)
    waiting: dict[int, Decimal] = defaultdict(lambda: NOTHING)
    behind: dict[tuple[int, str], Decimal] = defaultdict(lambda: NOTHING)
    for worker, kind, source, target, amount, statement, rate, quantity, day in rows:
        if kind == Kind.EARNING and amount_of(rate, quantity) != amount:
            found.append(Fault(Wrong.EARNING, worker, amount, amount_of(rate, quantity), day))
        sign = (target == Account.WORKER) - (source == Account.WORKER)
        owed[worker] += sign * amount
        if kind == Kind.PAYMENT:
            paid[statement] -= sign * amount
        elif statement in closed:
            sums[statement, kind] += sign * amount
        else:
            waiting[worker] += sign * amount
        for account in (Account.ADVANCE, Account.CLAIM):
            behind[worker, account] += ((target == account) - (source == account)) * amount
    unpaid: dict[int, Decimal] = defaultdict(lambda: NOTHING)
    for one in statements:
        parts = {
            Wrong.GROSS: sum((sums[one.pk, kind] for kind in GROSS), NOTHING),
            Wrong.TAX: -sums[one.pk, Kind.TAX],
            Wrong.DEDUCTED: -sums[one.pk, Kind.DEDUCTION],
            Wrong.RECOVERED: -sums[one.pk, Kind.RECOVERY],
        }
        taken = parts[Wrong.TAX] + parts[Wrong.DEDUCTED] + parts[Wrong.RECOVERED]
        parts[Wrong.NET] = parts[Wrong.GROSS] - taken + sums[one.pk, Kind.CARRIED]
        first = one.month.first
        found += [
            Fault(what, one.worker_id, getattr(one, what), counted, first)
            for what, counted in parts.items()
            if getattr(one, what) != counted
        ]
        if one.withheld is not None and one.withheld.tax != one.tax:
            found.append(Fault(Wrong.FORMULA, one.worker_id, one.tax, one.withheld.tax, first))
        was_paid = one.paid_at is not None and one.paid_at < end_of_day(until)
        if paid[one.pk] != one.net and (was_paid or paid[one.pk] != NOTHING):
            found.append(Fault(Wrong.PAID, one.worker_id, one.net, paid[one.pk], first))
        unpaid[one.worker_id] += one.net - paid[one.pk]
    found += [
        Fault(Wrong.OWED, worker, unpaid[worker] + waiting[worker], amount)
        for worker, amount in owed.items()
        if amount != unpaid[worker] + waiting[worker]
    ]
    found += [
        Fault(Wrong(account), worker, NOTHING, amount)
        for (worker, account), amount in behind.items()
        if amount > 0
    ]
    return found
