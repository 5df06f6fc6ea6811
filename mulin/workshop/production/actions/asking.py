"""A worker asks about her lot, the workshop answers; what she writes down for herself alone."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.workshop.production.models import Lot, LotQuestion, OwnHours, Worker
from mulin.workshop.production.permissions import check_keeper, is_hers
from mulin.workshop.production.queries import lots_with

MOST_MINUTES = 24 * 60


def ask_about(
    lot: Lot, worker: Worker, *, words: str, by: Actor, now: datetime, token: str | None = None
) -> LotQuestion:
    """She does not know how to go on with a lot of hers; the desk may write down what she said."""
    if not is_hers(by, worker):
        raise NotPermitted(_("This is not yours to do."))
    if not words.strip():
        raise Refused(_("Write what you would like to know."), field="words")
    with recording(by, "production.ask_about", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(LotQuestion)
        if not lots_with(worker).filter(pk=lot.pk).exists():
            raise Refused(_("She has nothing of this lot."))
        asked: LotQuestion = LotQuestion.objects.create(
            community_id=by.community_id, lot=lot, worker=worker, words=words.strip(), at=now
        )
        act.on(asked, after={"lot": lot.pk})
    return asked


def answer_question(
    question: LotQuestion, *, answer: str, by: Actor, now: datetime, token: str | None = None
) -> LotQuestion:
    """The answer stands on her page and on the lot; she is told that it is there."""
    check_keeper(by)
    if not answer.strip():
        raise Refused(_("Write a word of answer."), field="answer")
    with recording(by, "production.answer_question", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(LotQuestion)
        waiting = LotQuestion.objects.filter(pk=question.pk, answered_at__isnull=True)
        if waiting.update(answer=answer.strip(), answered_at=now) != 1:
            raise TakenMeanwhile(_("It was answered already."))
        question.refresh_from_db()
        account = question.worker.person.account_id
        if account is not None:
            tell(
                ("account", account), by=by, topic="workshop", now=now,
                subject=str(_("The workshop answered your question")),
                body=str(_("The answer stands beside your lot.")), path="/production/mine/",
                key=f"question-{question.pk}",
            )  # fmt: skip
        act.on(question, after={"answered": True})
    return question


def write_own_hours(
    lot: Lot, worker: Worker, *, day: date, minutes: int, by: Actor, now: datetime,
    token: str | None = None,
) -> OwnHours:  # fmt: skip
    """How long she was at it on a day, for herself. Nobody writes it for her, whoever runs the
    workshop neither; the act says that she wrote, and not what.
    """
    if by.account_id is None or worker.person.account_id != by.account_id:
        raise NotPermitted(_("This is not yours to do."))
    if not 0 < minutes <= MOST_MINUTES:
        raise Refused(_("Between one minute and a whole day."), field="minutes")
    if day > local_day(now):
        raise Refused(_("The day is still to come."), field="day")
    with recording(by, "production.write_own_hours", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OwnHours)
        if not lots_with(worker).filter(pk=lot.pk).exists():
            raise Refused(_("She has nothing of this lot."))
        row: OwnHours = OwnHours.objects.update_or_create(
            community_id=by.community_id, worker=worker, lot=lot, day=day,
            defaults={"minutes": str(minutes)},
        )[0]  # fmt: skip
        act.on(row)
    return row
