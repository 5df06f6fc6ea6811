"""An agreement is made, signed, confirmed by a court, kept; somebody visits; the case is closed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.actions.intake import (
    account_of,
    answer_its_need,
    closing_values,
    nameless,
)
from mulin.circle.mediation.models import Agreement, Case, Party, Precedent, Promise, Visit
from mulin.circle.mediation.permissions import check_mediates
from mulin.circle.mediation.queries import hidden_words
from mulin.circle.mediation.rules import (
    VISIT_AFTER,
    Confirmation,
    Outcome,
    State,
    Term,
    confirmation_window,
    effective_on,
    kept_of,
    names_somebody,
)
from mulin.ground.audit.actions import recording
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused, TakenMeanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an agreement says. 《人民调解法》第29条第1款."""

    facts: str
    points: str = ""
    duties: str = ""
    terms: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the plan."""

    due: date
    what: str
    side: str = ""


def agree(
    case: Case, terms: Terms, lines: Sequence[Line], *, is_written: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> Agreement:  # fmt: skip
    """Write down what was agreed. Oral: in force now, and this record is its only trace (第28、30条);
    written: in force once all have signed and the seal is on it (第29条). Raises NotPermitted, Refused.
    """
    check_mediates(by, case)
    if not terms.terms.strip():
        raise Refused(_("Say what was agreed: who does what, how, until when."), field="terms")
    with recording(nameless(by), "mediation.agree", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Agreement)
        sitting = Case.objects.filter(pk=case.pk, state=State.SITTING)
        moved = sitting.update(
            state=State.AGREED, outcome=Outcome.WRITTEN if is_written else Outcome.ORAL,
            ended_at=now, days_taken=(local_day(now) - local_day(case.received_at)).days,
        )  # fmt: skip
        if moved != 1:
            raise TakenMeanwhile(_("The case has gone on. Open it again to see."))
        agreement: Agreement = Agreement.objects.create(
            community_id=case.community_id, case=case, is_written=is_written, made_at=now,
            sealed=case.box.seal({key: text.strip() for key, text in asdict(terms).items()}),
        )  # fmt: skip
        for line in lines:
            party = case.parties.filter(side=line.side).first() if line.side else None
            Promise.objects.create(
                community_id=case.community_id, agreement=agreement, party=party,
                due_on=line.due, sealed=case.box.seal({"what": line.what}),
            )  # fmt: skip
        if not is_written:
            _take_effect(agreement, local_day(now))
        case.refresh_from_db()
        act.on(case)
        act.on(agreement)
    return agreement


def sign(
    agreement: Agreement, *, who: str, on: date, by: Actor, now: datetime, token: str | None = None
) -> Agreement:
    """A party, the mediator or the seal is on the written agreement since this day; with the last
    of them it is in force. `who`: "mediator", "seal", or the number of a party. Raises Refused.
    """
    case = agreement.case
    check_mediates(by, case)
    if on > local_day(now):
        raise Refused(_("This day lies ahead. Write when it was signed."), field="on")
    with recording(nameless(by), "mediation.sign", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Agreement)
        agreement.refresh_from_db()
        if not agreement.is_written or agreement.effective_on is not None:
            raise Refused(_("There is nothing to sign: it is in force."))
        if who == "mediator":
            agreement.mediator_signed_on = on
        elif who == "seal":
            agreement.seal_on = on
        elif not (
            who.isdecimal() and Party.objects.filter(case=case, pk=int(who)).update(signed_on=on)
        ):
            raise Refused(_("Say who signed."), field="who")
        agreement.save(update_fields=["mediator_signed_on", "seal_on"])
        day = effective_on(
            signed=[one.signed_on for one in case.parties.all()],
            mediator=agreement.mediator_signed_on, seal=agreement.seal_on,
        )  # fmt: skip
        if day is not None:
            _take_effect(agreement, day)
        act.on(agreement)
    return agreement


def ask_court(
    agreement: Agreement, *, ground: str, court: str, on: date, by: Actor, now: datetime,
    token: str | None = None,
) -> Agreement:  # fmt: skip
    """Both sides together asked a court to confirm, within the thirty days (《人民调解法》第33条).

    Raises NotPermitted, Refused.
    """
    check_mediates(by, agreement.case)
    if on > local_day(now):
        raise Refused(_("This day lies ahead. Write when the court was asked."), field="on")
    with recording(nameless(by), "mediation.ask_court", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Agreement)
        effective = agreement.effective_on
        if effective is None:
            raise Refused(_("It is not in force yet: somebody has not signed."))
        if on < effective:
            raise Refused(
                _("It is in force since %(day)s: no court could be asked before."),
                {"day": effective},
                field="on",
            )
        window = confirmation_window(effective, work_calendar())
        if on > window.lawful:
            raise Refused(
                _("The thirty days ended on %(day)s. The agreement binds all the same."),
                {"day": window.lawful},
                field="on",
            )
        _confirm(
            agreement, (Confirmation.NONE, Confirmation.WAIVED), Confirmation.ASKED, ground=ground,
            asked_on=on, sealed_court=agreement.case.box.seal({"court": court.strip()}),
        )  # fmt: skip
        act.on(agreement)
    return agreement


def rule(
    agreement: Agreement, *, result: str, on: date, by: Actor, now: datetime,
    token: str | None = None,
) -> Agreement:  # fmt: skip
    """The court confirmed or did not; or both sides say that they want no confirmation. Raises
    NotPermitted, Refused beside the day, TakenMeanwhile.
    """
    check_mediates(by, agreement.case)
    if on > local_day(now):
        raise Refused(_("This day lies ahead."), field="on")
    if agreement.asked_on is not None and on < agreement.asked_on:
        raise Refused(
            _("The court was asked on %(day)s: it ruled later."),
            {"day": agreement.asked_on},
            field="on",
        )
    with recording(nameless(by), "mediation.rule", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Agreement)
        is_waived = result == Confirmation.WAIVED
        before = Confirmation.NONE if is_waived else Confirmation.ASKED
        _confirm(agreement, (before,), Confirmation(result), ruled_on=on)
        act.on(agreement)
    return agreement


def settle(
    promise: Promise, *, result: str, on: date, by: Actor, now: datetime, token: str | None = None
) -> Promise:
    """A promise was kept or broken; with the last of them the case says how it was kept. Raises
    NotPermitted, Refused beside the day, TakenMeanwhile.
    """
    case = promise.agreement.case
    check_mediates(by, case)
    if on > local_day(now):
        raise Refused(_("This day lies ahead."), field="on")
    with recording(nameless(by), "mediation.settle", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Promise)
        settled = Promise.objects.filter(pk=promise.pk, agreement__case__state=State.AGREED)
        if settled.update(result=result, settled_on=on) != 1:
            raise TakenMeanwhile(_("The case has gone on. Open it again to see."))
        said = list(promise.agreement.promises.values_list("result", flat=True))
        Case.objects.filter(pk=case.pk).update(kept=kept_of(said) or "")
        promise.refresh_from_db()
        act.on(promise)
    return promise


def visit(
    row: Visit, *, satisfaction: int, words: str, risk: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Visit:  # fmt: skip
    """Somebody asked the parties how it stands. Raises NotPermitted, TakenMeanwhile."""
    case = row.case
    check_mediates(by, case)
    with recording(nameless(by), "mediation.visit", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Visit)
        done = Visit.objects.filter(pk=row.pk, at__isnull=True).update(
            at=now, by=by.account_id, satisfaction=satisfaction,
            sealed=case.box.seal({"words": words.strip(), "risk": risk.strip()}),
        )  # fmt: skip
        if done != 1:
            raise TakenMeanwhile(_("This visit was written down already."))
        row.refresh_from_db()
        act.on(row)
    return row


def close(case: Case, *, term: str, by: Actor, now: datetime, token: str | None = None) -> Case:
    """Nobody works on it any more: promises settled, visited. Raises NotPermitted, Refused."""
    check_mediates(by, case)
    with recording(nameless(by), "mediation.close", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Case)
        agreement = Agreement.objects.filter(case=case).first()
        if agreement is None or agreement.effective_on is None:
            raise Refused(_("It is not in force yet: somebody has not signed."))
        if agreement.promises.filter(result="").exists():
            raise Refused(_("Some promises are open: write down first what became of them."))
        if case.visits.filter(at__isnull=True).exists():
            raise Refused(_("Visit the parties first."))
        case.term = Term(term)
        values = {"term": term, **closing_values(case, now)}
        if not agreement.promises.exists():
            # Done on the spot: nothing was left to keep.
            values["kept"] = "kept"
        if Case.objects.filter(pk=case.pk, state=State.AGREED).update(**values) != 1:
            raise TakenMeanwhile(_("The case has gone on. Open it again to see."))
        case.refresh_from_db()
        answer_its_need(case, by=by, now=now)
        act.on(case)
    return case


def write_precedent(
    case: Case, *, method: str, words: str, by: Actor, now: datetime, token: str | None = None
) -> Precedent:
    """What colleagues may learn, with the persons taken out. Raises NotPermitted, Refused where a
    name, number or door of a party stands in the words.
    """
    check_mediates(by, case)
    if case.is_open:
        raise Refused(_("Only of a closed case."), field="words")
    if found := names_somebody(words, hidden_words(case)):
        raise Refused(
            _("Take this out first: %(found)s"), {"found": found}, field="words"
        )  # shown to its own mediator alone
    with recording(nameless(by), "mediation.write_precedent", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Precedent)
        row: Precedent = Precedent.objects.create(
            community_id=case.community_id, kind=case.kind, method=method, words=words.strip(),
            kept=case.kept, written_by_id=account_of(by), at=now,
        )  # fmt: skip
        act.on(row)
    return row


def _take_effect(agreement: Agreement, day: date) -> None:
    agreement.effective_on = day
    agreement.confirm_by = confirmation_window(day, work_calendar()).go_by
    agreement.save(update_fields=["effective_on", "confirm_by"])
    last = agreement.promises.order_by("-due_on").values_list("due_on", flat=True).first()
    Visit.objects.create(
        community_id=agreement.community_id, case=agreement.case,
        due_on=max(last or day, day) + VISIT_AFTER,
    )  # fmt: skip


def _confirm(
    agreement: Agreement, before: Sequence[Confirmation], after: Confirmation,
    **values: object,
) -> None:  # fmt: skip
    rows = Agreement.objects.filter(pk=agreement.pk, confirmation__in=list(before))
    if rows.update(confirmation=after, **values) != 1:
        raise TakenMeanwhile(_("The case has gone on. Open it again to see."))
    agreement.refresh_from_db()
