"""What may be done to a case now, by whom: its form, what it does, what is said afterwards."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation import forms
from mulin.circle.mediation.actions import agreeing, choosing, intake, sitting
from mulin.circle.mediation.models import Case, Seat, Visit
from mulin.circle.mediation.queries import Present, panel, parties_of
from mulin.circle.mediation.rules import LIVE_SEATS, Confirmation, SeatState, State
from mulin.ground.community.access import Request
from mulin.ground.community.deeds import Deed
from mulin.kit.forms import ActForm, PlainForm

Act = Callable[[Any, dict[str, Any]], object]  # Any: the form with its own methods; by, now, token


def _deed(
    title: str | Promise,
    form: Callable[..., ActForm],
    act: Act,
    *,
    files: bool = False,
    hint: str | Promise = "",
) -> Deed:
    def done(form: ActForm, request: Request) -> object:
        return act(form, {"by": request.actor, "now": request.now, "token": form.idempotency_token})

    return Deed(title, done, _("Noted."), form, hint=hint, is_with_files=files)


def of_director(case: Case) -> dict[str, Deed]:
    """Without a word of what it is about."""
    found: dict[str, Deed] = {}
    if case.must_be_reported:
        found["report"] = _report(case)
    if case.state not in {State.RECEIVED, State.SITTING}:
        return found
    asked = case.seats.values("mediator")
    if panel().exclude(pk__in=asked).exists():
        found["ask"] = _deed(
            _("Ask a mediator"),
            partial(forms.AskForm, mediators=panel().exclude(pk__in=asked)),
            lambda form, common: choosing.ask(case, form.cleaned_data["mediator"], **common),
        )
    choices = forms.nameless_choices(list(case.parties.all()))
    return found | _answering(case, choices)


def of_seat(seat: Seat) -> dict[str, Deed]:
    """What a mediator may do who is not seated yet."""
    case, found = seat.case, dict[str, Deed]()
    if seat.state == SeatState.ASKED and case.is_open:
        found["declare"] = _deed(
            _("I can mediate"), PlainForm,
            lambda _form, common: choosing.declare(seat, **common),
            hint=_("Nothing ties me to either side, and I tell nobody what I hear."),
        )  # fmt: skip
    if seat.state == SeatState.DECLARED:
        parties = parties_of(case)
        found |= _answering(case, [(one.row.pk, one.name) for one in parties])
        found["add-party"] = _add_party(case)
    if seat.state in LIVE_SEATS and case.is_open:
        found["step-back"] = _deed(
            _("Somebody else should do it"), PlainForm,
            lambda _form, common: choosing.step_back(seat, **common),
            hint=_("You read the case no more then."),
        )  # fmt: skip
    return found


def of_mediator(seat: Seat, parties: list[Present], told: dict[str, Any]) -> dict[str, Deed]:
    """What a seated mediator may do, by where the case stands; `told` is `queries.story_of`."""
    case = seat.case
    if case.state == State.CLOSED:
        found = {"precedent": _precedent(case)}
        return {"report": _report(case), **found} if case.must_be_reported else found
    found = _at_the_table(case, parties, told) if case.state == State.SITTING else {}
    if case.state == State.AGREED:
        found |= _afterwards(case, parties, told)
    found["exhibit"] = _deed(
        _("Pictures for the dossier"), forms.ExhibitForm,
        lambda form, common: sitting.add_exhibits(
            case, form.cleaned_data["photos"], item=form.cleaned_data["item"], **common
        ),
        files=True,
    )  # fmt: skip
    return found | of_seat(seat)


def _at_the_table(case: Case, parties: list[Present], told: dict[str, Any]) -> dict[str, Deed]:
    by_pk = {one.row.pk: one.row for one in parties}
    for row in by_pk.values():
        row.case = case
    waiting = {row.pk: row for row, _plan, _said in told["sittings"] if row.held_at is None}
    found = {
        "plan": _deed(
            _("Plan a sitting"), forms.PlanForm,
            lambda form, common: sitting.plan_sitting(
                case, at=form.cleaned_data["at"], place=form.cleaned_data["place"],
                told=form.cleaned_data["told"], is_open=form.cleaned_data["is_open"], **common,
            ),
        ),
    }  # fmt: skip
    if waiting:
        found["hold"] = _deed(
            _("Write the record"),
            partial(forms.HoldForm, sittings=list(waiting.values()), parties=parties),
            lambda form, common: sitting.hold(
                waiting[form.cleaned_data["sitting"]], form.record(),
                method=form.cleaned_data["method"],
                invited_agreed=form.cleaned_data["invited_agreed"], **common,
            ),
        )  # fmt: skip
    return found | {
        "talk": _deed(
            _("A talk with one side alone"), partial(forms.TalkForm, parties=parties),
            lambda form, common: sitting.note_talk(
                case, by_pk[form.cleaned_data["party"]], words=form.cleaned_data["words"], **common
            ),
        ),
        "agree": _deed(
            _("They agree"), forms.AgreeForm,
            lambda form, common: agreeing.agree(
                case, form.terms_said(), form.cleaned_data["plan"],
                is_written=form.cleaned_data["written"] == "written", **common,
            ),
        ),
        "party": _deed(
            _("Willing, rights, identity"), partial(forms.PartyForm, parties=parties),
            lambda form, common: intake.set_party(
                by_pk[form.cleaned_data["party"]], **form.values(), **common
            ),
        ),
        "add-party": _add_party(case),
        "end": _deed(
            _("No agreement"), forms.EndForm,
            lambda form, common: intake.end(case, outcome=form.cleaned_data["outcome"], **common),
            hint=_("Print the sheet with the other ways for both sides afterwards."),
        ),
        "stop": _deed(
            _("Stop: something came up"), forms.StopForm,
            lambda form, common: intake.stop(case, form.cleaned_data["stops"], **common),
        ),
    }  # fmt: skip


def _afterwards(case: Case, parties: list[Present], told: dict[str, Any]) -> dict[str, Deed]:
    agreement, found = told["agreement"], dict[str, Deed]()
    promises = {row.pk: row for row, _party, _said in told["promises"]}
    for row in promises.values():
        row.agreement = agreement
    if agreement.effective_on is None:
        found["sign"] = _deed(
            _("Signed or sealed"), partial(forms.SignForm, parties=parties),
            lambda form, common: agreeing.sign(
                agreement, who=form.cleaned_data["who"], on=form.day(), **common
            ),
        )  # fmt: skip
        return found
    if open_ones := forms.promise_choices(told["promises"]):
        found["settle"] = _deed(
            _("A promise was kept, or not"), partial(forms.SettleForm, promises=open_ones),
            lambda form, common: agreeing.settle(
                promises[form.cleaned_data["promise"]], result=form.cleaned_data["result"],
                on=form.day(), **common,
            ),
        )  # fmt: skip
    for row, said in told["visits"]:
        if said is None:
            found["visit"] = _visiting(row)
    if agreement.confirmation in {Confirmation.NONE, Confirmation.WAIVED}:
        found["court"] = _deed(
            _("Both asked a court to confirm it"), forms.CourtForm,
            lambda form, common: agreeing.ask_court(
                agreement, ground=form.cleaned_data["ground"], court=form.cleaned_data["court"],
                on=form.day(), **common,
            ),
        )  # fmt: skip
    if agreement.confirmation in {Confirmation.NONE, Confirmation.ASKED}:
        found["ruling"] = _deed(
            _("What came of the confirmation"), forms.RuleForm,
            lambda form, common: agreeing.rule(
                agreement, result=form.cleaned_data["result"], on=form.day(), **common
            ),
        )  # fmt: skip
    found["close"] = _deed(
        _("Close the case"), forms.CloseForm,
        lambda form, common: agreeing.close(case, term=form.cleaned_data["term"], **common),
    )  # fmt: skip
    return found


def _visiting(row: Visit) -> Deed:
    names = ("satisfaction", "words", "risk")
    return _deed(
        _("Write down the visit"), forms.VisitForm,
        lambda form, common: agreeing.visit(
            row, **{name: form.cleaned_data[name] for name in names}, **common
        ),
    )  # fmt: skip


def _answering(case: Case, parties: list[tuple[int, str]]) -> dict[str, Deed]:
    seats = {
        one.pk: one
        for one in case.seats.filter(state=SeatState.DECLARED).select_related("mediator__person")
    }
    rows = {one.pk: one for one in case.parties.all()}
    if not seats or not rows:
        return {}
    for one in seats.values():
        one.case = case
    return {
        "answer": _deed(
            _("A side accepts a mediator, or not"),
            partial(forms.AnswerForm, seats=list(seats.values()), parties=parties),
            lambda form, common: choosing.answer(
                seats[form.cleaned_data["seat"]], rows[form.cleaned_data["party"]],
                is_yes=form.cleaned_data["said"] == "yes", channel=form.cleaned_data["channel"],
                **common,
            ),
        )
    }  # fmt: skip


def _add_party(case: Case) -> Deed:
    return _deed(
        _("Somebody else is part of it"), forms.WhoForm,
        lambda form, common: intake.add_party(case, form.who(), **common),
    )  # fmt: skip


def _report(case: Case) -> Deed:
    return _deed(
        _("It was reported"), PlainForm,
        lambda _form, common: intake.report(case, **common),
        hint=_("To the police, and whoever else the sheet names."),
    )  # fmt: skip


def _precedent(case: Case) -> Deed:
    return _deed(
        _("For colleagues, without names"), forms.PrecedentForm,
        lambda form, common: agreeing.write_precedent(
            case, method=form.cleaned_data["method"], words=form.cleaned_data["words"], **common
        ),
    )  # fmt: skip
