"""Advances, corrections, how a worker is taxed and where her money goes, bonuses, minimum wages."""

from datetime import date, datetime
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
from mulin.workshop.production.permissions import check_keeper
from mulin.workshop.wages import queries
from mulin.workshop.wages.models import (
    Bonus,
    MinimumWage,
    MoneyLine,
    PayMonth,
    PayTerms,
    Statement,
)
from mulin.workshop.wages.permissions import may_choose_terms
from mulin.workshop.wages.rules import (
    FEN,
    NOTHING,
    WAYS,
    Account,
    Kind,
    Scheme,
    State,
    most_advance,
)


def pay_advance(
    worker: Worker, *, amount: Decimal, words: str, by: Actor, now: datetime,
    token: str | None = None,
) -> MoneyLine:  # fmt: skip
    """She gets money before the month is over; it is taken off line by line in later statements.

    Raises Refused beyond the limit (`rules.MOST_ADVANCE` of what she has earned and not been paid).
    """
    check_keeper(by)
    _check_amount(amount)
    with recording(by, "wages.pay_advance", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(MoneyLine)
        owed = -queries.balances(Account.ADVANCE, [worker.pk])[worker.pk]
        most = most_advance(queries.earned_open(worker, now), owed)
        if amount > most:
            raise Refused(
                _("At most %(most)s yuan can be paid in advance now.") % {"most": most},
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
    check_keeper(by)
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
    worker: Worker, *, scheme: Scheme, since: date, reason: str, bank_account: str, by: Actor,
    now: datetime, token: str | None = None,
) -> PayTerms:  # fmt: skip
    """How a worker's tax is withheld from a day on, and why; the program computes, it never decides.

    Raises Refused for a day in a month that is closed.
    """
    if not may_choose_terms(by):
        raise NotPermitted(_("Only the head of the community decides this."))
    if not reason.strip():
        raise Refused(_("Write by what facts it was decided."), field="reason")
    last = queries.last_closed()
    if last is not None and since <= last.first:
        raise Refused(_("That month is closed. Choose a later day."), field="since")
    with recording(by, "wages.choose_terms", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(PayTerms)
        number = "".join(bank_account.split())
        if not number:
            held = queries.terms_on(since).get(worker.pk)
            number = held.bank_account or "" if held else ""
        terms: PayTerms = PayTerms.objects.create(
            community_id=by.community_id, worker=worker, scheme=scheme, since=since,
            reason=reason.strip(), bank_account=number or None, decided_by_id=by.account_id,
        )  # fmt: skip
        # The number of the account stands in no act.
        act.on(terms, after={"worker": worker.pk, "scheme": scheme, "since": since})
    return terms


def set_bonus(
    *, name: str, kind: str, threshold: Decimal, percent: Decimal, yuan: Decimal, since: date,
    source: str, by: Actor, now: datetime, token: str | None = None,
) -> Bonus:  # fmt: skip
    """A bonus rule from a day on; it counts in months that begin on that day or later."""
    check_keeper(by)
    if percent <= 0 and yuan <= 0:
        raise Refused(_("A bonus gives a share or an amount."), field="percent")
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


def set_minimum(
    *, month_yuan: Decimal, hour_yuan: Decimal, since: date, source: str, by: Actor,
    now: datetime, token: str | None = None,
) -> MinimumWage:  # fmt: skip
    """The local minimum wage from a day on, as the office published it."""
    check_keeper(by)
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


def payment_file(month: PayMonth, *, by: Actor, now: datetime, token: str | None = None) -> bytes:
    """What the bank is to pay for a month: confirmed statements that are not paid, to the fen.

    Everybody's account number stands in it, so that it was made is written down.
    """
    check_keeper(by)
    with recording(by, "wages.payment_file", now=now, token=token) as act:
        statements = list(
            Statement.objects.filter(month=month, state=State.CONFIRMED, net__gt=NOTHING)
            .select_related("worker__person")
            .order_by("worker__person__pinyin", "id")
        )
        terms = queries.terms_on(local_day(now))
        if not act.is_repeat:
            act.on(month, after={"statements": len(statements)})
    return write_xlsx(
        [_("Name"), _("Bank account"), _("Yuan"), _("Paid for")],
        [
            (
                one.worker.person.name,
                (terms[one.worker_id].bank_account or "") if one.worker_id in terms else "",
                one.net,
                f"{month.first:%Y-%m}",
            )
            for one in statements
        ],
    )


def _check_amount(amount: Decimal) -> None:
    if amount <= 0 or amount != amount.quantize(FEN):
        raise Refused(_("Write an amount above nothing, to the fen."), field="amount")
