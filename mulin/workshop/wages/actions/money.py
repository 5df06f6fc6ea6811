"""Advances, corrections, how a worker is taxed and where her money goes, bonuses, minimum wages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.ids import next_id
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.sheets import write_xlsx
from mulin.workshop.production.models import Worker
from mulin.workshop.wages import queries
from mulin.workshop.wages.models import (
    SCHEME_LABELS,
    Bonus,
    MinimumWage,
    MoneyLine,
    PayMonth,
    PayTerms,
    Statement,
)
from mulin.workshop.wages.permissions import check_books, check_payments, may_choose_terms
from mulin.workshop.wages.rules import (
    FEN,
    NOTHING,
    SCHEMES_OF,
    WAYS,
    Account,
    Kind,
    Relation,
    Scheme,
    month_after,
    most_advance,
    table_of,
    whole_year_of,
)

MOST_PERCENT = 100


def pay_advance(
    worker: Worker, *, amount: Decimal, words: str, by: Actor, now: datetime,
    token: str | None = None,
) -> MoneyLine:  # fmt: skip
    """She gets money before the month is over; it is taken off line by line in later statements.

    Raises Refused beyond the limit (`rules.MOST_ADVANCE` of what she has earned and not been paid).
    """
    check_books(by)
    _check_amount(amount)
    with recording(by, "wages.pay_advance", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(MoneyLine)
        owed = -queries.balances(Account.ADVANCE, [worker.pk])[worker.pk]
        most = most_advance(queries.earned_open(worker, now), owed)
        if amount > most:
            raise Refused(
                _("At most %(most)s yuan can be paid in advance now."),
                {"most": most},
                field="amount",
            )
        source, target = WAYS[Kind.ADVANCE]
        line: MoneyLine = MoneyLine.objects.create(
            community_id=by.community_id, worker=worker, kind=Kind.ADVANCE, source=source,
            target=target, amount=amount, words=words.strip(), happened_on=local_day(now), at=now,
            entered_by_id=by.account_id, key=f"a{next_id()}",
        )  # fmt: skip
        act.on(line, after={"worker": worker.pk, "amount": amount})
    return line


def correct(
    worker: Worker, *, amount: Decimal, words: str, by: Actor, now: datetime,
    corrects: MoneyLine | None = None, token: str | None = None,
) -> MoneyLine:  # fmt: skip
    """What was wrong in a closed month becomes a line of the next one, up or down, with the reason;
    it points at the line it corrects.
    """
    check_books(by)
    _check_amount(abs(amount))
    if not words.strip():
        raise Refused(_("Say what is corrected, and why."), field="words")
    if corrects is not None and corrects.worker_id != worker.pk:
        raise Refused(_("That line is another worker's."), field="corrects")
    with recording(by, "wages.correct", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(MoneyLine)
        source, target = WAYS[Kind.ADJUSTMENT]
        if amount < 0:
            source, target = target, source
        line: MoneyLine = MoneyLine.objects.create(
            community_id=by.community_id, worker=worker, kind=Kind.ADJUSTMENT, source=source,
            target=target, amount=abs(amount), words=words.strip(), corrects=corrects,
            happened_on=local_day(now), at=now, entered_by_id=by.account_id, key=f"k{next_id()}",
        )  # fmt: skip
        act.on(line, after={"worker": worker.pk, "amount": amount})
    return line


def choose_terms(
    worker: Worker, *, relation: Relation, scheme: Scheme, since: date, reason: str,
    bank_account: str, by: Actor, now: datetime, deduction: Decimal = NOTHING,
    whole_year: bool = False, token: str | None = None,
) -> PayTerms:  # fmt: skip
    """What a worker is by law and how her tax is withheld from a day on, and why; the program
    computes, it never decides. `whole_year`: in the year of that day the free amount of the whole
    year counts from January on (国家税务总局公告2020年第19号).

    Raises Refused for a scheme that does not go with the relation or has no table on that day, for
    a whole year that goes with no such scheme or against what she earned here the year before, and
    for a day in a month that is closed.
    """
    if not may_choose_terms(by):
        raise NotPermitted(_("The community's accountant or its head decides this."))
    _check_scheme(relation, scheme, since)
    if deduction < 0:
        raise Refused(_("Write an amount not below nothing, to the fen."), field="deduction")
    if whole_year:
        _check_whole_year(worker, scheme, since)
    if not reason.strip():
        raise Refused(_("Write by what facts it was decided."), field="reason")
    last = queries.last_closed()
    if last is not None and since < month_after(last.first):
        raise Refused(_("That month is closed. Choose a later day."), field="since")
    with recording(by, "wages.choose_terms", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(PayTerms)
        number = "".join(bank_account.split())
        if not number:
            held = queries.terms_on(since).get(worker.pk)
            number = held.bank_account or "" if held else ""
        terms: PayTerms = PayTerms.objects.create(
            community_id=by.community_id, worker=worker, relation=relation, scheme=scheme,
            since=since, reason=reason.strip(), deduction=deduction,
            free_year=since.year if whole_year else None,
            bank_account=number or None, decided_by_id=by.account_id,
        )  # fmt: skip
        # The number of the account stands in no act.
        act.on(
            terms,
            after={
                "worker": worker.pk, "relation": relation, "scheme": scheme, "since": since,
                "free_year": terms.free_year,
            },
        )  # fmt: skip
    return terms


def _check_whole_year(worker: Worker, scheme: Scheme, since: date) -> None:
    """Months that this program never saw are the accountant's to know; what it saw it holds against
    the limit.
    """
    rule = whole_year_of(scheme, since)
    if rule is None:
        raise Refused(
            _("This goes only with a wage or with pay over a platform, and from 2021 on."),
            field="whole_year",
        )
    known = queries.paid_in_year(worker, scheme, since.year - 1)
    if known.gross > rule.most:
        raise Refused(
            _(
                "In %(year)s she earned %(gross)s yuan here, more than %(most)s. The months are"
                " counted one by one."
            ),
            {"year": since.year - 1, "gross": known.gross, "most": rule.most},
            field="whole_year",
        )


def _check_scheme(relation: Relation, scheme: Scheme, since: date) -> None:
    fitting = SCHEMES_OF[relation]
    if scheme not in fitting:
        words = "; ".join(str(SCHEME_LABELS[one]) for one in fitting)
        raise Refused(
            _("With what she is by law goes only: %(schemes)s."),
            {"schemes": words},
            field="scheme",
        )
    is_withheld = scheme not in {Scheme.UNDECIDED, Scheme.BUSINESS}
    if is_withheld and table_of(scheme, since) is None:
        raise Refused(_("On that day this rule was not in force yet."), field="since")


def set_bonus(
    *, name: str, kind: str, threshold: Decimal, percent: Decimal, yuan: Decimal, since: date,
    source: str, by: Actor, now: datetime, token: str | None = None,
) -> Bonus:  # fmt: skip
    """A bonus rule from a day on; it counts in months that begin on that day or later."""
    check_books(by)
    if percent <= 0 and yuan <= 0:
        raise Refused(_("A bonus gives a share or an amount."), field="percent")
    if percent > MOST_PERCENT:
        raise Refused(_("At most a hundred percent."), field="percent")
    last = queries.last_closed()
    if last is not None and since <= last.first:
        raise Refused(_("That month is closed. Choose a later day."), field="since")
    with recording(by, "wages.set_bonus", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Bonus)
        bonus: Bonus = Bonus.objects.create(
            community_id=by.community_id, name=name.strip(), kind=kind, threshold=threshold,
            percent=percent, yuan=yuan, since=since, source=source.strip(),
        )  # fmt: skip
        act.on(bonus, after={"name": bonus.name, "percent": percent, "yuan": yuan})
    return bonus


def end_bonus(
    bonus: Bonus, *, until: date, by: Actor, now: datetime, token: str | None = None
) -> Bonus:
    """A bonus rule ends: it counts in months that are over on that day or before. Raises Refused
    for a day before it began, and for one in a month that is closed.
    """
    check_books(by)
    last = queries.last_closed()
    if last is not None and until < month_after(last.first) - timedelta(days=1):
        raise Refused(_("That month is closed. Choose a later day."), field="until")
    with recording(by, "wages.end_bonus", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Bonus)
        current: Bonus = Bonus.objects.get(pk=bonus.pk)
        if until < current.since:
            raise Refused(_("It begins after that day only."), field="until")
        current.until = until
        current.save(update_fields=["until"])
        act.on(current, after={"until": until})
    return current


def set_minimum(
    *, month_yuan: Decimal, hour_yuan: Decimal, since: date, source: str, by: Actor,
    now: datetime, token: str | None = None,
) -> MinimumWage:  # fmt: skip
    """The local minimum wage from a day on, as the office published it."""
    check_books(by)
    if not source.strip():
        raise Refused(_("Write where it was published."), field="source")
    with recording(by, "wages.set_minimum", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(MinimumWage)
        try:
            with transaction.atomic():
                row: MinimumWage = MinimumWage.objects.create(
                    community_id=by.community_id, month_yuan=month_yuan, hour_yuan=hour_yuan,
                    since=since, source=source.strip(),
                )  # fmt: skip
        except IntegrityError:
            raise Refused(
                _("Something is set from this day on already. Choose another day."), field="since"
            ) from None
        act.on(row, after={"month": month_yuan, "hour": hour_yuan, "since": since})
    return row


@dataclass(frozen=True, slots=True)
class Payment:
    """What the bank is to pay somebody, in yuan."""

    name: str
    bank_account: str
    yuan: Decimal


def payment_list(
    month: PayMonth, *, by: Actor, now: datetime, filed_at: datetime | None = None,
    token: str | None = None,
) -> list[Payment]:  # fmt: skip
    """What the bank is to pay for a month: confirmed statements with an account that stand in no
    file yet, to the fen. With `filed_at` the file of that moment again. Raises NotPermitted, and
    Refused for an empty one.

    Everybody's account number stands in it, so that it was made is written down.
    """
    check_payments(by)
    terms = queries.terms_on(local_day(now))
    with recording(by, "wages.payment_file", now=now, token=token) as act:
        # Sent again it is the file of the first time, whatever was made since.
        again = filed_at or act.first_at
        statements = [
            one for one in queries.to_be_filed(month, again) if _account(terms, one) is not None
        ]
        if not statements:
            raise Refused(_("Nobody with a bank account waits to be paid."))
        if again is None:
            Statement.objects.filter(pk__in=[one.pk for one in statements]).update(filed_at=now)
        if not act.is_repeat:
            act.on(month, after={"statements": len(statements)})
    return [
        Payment(one.worker.person.name, _account(terms, one) or "", one.net) for one in statements
    ]


def payment_file(
    month: PayMonth, *, by: Actor, now: datetime, filed_at: datetime | None = None,
    token: str | None = None,
) -> bytes:  # fmt: skip
    """The same as the table that a bank takes. Raises what `payment_list` raises."""
    found = payment_list(month, by=by, now=now, filed_at=filed_at, token=token)
    return write_xlsx(
        [_("Name"), _("Bank account"), _("Yuan"), _("Paid for")],
        [(one.name, one.bank_account, one.yuan, f"{month.first:%Y-%m}") for one in found],
    )


def without_account(month: PayMonth, today: date) -> list[Statement]:
    """Who waits for money and stands in no file, because nobody wrote down an account."""
    terms = queries.terms_on(today)
    return [one for one in queries.to_be_filed(month) if _account(terms, one) is None]


def _account(terms: dict[int, PayTerms], statement: Statement) -> str | None:
    held = terms.get(statement.worker_id)
    return (held.bank_account or None) if held else None


def _check_amount(amount: Decimal) -> None:
    if amount <= 0 or amount != amount.quantize(FEN):
        raise Refused(_("Write an amount above nothing, to the fen."), field="amount")
