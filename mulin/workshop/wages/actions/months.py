"""A month is closed once; its statements are shown, confirmed, disputed, paid."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.ids import next_id
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.workshop.production.models import Movement
from mulin.workshop.production.permissions import check_keeper
from mulin.workshop.production.rules import Spot
from mulin.workshop.wages import queries
from mulin.workshop.wages.models import MoneyLine, PayMonth, Statement
from mulin.workshop.wages.permissions import is_hers, may_answer_for
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
    amount_of,
    month_after,
    month_before,
    month_of,
    months_employed,
    reckon,
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
    check_keeper(by)
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


class _Closing:
    """The work of closing one month: a fixed number of queries, then everything in memory."""

    def __init__(self, month: PayMonth, by: Actor, now: datetime) -> None:
        self.month, self.by, self.now = month, by, now
        self.first = month.first
        self.day = month_after(month.first) - timedelta(days=1)
        self.lines: dict[int, list[MoneyLine]] = defaultdict(list)
        self.seconds: dict[int, int] = defaultdict(int)
        self.claims: dict[int, Decimal] = defaultdict(lambda: NOTHING)
        self.updated: list[MoneyLine] = []

    def run(self) -> int:
        self._earnings()
        self._claims()
        # A close comes days after the month is over: what happened since then waits for the next.
        waiting = list(
            MoneyLine.objects.filter(statement__isnull=True, happened_on__lte=self.day).exclude(
                kind=Kind.PAYMENT
            )
        )
        owed_claims = queries.balances(Account.CLAIM, until=self.day)
        owed_advance = queries.balances(Account.ADVANCE, until=self.day)
        for line in waiting:
            self.updated.append(line)
            self.lines[line.worker_id].append(line)
        terms = queries.terms_on(self.day)
        bonus_rules, quality = queries.bonus_rules(self.first), queries.qualities_of(self.first)
        minimum = queries.minimum_on(self.day)
        year, employed = queries.year_before(self.first), queries.employed_since()
        statements: list[Statement] = []
        for worker_id in sorted(self.lines):
            lines = self.lines[worker_id]
            earned = _sum(lines, {Kind.EARNING})
            for rule in bonus_rules:
                amount = rule.amount(earned=earned, quality=quality.get(worker_id))
                if amount:
                    self._line(worker_id, Kind.BONUS, amount, words=rule.name)
            scheme = Scheme(terms[worker_id].scheme) if worker_id in terms else Scheme.UNDECIDED
            before, withheld = year.get(worker_id, (NOTHING, NOTHING))
            reckoned = reckon(
                Month(
                    earned=earned, bonus=_sum(lines, {Kind.BONUS}),
                    adjusted=_sum(lines, {Kind.ADJUSTMENT}), scheme=scheme, before=before,
                    owed_claims=self.claims[worker_id] - owed_claims[worker_id],
                    owed_advance=max(-owed_advance[worker_id], NOTHING),
                    withheld=withheld,
                    months=months_employed(self.first, employed.get(worker_id, self.first)),
                    minimum=minimum.month_yuan if minimum else None,
                ),
                self.day,
            )  # fmt: skip
            statements.append(self._statement(worker_id, scheme, reckoned))
        self._write(statements)
        return len(statements)

    def _earnings(self) -> None:
        for row in queries.unpaid_verdicts(self.first).iterator(chunk_size=_BATCH):
            if row.lot is None or row.lot.rate is None:
                continue
            is_undone = row.reverses_id is not None
            worker_id = row.target_worker_id if is_undone else row.source_worker_id
            amount = amount_of(row.lot.rate, row.quantity)
            seconds = int(row.quantity) * row.lot.order.operation.seconds
            self.seconds[worker_id or 0] += -seconds if is_undone else seconds
            if amount:
                self._line(
                    worker_id or 0, Kind.EARNING, amount, row=row, is_undone=is_undone,
                    words=f"{row.lot.order.product} {row.lot}", rate=row.lot.rate,
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
                    worker_id, Kind.CLAIM, amount, row=row, is_undone=is_undone,
                    words=f"{row.lot.order.product} {row.lot} {row.note}"[:200],
                    rate=row.lot.order.material_yuan,
                )  # fmt: skip

    def _line(
        self, worker_id: int, kind: Kind, amount: Decimal, *, words: str = "",
        row: Movement | None = None, is_undone: bool = False, rate: Decimal | None = None,
    ) -> None:  # fmt: skip
        source, target = WAYS[kind]
        if is_undone:
            source, target = target, source
        self.lines[worker_id].append(
            MoneyLine(
                community_id=self.by.community_id, worker_id=worker_id, kind=kind, source=source,
                target=target, amount=amount, words=words, movement=row, rate=rate,
                quantity=row.quantity if row else None,
                happened_on=local_day(row.at) if row else self.day, at=self.now,
                entered_by_id=self.by.account_id,
                key=f"v{row.pk}" if row else f"c{self.month.pk}-{worker_id}-{next_id()}",
            )
        )  # fmt: skip

    def _statement(self, worker_id: int, scheme: Scheme, reckoned: Reckoned) -> Statement:
        for kind, amount in (
            (Kind.TAX, reckoned.tax), (Kind.DEDUCTION, reckoned.deducted),
            (Kind.RECOVERY, reckoned.recovered), (Kind.CARRIED, reckoned.carried),
        ):  # fmt: skip
            if amount:
                self._line(worker_id, kind, abs(amount), is_undone=amount < 0)
        statement = Statement(
            community_id=self.by.community_id, month=self.month, worker_id=worker_id,
            scheme=scheme, gross=reckoned.gross, tax=reckoned.tax, deducted=reckoned.deducted,
            recovered=reckoned.recovered, net=reckoned.net,
            seconds=max(self.seconds[worker_id], 0),
        )  # fmt: skip
        for line in self.lines[worker_id]:
            line.statement = statement
        return statement

    def _write(self, statements: list[Statement]) -> None:
        Statement.objects.bulk_create(statements, batch_size=_BATCH)
        known = {line.pk for line in self.updated}
        fresh = [line for lines in self.lines.values() for line in lines if line.pk not in known]
        MoneyLine.objects.bulk_create(fresh, batch_size=_BATCH)
        MoneyLine.objects.bulk_update(self.updated, ["statement"], batch_size=_BATCH)


def _sign(line: MoneyLine, account: Account) -> int:
    return (line.target == account) - (line.source == account)


def _sum(lines: list[MoneyLine], kinds: "set[Kind]") -> Decimal:
    return sum(
        (_sign(one, Account.WORKER) * one.amount for one in lines if one.kind in kinds), NOTHING
    )


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
        check_keeper(by)
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
    check_keeper(by)
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
