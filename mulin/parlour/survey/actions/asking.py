"""A household answers: by its code, on the phone, on paper; or it does not."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.failpoints import failpoint
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.survey.actions.mixing import sealed
from mulin.parlour.survey.models import Envelope, Question, Sampled, SampledQuerySet, Survey
from mulin.parlour.survey.permissions import may_enter, may_note_visit
from mulin.parlour.survey.queries import code_of, index_of_code
from mulin.parlour.survey.rules import (
    Answers,
    Disposition,
    Outcome,
    State,
    disposition_after,
)


def answer_by_code(
    sampled: Sampled, answers: Answers, *, by: Actor, now: datetime, token: str | None = None
) -> Sampled:
    """The household itself answers, by the code of its letter.

    Whoever holds the letter is its household; an account that happens to be signed in is not
    written down. Raises Refused when nothing was answered or the days are over, TakenMeanwhile
    when the household has answered.
    """
    nobody = Actor(by.community_id, channel=by.channel)
    with recording(nobody, "survey.answer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Sampled)
        if not sampled.survey.takes_answers(local_day(now)):
            raise Refused(_("The survey is over. Thank you for wanting to take part."))
        _take_in(sampled, answers, by=nobody, now=now)
        act.on(sampled, after={"way": nobody.channel})
    return sampled


def type_paper(
    sampled: Sampled, answers: Answers, *, by: Actor, now: datetime, token: str | None = None
) -> Sampled:
    """The desk types a sheet that came on paper.

    That it came, and who typed it, is written down; what it says goes into the envelope. Raises
    NotPermitted, Refused, TakenMeanwhile.
    """
    if not may_enter(by):
        raise NotPermitted(_("The desk types the sheets."))
    with recording(by.by(Channel.PAPER), "survey.type_paper", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Sampled)
        _take_in(sampled, answers, by=by.by(Channel.PAPER), now=now)
        act.on(sampled, after={"way": Channel.PAPER})
    return sampled


def note_try(
    sampled: Sampled, outcome: str, *, by: Actor, answers: Answers | None = None, now: datetime,
    token: str | None = None,
) -> Sampled:  # fmt: skip
    """Write down what came of a call or of knocking at the door; answers are taken in at once.

    Raises NotPermitted, Refused, TakenMeanwhile.
    """
    result = Outcome(outcome)
    if not (may_enter(by) if result is Outcome.ANSWERED else may_note_visit(by, sampled)):
        raise NotPermitted(_("The desk asks this household."))
    with recording(by, "survey.note_try", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Sampled)
        if result is Outcome.ANSWERED:
            _take_in(sampled, answers or Answers({}), by=by, now=now)
        else:
            _note(sampled, result, now=now)
        act.on(sampled, after={"outcome": result, "way": by.channel})
    return sampled


def _note(sampled: Sampled, outcome: Outcome, *, now: datetime) -> None:
    tries = sampled.tries + 1
    disposition = disposition_after(outcome, tries, most=sampled.survey.standard.tries)
    open_ones = _open_ones(sampled).filter(tries=sampled.tries)
    values = {"disposition": disposition, "tries": tries, "last_tried_on": local_day(now)}
    if open_ones.update(**values) != 1:
        raise _taken()
    sampled.disposition, sampled.tries, sampled.last_tried_on = disposition, tries, local_day(now)


def _take_in(sampled: Sampled, answers: Answers, *, by: Actor, now: datetime) -> None:
    """The fact of return and the sealed answers, in one transaction: both, or neither."""
    if answers.is_empty:
        raise Refused(_("Choose a face for one question at least."))
    day = local_day(now)
    values = {
        "disposition": Disposition.RETURNED, "returned_on": day, "way": by.channel,
        "entered_by": by.account_id,
    }  # fmt: skip
    if _open_ones(sampled).update(**values) != 1:
        raise _taken()
    sampled.disposition, sampled.returned_on = Disposition.RETURNED, day
    failpoint("survey.between_return_and_answers")
    # One line for each question, also where nothing was chosen: so returns and answers can be
    # counted against each other.
    asked = Question.objects.filter(survey=sampled.survey_id).values_list("pk", flat=True)
    whole = Answers({pk: answers.steps.get(pk) for pk in asked}, answers.words)
    Envelope.objects.create(
        community_id=sampled.community_id, survey_id=sampled.survey_id, grid_id=sampled.grid_id,
        sealed=sealed(whole),
    )  # fmt: skip


def _open_ones(sampled: Sampled) -> SampledQuerySet:
    rows: SampledQuerySet = Sampled.objects.filter(pk=sampled.pk, survey__state=State.OPEN)
    return rows.exclude(disposition=Disposition.RETURNED)


def _taken() -> TakenMeanwhile:
    return TakenMeanwhile(
        _("This household has answered already, or the survey is over. It counts once.")
    )


def note_letters(
    survey: Survey, grid: Grid, count: int, *, by: Actor, now: datetime, token: str | None = None
) -> None:
    """Write down that the letters of a grid were printed: whoever holds a letter can answer.

    Raises NotPermitted.
    """
    if not may_enter(by):
        raise NotPermitted(_("The desk prints the letters."))
    with recording(by, "survey.note_letters", now=now, token=token) as act:
        if not act.is_repeat:
            act.on(survey, after={"grid": grid.number, "count": count})


def renew_letter(
    sampled: Sampled, *, by: Actor, now: datetime, token: str | None = None
) -> Sampled:
    """A letter was lost: its code ends, and the next print carries a new one.

    Raises NotPermitted, TakenMeanwhile.
    """
    if not may_enter(by):
        raise NotPermitted(_("The desk prints the letters."))
    with recording(by, "survey.renew_letter", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Sampled)
        before = sampled.edition
        sampled.edition += 1
        sampled.code_index = index_of_code(code_of(sampled))
        values = {"edition": sampled.edition, "code_index": sampled.code_index}
        if _open_ones(sampled).filter(edition=before).update(**values) != 1:
            raise _taken()
        act.on(sampled, before={"edition": before}, after={"edition": sampled.edition})
    return sampled
