"""A month is closed once; its statements are shown, confirmed, disputed, paid."""

from collections import defaultdict
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.kit.bulk import insert_rows
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.ids import next_id
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.workshop.production.rules import Spot, lot_name
from mulin.workshop.wages import queries
from mulin.workshop.wages.models import MoneyLine, PayMonth, PayTerms, Statement
from mulin.workshop.wages.permissions import check_books, is_hers, may_answer_for
from mulin.workshop.wages.rules import (
    MOVES,
    NOTHING,
    WAYS,
    Account,
    Deed,
    Kind,
    Month,
    Reckoned,
    Scheme,
    State,
    Withheld,
    amount_of,
    month_after,
    month_before,
    month_of,
    reckon,
    whole_year_of,
)

_BATCH = 2_000
_WORDS_FOR = {
    Deed.DISPUTE: _("Say what is wrong, so that it can be looked for."),
    Deed.ANSWER: _("Write what was found."),
    Deed.PAY: _("Write how it was paid: the bank's number, or that she signed."),
    Deed.REOPEN: _("Say why it was confirmed by mistake."),
    Deed.UNPAY: _("Say why it was not paid after all."),
}


def close_month(first: date, *, by: Actor, now: datetime, token: str | None = None) -> PayMonth:
    """Reckon everybody's month and show the statements. Raises Refused for a month that is not
    over, was closed already, or has an open one before it; and where a later one is closed, unless
    its pieces were written down afterwards (the books of years before) and no tax hangs on it.

    Everything written down until its last day and in no month yet belongs to it, also what happened
    in a month before and came late: the line says the day.
    """
    check_books(by)
    first = month_of(first)
    if now < start_of_day(month_after(first)):
        raise Refused(_("The month is not over yet."), field="month")
    with recording(by, "wages.close_month", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(PayMonth)
        later = PayMonth.objects.filter(first__gte=first)
        if later.exists() and not queries.is_brought_in(first):
            raise Refused(_("This month, or a later one, is closed already."), field="month")
        if _is_one_open_before(first, PayMonth.objects.filter(first__lt=first).first()):
            raise Refused(
                _("A month before it is open still. Close that one first."), field="month"
            )
        month: PayMonth = PayMonth.objects.create(
            community_id=by.community_id, first=first, closed_at=now, closed_by_id=by.account_id
        )
        count = _Closing(month, by, now).run()
        act.on(month, after={"month": first, "statements": count})
    return month


def _is_one_open_before(first: date, last: PayMonth | None) -> bool:
    """Months are closed one after the other, from the first in which something was earned."""
    if last is not None:
        return first != month_after(last.first)
    return queries.unpaid_verdicts(month_before(first)).exists()


@dataclass(slots=True)
class _Line:
    """A money line that is not written yet."""

    worker_id: int
    kind: Kind
    source: Account
    target: Account
    amount: Decimal
    words: str
    happened_on: date
    key: str
    movement_id: int | None
    rate: Decimal | None
    quantity: Decimal | None


#: What differs from line to line; the statement comes last, for it is made when all lines are known.
_COLUMNS = (*(one.name for one in fields(_Line)), "statement_id")


class _Closing:
    """The work of closing one month: a fixed number of queries, then everything in memory."""

    def __init__(self, month: PayMonth, by: Actor, now: datetime) -> None:
        self.month, self.by, self.now = month, by, now
        self.first = month.first
        self.day = month_after(month.first) - timedelta(days=1)
        self.lines: list[_Line] = []
        #: (worker, kind) → what her lines of a kind come to, for her above nothing.
        self.sums: dict[tuple[int, str], Decimal] = defaultdict(lambda: NOTHING)
        self.workers: set[int] = set()
        self.seconds: dict[int, int] = defaultdict(int)
        self.claims: dict[int, Decimal] = defaultdict(lambda: NOTHING)

    def run(self) -> int:
        self._earnings()
        self._claims()
        # A close comes days after the month is over: what happened since then waits for the next.
        waiting = list(
            MoneyLine.objects.filter(statement__isnull=True, happened_on__lte=self.day)
            .exclude(kind=Kind.PAYMENT)
            .only("worker_id", "kind", "source", "target", "amount")
        )
        owed_claims = queries.balances(Account.CLAIM, until=self.day)
        owed_advance = queries.balances(Account.ADVANCE, until=self.day)
        for line in waiting:
            self._count(line)
        terms = queries.terms_on(self.day)
        bonus_rules, quality = queries.bonus_rules(self.first), queries.qualities_of(self.first)
        minimum = queries.minimum_on(self.day)
        whole = {pk: self._free_at_once(one) for pk, one in terms.items()}
        years = queries.years_so_far(self.first, {pk for pk, free in whole.items() if free})
        statements: list[Statement] = []
        for worker_id in sorted(self.workers):
            earned = self.sums[worker_id, Kind.EARNING]
            for rule in bonus_rules:
                amount = rule.amount(earned=earned, quality=quality.get(worker_id))
                if amount:
                    self._line(worker_id, Kind.BONUS, amount, words=rule.name)
            scheme = Scheme(terms[worker_id].scheme) if worker_id in terms else Scheme.UNDECIDED
            year = years.get((worker_id, scheme), queries.Year())
            reckoned = reckon(
                Month(
                    earned=earned, bonus=self.sums[worker_id, Kind.BONUS],
                    adjusted=self.sums[worker_id, Kind.ADJUSTMENT], scheme=scheme,
                    before=year.before, withheld=year.withheld, months=year.months,
                    deductions=year.deductions, a_year=whole.get(worker_id, NOTHING),
                    owed_claims=self.claims[worker_id] - owed_claims[worker_id],
                    owed_advance=max(-owed_advance[worker_id], NOTHING),
                    minimum=minimum.month_yuan if minimum else None,
                ),
                self.day,
            )  # fmt: skip
            statements.append(self._statement(worker_id, scheme, reckoned))
        self._write(statements, waiting)
        return len(statements)

    def _free_at_once(self, terms: PayTerms) -> Decimal:
        """What is free for the whole year, where her terms say so for this year."""
        rule = whole_year_of(Scheme(terms.scheme), self.day)
        return rule.free if rule and terms.free_year == self.first.year else NOTHING

    def _earnings(self) -> None:
        rows = queries.VerdictRow.of(queries.unpaid_verdicts(self.first))
        for row in rows:
            worker_id = (row.target_worker if row.reverses else row.source_worker) or 0
            amount = amount_of(row.rate, row.quantity)
            seconds = int(row.quantity) * row.seconds
            self.seconds[worker_id] += -seconds if row.reverses else seconds
            if amount:
                self._line(
                    worker_id, Kind.EARNING, amount, movement_id=row.pk, at=row.at,
                    is_undone=row.reverses is not None, quantity=row.quantity, rate=row.rate,
                    words=f"{row.product} {lot_name(row.order, row.lot)}",
                )  # fmt: skip

    def _claims(self) -> None:
        for row in queries.careless_losses(self.first):
            is_undone = row.source == Spot.LOSS
            worker_id = row.target_worker_id if is_undone else row.source_worker_id
            if row.lot is None or worker_id is None:
                continue
            amount = amount_of(row.lot.order.material_yuan, row.quantity)
            if amount:
                self.claims[worker_id] += -amount if is_undone else amount
                self._line(
                    worker_id, Kind.CLAIM, amount, movement_id=row.pk, at=row.at,
                    is_undone=is_undone, quantity=row.quantity, rate=row.lot.order.material_yuan,
                    words=f"{row.lot.order.product} {row.lot} {row.note}"[:200],
                )  # fmt: skip

    def _line(
        self, worker_id: int, kind: Kind, amount: Decimal, *, words: str = "",
        movement_id: int | None = None, at: datetime | None = None, is_undone: bool = False,
        quantity: Decimal | None = None, rate: Decimal | None = None,
    ) -> None:  # fmt: skip
        source, target = WAYS[kind]
        if is_undone:
            source, target = target, source
        line = _Line(
            worker_id, kind, source, target, amount, words,
            happened_on=local_day(at) if at else self.day,
            key=f"v{movement_id}" if movement_id else f"c{self.month.pk}-{worker_id}-{next_id()}",
            movement_id=movement_id, rate=rate, quantity=quantity,
        )  # fmt: skip
        self.lines.append(line)
        self._count(line)

    def _count(self, line: _Line | MoneyLine) -> None:
        self.workers.add(line.worker_id)
        sign = (line.target == Account.WORKER) - (line.source == Account.WORKER)
        self.sums[line.worker_id, line.kind] += sign * line.amount

    def _statement(self, worker_id: int, scheme: Scheme, reckoned: Reckoned) -> Statement:
        for kind, amount in (
            (Kind.TAX, reckoned.tax), (Kind.DEDUCTION, reckoned.deducted),
            (Kind.RECOVERY, reckoned.recovered), (Kind.CARRIED, reckoned.carried),
        ):  # fmt: skip
            if amount:
                self._line(worker_id, kind, abs(amount), is_undone=amount < 0)
        return Statement(
            community_id=self.by.community_id, month=self.month, worker_id=worker_id,
            scheme=scheme, gross=reckoned.gross, tax=reckoned.tax, deducted=reckoned.deducted,
            recovered=reckoned.recovered, net=reckoned.net, formula=_told(reckoned.formula),
            seconds=max(self.seconds[worker_id], 0),
        )  # fmt: skip

    def _write(self, statements: list[Statement], waiting: list[MoneyLine]) -> None:
        Statement.objects.bulk_create(statements, batch_size=_BATCH)
        made = {one.worker_id: one.pk for one in statements}
        values = attrgetter(*_COLUMNS[:-1])
        insert_rows(
            MoneyLine, _COLUMNS,
            ((*values(line), made[line.worker_id]) for line in self.lines),
            same={
                "community_id": self.by.community_id, "at": self.now,
                "entered_by_id": self.by.account_id,
            },
        )  # fmt: skip
        for line in waiting:
            line.statement_id = made[line.worker_id]
        MoneyLine.objects.bulk_update(waiting, ["statement"], batch_size=_BATCH)


def _told(formula: Withheld | None) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(formula).items()} if formula else {}


def do_to_statement(
    statement: Statement, deed: Deed, *, by: Actor, now: datetime, words: str = "",
    token: str | None = None,
) -> Statement:  # fmt: skip
    """She confirms or disputes (herself, or signed on paper); the workshop answers, and pays. Both
    can be taken back with the reason; what stood in a file for the bank comes into no other one
    before it was confirmed anew.

    No sum of a closed month changes: what was wrong becomes a correction of the next one.
    """
    if deed not in {Deed.CONFIRM, Deed.DISPUTE}:
        check_books(by)
    elif not may_answer_for(by, statement):
        raise NotPermitted(_("This is not yours to do."))
    if deed in _WORDS_FOR and not words.strip():
        raise Refused(_WORDS_FOR[deed], field="words")
    with recording(by, f"wages.{deed}_statement", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Statement)
        after = MOVES.get((State(statement.state), deed))
        if after is None:
            raise Refused(_("This cannot be done now. Open it again to see where it stands."))
        changes = {"state": after.value} | _said(statement, deed, words.strip(), by=by, now=now)
        same = Statement.objects.filter(pk=statement.pk, state=statement.state)
        if same.update(**changes) != 1:
            raise TakenMeanwhile(
                _("Somebody else was a moment quicker. Open it again to see where it stands.")
            )
        for name, value in changes.items():
            setattr(statement, name, value)
        _follow_up(statement, deed, words.strip(), by=by, now=now)
        act.on(statement, after={"state": after} | _reason(deed, words.strip()))
    return statement


def _reason(deed: Deed, words: str) -> dict[str, object]:
    """Why something was taken back stands in the act: nothing of the statement says so later."""
    return {"reason": words} if deed in {Deed.REOPEN, Deed.UNPAY} else {}


def _follow_up(statement: Statement, deed: Deed, words: str, *, by: Actor, now: datetime) -> None:
    """What a deed brings with it: money that goes or comes back, a word to her."""
    if deed is Deed.PAY:
        _pay(statement, by=by, now=now)
    elif deed is Deed.UNPAY:
        _take_payment_back(statement, words, by=by, now=now)
    elif deed is Deed.ANSWER:
        _tell(statement, by=by, now=now)


def pay_file(
    month: PayMonth, filed_at: datetime, *, words: str, by: Actor, now: datetime,
    token: str | None = None,
) -> PayMonth:  # fmt: skip
    """The bank paid a whole file: everybody in it who is not paid yet is now.

    Raises Refused where nobody of it waits.
    """
    check_books(by)
    if not words.strip():
        raise Refused(_WORDS_FOR[Deed.PAY], field="words")
    with recording(by, "wages.pay_file", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(PayMonth)
        waiting = Statement.objects.select_related("worker").filter(
            month=month, filed_at=filed_at, state=State.CONFIRMED
        )
        statements = list(waiting)
        if not statements:
            raise Refused(_("Nobody of this file waits to be paid."))
        for one in statements:
            one.state, one.paid_at, one.proof = State.PAID.value, now, words.strip()[:120]
            _pay(one, by=by, now=now)
        Statement.objects.bulk_update(statements, ["state", "paid_at", "proof"], batch_size=_BATCH)
        act.on(month, after={"statements": len(statements), "filed_at": filed_at})
    return month


def _said(
    statement: Statement, deed: Deed, words: str, *, by: Actor, now: datetime
) -> dict[str, object]:
    """What was said with a deed, by column."""
    changes: dict[str, object] = {}
    if deed in {Deed.CONFIRM, Deed.DISPUTE}:
        channel = by.channel if is_hers(by, statement) else "paper"
        changes |= {"answered_at": now, "answered_by": channel}
    if deed is Deed.DISPUTE:
        changes["dispute"] = words
    if deed is Deed.ANSWER:
        changes["answer"] = words
    if deed is Deed.PAY:
        changes |= {"paid_at": now, "proof": words[:120]}
    if deed is Deed.UNPAY:
        changes |= {"paid_at": None, "proof": ""}
    if deed is Deed.REOPEN:
        changes |= {"answered_at": None, "answered_by": "", "filed_at": None}
    return changes


def _pay(statement: Statement, *, by: Actor, now: datetime) -> None:
    if not statement.net:
        return
    source, target = WAYS[Kind.PAYMENT]
    MoneyLine.objects.create(
        community_id=by.community_id, worker=statement.worker, kind=Kind.PAYMENT, source=source,
        target=target, amount=statement.net, statement=statement, words=statement.proof,
        happened_on=local_day(now), at=now, entered_by_id=by.account_id,
        key=f"p{next_id()}",
    )  # fmt: skip


def _take_payment_back(statement: Statement, words: str, *, by: Actor, now: datetime) -> None:
    """A second line brings the money back; both stay. The bank's own books know of neither."""
    paid = statement.lines.filter(kind=Kind.PAYMENT, source=Account.WORKER).last()
    if paid is None:
        return
    MoneyLine.objects.create(
        community_id=by.community_id, worker=statement.worker, kind=Kind.PAYMENT,
        source=paid.target, target=paid.source, amount=paid.amount, statement=statement,
        corrects=paid, words=words[:200], happened_on=local_day(now), at=now,
        entered_by_id=by.account_id, key=f"p{next_id()}",
    )  # fmt: skip


def _tell(statement: Statement, *, by: Actor, now: datetime) -> None:
    account = statement.worker.person.account_id
    if account is not None:
        tell(
            ("account", account), by=by, topic="workshop", now=now,
            subject=gettext("The workshop looked at your statement"), body=statement.answer,
            path=f"/wages/{statement.pk}/", key=f"statement-{statement.pk}-{now:%Y%m%d%H%M%S}",
        )  # fmt: skip
