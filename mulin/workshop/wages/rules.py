"""The law of wages: one rounding a line, limits of what is taken off, tax tables with their source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from mulin.ground.community.rules import Role
from mulin.ground.figures.rules import MIN_COUNT
from mulin.workshop.production.rules import KEEPERS

#: Who closes months, pays, and reads what everybody earned.
BOOKS: Final = KEEPERS | {Role.ACCOUNTANT}
FEN: Final = Decimal("0.01")
#: So soon whoever says that a statement is wrong is answered. Ours.
ANSWER_DISPUTE: Final = timedelta(days=3)
NOTHING: Final = Decimal(0)
#: 《工资支付暂行规定》第16条: of one month's pay at most so much is taken off for damage.
MOST_DAMAGE: Final = Decimal("0.20")
#: An advance is at most so much of what was earned this month and is not paid yet. Ours.
MOST_ADVANCE: Final = Decimal("0.80")


class Account(StrEnum):
    """Between what money lines run. Into `WORKER` is owed to her, out of it is settled."""

    LABOUR = "labour"  # pieces that were paid by the rate
    BONUS = "bonus"
    WORKER = "worker"
    ADVANCE = "advance"  # below nothing: she had it before it was earned
    CLAIM = "claim"  # below nothing: she bears it and it is not taken off yet
    DAMAGE = "damage"
    TAX = "tax"
    BANK = "bank"  # what left the workshop's account
    ADJUSTMENT = "adjustment"


class Kind(StrEnum):
    """What a money line is."""

    EARNING = "earning"
    BONUS = "bonus"
    ADJUSTMENT = "adjustment"
    ADVANCE = "advance"
    RECOVERY = "recovery"
    CARRIED = "carried"
    CLAIM = "claim"
    DEDUCTION = "deduction"
    TAX = "tax"
    PAYMENT = "payment"


#: kind → (from, to). A line the other way round undoes one of the same kind.
WAYS: Final = {
    Kind.EARNING: (Account.LABOUR, Account.WORKER),
    Kind.BONUS: (Account.BONUS, Account.WORKER),
    Kind.ADJUSTMENT: (Account.ADJUSTMENT, Account.WORKER),
    Kind.ADVANCE: (Account.ADVANCE, Account.BANK),
    Kind.RECOVERY: (Account.WORKER, Account.ADVANCE),
    Kind.CARRIED: (Account.ADVANCE, Account.WORKER),
    Kind.CLAIM: (Account.CLAIM, Account.DAMAGE),
    Kind.DEDUCTION: (Account.WORKER, Account.CLAIM),
    Kind.TAX: (Account.WORKER, Account.TAX),
    Kind.PAYMENT: (Account.WORKER, Account.BANK),
}
#: Lines whose words somebody typed.
WORDED: Final = frozenset({Kind.ADVANCE, Kind.ADJUSTMENT, Kind.CLAIM})
#: What makes a month's gross pay.
GROSS: Final = frozenset({Kind.EARNING, Kind.BONUS, Kind.ADJUSTMENT})


def amount_of(rate: Decimal, quantity: Decimal) -> Decimal:
    """What a line earns: rate × pieces, half a fen up, rounded here and nowhere else.

    The total of a statement is the sum of its lines. Printed on every statement.
    """
    return (rate * quantity).quantize(FEN, ROUND_HALF_UP)


# ── tax that is withheld ─────────────────────────────────────────────────────────────────────


class Relation(StrEnum):
    """What a worker is to the workshop by law. Facts decide it, and whoever keeps the community's
    books; never this program.
    """

    UNDECIDED = "undecided"
    EMPLOYMENT = "employment"  # 劳动关系
    RETIRED = "retired"  # 退休人员, works on
    SERVICE = "service"  # 劳务关系
    MAKING = "making"  # 承揽: she delivers a work, with her own tools and at her own risk


class Scheme(StrEnum):
    """How tax is withheld."""

    UNDECIDED = "undecided"
    SERVICE = "service"  # 劳务报酬
    PLATFORM = "platform"  # 劳务报酬 from an internet platform, reckoned over the year
    EMPLOYED = "employed"  # 工资薪金
    BUSINESS = "business"  # 经营所得: the worker declares it


#: Which schemes a relation may go with. Who is employed earns a wage (《个人所得税法实施条例》第6条);
#: somebody retired earns one or the pay of a service, as the terms are.
SCHEMES_OF: Final[Mapping[Relation, tuple[Scheme, ...]]] = {
    Relation.UNDECIDED: (Scheme.UNDECIDED,),
    Relation.EMPLOYMENT: (Scheme.EMPLOYED,),
    Relation.RETIRED: (Scheme.SERVICE, Scheme.PLATFORM, Scheme.EMPLOYED),
    Relation.SERVICE: (Scheme.SERVICE, Scheme.PLATFORM),
    Relation.MAKING: (Scheme.BUSINESS, Scheme.SERVICE, Scheme.PLATFORM),
}
#: Schemes in which the months of a year are reckoned together.
CUMULATIVE: Final = (Scheme.PLATFORM, Scheme.EMPLOYED)


@dataclass(frozen=True, slots=True)
class Step:
    """Up to so much (None: without end) this rate, less a fixed amount."""

    up_to: Decimal | None
    rate: Decimal
    less: Decimal


@dataclass(frozen=True, slots=True)
class TaxTable:
    """A scheme's table from a day on, with the rule it stands in, and what is free of tax before it
    is asked: `a_month` yuan for each month of the year; or `a_time` yuan of a payment up to `small`;
    and the `share` of a larger one, or of all.
    """

    scheme: Scheme
    since: date
    source: str
    steps: tuple[Step, ...]
    a_month: Decimal = NOTHING
    a_time: Decimal = NOTHING
    small: Decimal = NOTHING
    share: Decimal = NOTHING


def _steps(*rows: tuple[int | None, str, int]) -> tuple[Step, ...]:
    return tuple(
        Step(Decimal(up_to) if up_to is not None else None, Decimal(rate), Decimal(less))
        for up_to, rate, less in rows
    )


_OF_A_YEAR: Final = _steps(
    (36_000, "0.03", 0), (144_000, "0.10", 2_520), (300_000, "0.20", 16_920),
    (420_000, "0.25", 31_920), (660_000, "0.30", 52_920), (960_000, "0.35", 85_920),
    (None, "0.45", 181_920),
)  # fmt: skip
#: What comes anew gets a row of its own with its first day; none is ever changed, for months that
#: were closed by it.
TAX_TABLES: Final = (
    TaxTable(
        Scheme.SERVICE, date(2019, 1, 1), "国家税务总局公告2018年第61号 第8条",
        _steps((20_000, "0.20", 0), (50_000, "0.30", 2_000), (None, "0.40", 7_000)),
        a_time=Decimal(800), small=Decimal(4_000), share=Decimal("0.2"),
    ),
    TaxTable(
        Scheme.EMPLOYED, date(2019, 1, 1), "国家税务总局公告2018年第61号 第6条", _OF_A_YEAR,
        a_month=Decimal(5_000),
    ),
    TaxTable(
        Scheme.PLATFORM, date(2025, 10, 1), "国家税务总局公告2025年第16号 第1条", _OF_A_YEAR,
        a_month=Decimal(5_000), share=Decimal("0.2"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WholeYear:
    """Who the year before was paid in every month by this workshop and had at most `most` yuan has
    `free` yuan free of tax from January on, instead of so much for each month.
    """

    scheme: Scheme
    since: date
    source: str
    most: Decimal
    free: Decimal


#: In force from 2021 on; paragraph 2 opens it to service pay that is withheld over the year. Whether
#: somebody fulfils it, the accountant says for each worker and each year.
WHOLE_YEARS: Final = (
    WholeYear(
        Scheme.EMPLOYED, date(2021, 1, 1), "国家税务总局公告2020年第19号 第1条",
        most=Decimal(60_000), free=Decimal(60_000),
    ),
    WholeYear(
        Scheme.PLATFORM, date(2021, 1, 1), "国家税务总局公告2020年第19号 第2条",
        most=Decimal(60_000), free=Decimal(60_000),
    ),
)  # fmt: skip


def whole_year_of(scheme: Scheme, day: date) -> WholeYear | None:
    """The rule of the whole year for a scheme on a day; None where there is none."""
    rows = [one for one in WHOLE_YEARS if one.scheme is scheme and one.since <= day]
    return max(rows, key=lambda one: one.since, default=None)


def table_of(scheme: Scheme, day: date) -> TaxTable | None:
    """The table of a scheme on a day; None for schemes without withholding."""
    rows = [one for one in TAX_TABLES if one.scheme is scheme and one.since <= day]
    return max(rows, key=lambda one: one.since, default=None)


@dataclass(frozen=True, slots=True)
class Withheld:
    """How the tax of a month came about: (`income` − `free`) × `rate` − `less` − `before`. Over a
    year, income and what is free are those of the year so far, and `before` was withheld in it;
    `a_year` is what of it was free for the whole year at once, nothing where it grew by the month.
    """

    income: Decimal
    free: Decimal
    rate: Decimal
    less: Decimal
    before: Decimal = NOTHING
    a_year: Decimal = NOTHING

    @property
    def base(self) -> Decimal:
        """What is taxed."""
        return max(self.income - self.free, NOTHING)

    @property
    def tax(self) -> Decimal:
        """To the fen, half a fen up; never below nothing: what was too much comes back after the
        year.
        """
        due = (self.base * self.rate - self.less).quantize(FEN, ROUND_HALF_UP)
        return max(due - self.before, NOTHING)


def withheld(
    table: TaxTable, *, income: Decimal, before: Decimal = NOTHING, taxed: Decimal = NOTHING,
    months: int = 1, deductions: Decimal = NOTHING, a_year: Decimal = NOTHING,
) -> Withheld:  # fmt: skip
    """What is withheld from a month's `income`.

    Reckoned over the year, `before` was paid and `taxed` withheld in its months before, `months` are
    counted with this one, and `deductions` are the year's so far (专项扣除、专项附加扣除); `a_year`
    above nothing is free at once instead of so much for each month. A month of continuous work is
    one payment (《个人所得税法实施条例》第14条).
    """
    if table.scheme in CUMULATIVE:
        every = before + income
        free = every * table.share + (a_year or table.a_month * months) + deductions
    else:
        every, taxed, a_year = income, NOTHING, NOTHING
        free = table.a_time if income <= table.small else income * table.share
    base = max(every - free, NOTHING)
    step = next(one for one in table.steps if one.up_to is None or base <= one.up_to)
    return Withheld(every, free, step.rate, step.less, taxed, a_year)


# ── a month of one worker ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class BonusRule:
    """Over a threshold, a share of the piece pay, or an amount. `kind` quality: the threshold is
    the percentage of pieces right the first time; output: yuan earned by the piece.
    """

    name: str
    kind: str
    threshold: Decimal
    percent: Decimal = NOTHING
    yuan: Decimal = NOTHING

    def amount(self, *, earned: Decimal, quality: Decimal | None) -> Decimal:
        """What it gives in a month."""
        reached = earned if self.kind == "output" else quality
        if earned <= 0 or reached is None or reached < self.threshold:
            return NOTHING
        return (earned * self.percent / 100 + self.yuan).quantize(FEN, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Month:
    """What one month of one worker is reckoned from; yuan. Claims below nothing are given back."""

    earned: Decimal
    bonus: Decimal = NOTHING
    adjusted: Decimal = NOTHING
    owed_claims: Decimal = NOTHING
    owed_advance: Decimal = NOTHING
    scheme: Scheme = Scheme.UNDECIDED
    before: Decimal = NOTHING
    withheld: Decimal = NOTHING
    months: int = 1
    deductions: Decimal = NOTHING
    a_year: Decimal = NOTHING
    minimum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What comes of a month. `carried` is what corrections took beyond the pay: owed next month."""

    gross: Decimal
    tax: Decimal
    deducted: Decimal
    recovered: Decimal
    carried: Decimal
    net: Decimal
    formula: Withheld | None = None


def reckon(month: Month, day: date) -> Reckoned:
    """Gross, less tax, less damage (a fifth at most), less advances; never below nothing.

    What cannot be taken off now is carried forward. In employment damage leaves at least the
    minimum wage (《工资支付暂行规定》第16条).
    """
    gross = month.earned + month.bonus + month.adjusted
    refund = max(-month.owed_claims, NOTHING)  # damage was taken off that turned out not to be hers
    if gross + refund <= 0:
        return Reckoned(gross, NOTHING, -refund, NOTHING, -gross - refund, NOTHING)
    formula = _formula(month, gross, day) if gross > 0 else None
    tax = formula.tax if formula is not None else NOTHING
    left = gross - tax
    most = max((gross * MOST_DAMAGE).quantize(FEN, ROUND_DOWN), NOTHING)
    if month.scheme is Scheme.EMPLOYED and month.minimum is not None:
        most = min(most, max(gross - month.minimum, NOTHING))
    deducted = -refund if refund else min(month.owed_claims, most, left)
    left -= deducted
    recovered = min(month.owed_advance, left)
    return Reckoned(gross, tax, deducted, recovered, NOTHING, left - recovered, formula)


def _formula(month: Month, gross: Decimal, day: date) -> Withheld | None:
    table = table_of(month.scheme, day)
    if table is None:
        return None
    return withheld(
        table, income=gross, before=month.before, taxed=month.withheld, months=month.months,
        deductions=month.deductions, a_year=month.a_year,
    )  # fmt: skip


def most_advance(earned: Decimal, owed: Decimal) -> Decimal:
    """How much more can be paid in advance now."""
    return max((earned * MOST_ADVANCE).quantize(FEN, ROUND_DOWN) - owed, NOTHING)


# ── a statement ──────────────────────────────────────────────────────────────────────────────


class State(StrEnum):
    """Where a statement stands."""

    SHOWN = "shown"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    PAID = "paid"


class Deed(StrEnum):
    """What is done to a statement."""

    CONFIRM = "confirm"
    DISPUTE = "dispute"
    ANSWER = "answer"
    PAY = "pay"
    REOPEN = "reopen"  # it was confirmed by mistake
    UNPAY = "unpay"  # it was not paid after all


#: (state, deed) → next state.
MOVES: Final = {
    (State.SHOWN, Deed.CONFIRM): State.CONFIRMED,
    (State.SHOWN, Deed.DISPUTE): State.DISPUTED,
    (State.DISPUTED, Deed.ANSWER): State.SHOWN,
    (State.CONFIRMED, Deed.PAY): State.PAID,
    (State.CONFIRMED, Deed.REOPEN): State.SHOWN,
    (State.PAID, Deed.UNPAY): State.CONFIRMED,
}


def month_of(day: date) -> date:
    """The first day of a month, by which it is named."""
    return day.replace(day=1)


def month_after(first: date) -> date:
    """The first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def month_before(first: date) -> date:
    """The first day of the month before."""
    return month_of(first - timedelta(days=1))


def months_employed(first: date, since: date) -> int:
    """Months of this year in employment up to a month and with it: each has its free amount, also
    one without pay (国家税务总局公告2018年第61号, 第6条).
    """
    begin = max(first.replace(month=1), month_of(since))
    return max(first.month - begin.month + 1, 1)


def deductions_of(first: date, terms: Sequence[tuple[date, Decimal]]) -> Decimal:
    """What an employee's deductions of this year come to, up to a month and with it: `terms` say from
    which day on so much a month, the oldest first; of a month the last that held in it.
    """
    total, month = NOTHING, max(first.replace(month=1), month_of(terms[0][0]))
    while month <= first:
        total += next(a_month for since, a_month in reversed(terms) if since < month_after(month))
        month = month_after(month)
    return total


class Wrong(StrEnum):
    """Which sum of a worker's money was counted again."""

    EARNING = "earning"
    GROSS = "gross"
    TAX = "tax"
    DEDUCTED = "deducted"
    RECOVERED = "recovered"
    NET = "net"
    FORMULA = "formula"  # the tax, by the numbers that are kept of how it came about
    PAID = "paid"
    OWED = "owed"  # all that is open for her
    ADVANCE = "advance"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Fault:
    """A sum that is not what its lines say: whose, of which day, or of the month it begins."""

    what: Wrong
    worker: int
    said: Decimal
    counted: Decimal
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Hourly:
    """What an hour of standard time earned, beside the minimum wage."""

    yuan: Decimal | None
    minimum: Decimal | None
    is_below: bool = field(default=False)


def hourly(gross: Decimal, seconds: int, minimum: Decimal | None) -> Hourly:
    """Pay per hour of standard time; None where no time stands behind it."""
    if seconds <= 0:
        return Hourly(None, minimum)
    earned = (gross * 3600 / seconds).quantize(FEN, ROUND_HALF_UP)
    return Hourly(earned, minimum, minimum is not None and earned < minimum)


# ── the sums of a month ──────────────────────────────────────────────────────────────────────

#: What is added up over a month: the gross pay, what is taken off it, and what is left to be paid.
SUMMED: Final = ("gross", "tax", "deducted", "recovered", "net")
_TAKEN_OFF: Final = ("tax", "deducted", "recovered")


def told_sums(sums: Mapping[str, Decimal], persons: Mapping[str, int]) -> dict[str, Decimal | None]:
    """The sums of a month as they are told to whoever may not see a statement; None is held back.

    `persons`: from how many each sum comes. Fewer than five are not told. What is paid is the gross
    pay less what is taken off, so if one of these is held back, all of them are but the gross pay.
    """
    if persons["gross"] < MIN_COUNT:
        return dict.fromkeys(SUMMED)
    if any(0 < persons[name] < MIN_COUNT for name in _TAKEN_OFF):
        return dict.fromkeys(SUMMED) | {"gross": sums["gross"]}
    return dict(sums)
