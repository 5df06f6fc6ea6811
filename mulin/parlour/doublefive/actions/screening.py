"""Ideas are screened by named people; a refusal has a criterion and a reason, and one appeal."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.doublefive.actions.ideas import tell_author, tell_outcome
from mulin.parlour.doublefive.models import Criterion, Idea
from mulin.parlour.doublefive.permissions import is_author, may_arrange, may_screen
from mulin.parlour.doublefive.rules import MOVES, Act, Stage, State, decides_appeals


def pass_idea(idea: Idea, *, by: Actor, now: datetime, token: str | None = None) -> Idea:
    """It meets the criteria. Raises NotPermitted, Refused without cost and site, TakenMeanwhile."""
    _may_screen(idea, by)
    with recording(by, "doublefive.pass_idea", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        if idea.cost_yuan is None or not idea.site:
            raise Refused(_("Write its cost and its site first: both stand on the list."))
        _move(idea, Act.PASS, screened_by_id=by.account_id, screened_at=now)
        tell_outcome(
            idea, by=by, now=now, key=f"passed-{idea.pk}",
            body=_("Your idea “%(idea)s” has passed the screening."), facts={"idea": idea.title},
        )  # fmt: skip
        act.on(idea, after={"state": idea.state})
    return idea


def refuse_idea(
    idea: Idea, criterion: Criterion, reason: str, *, by: Actor, now: datetime,
    token: str | None = None,
) -> Idea:  # fmt: skip
    """It does not meet one criterion; the author reads which, why, and until when to appeal.

    Raises NotPermitted, Refused without a reason or for a criterion of another year,
    TakenMeanwhile.
    """
    _may_screen(idea, by)
    with recording(by, "doublefive.refuse_idea", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        if not reason.strip():
            raise Refused(_("Say why: the author reads it."), field="reason")
        if criterion.season_id != idea.season_id:
            raise Refused(_("Choose one of this year's criteria."), field="criterion")
        _move(
            idea, Act.REFUSE, criterion_id=criterion.pk, reason=reason.strip(),
            screened_by_id=by.account_id, screened_at=now,
        )  # fmt: skip
        tell_author(
            idea, by=by, now=now, key=f"refused-{idea.pk}",
            body=_("Your idea “%(idea)s” was not passed: %(reason)s You may appeal once."),
            facts={"idea": idea.title, "reason": idea.reason},
        )  # fmt: skip
        act.on(idea, after={"state": idea.state, "criterion": criterion.position})
    return idea


def appeal(
    idea: Idea, words: str, *, by: Actor, code: str = "", now: datetime, token: str | None = None
) -> Idea:
    """The author says why it should pass all the same; once, within the days of the season.

    Raises NotPermitted, Refused without words or too late, TakenMeanwhile.
    """
    if not (is_author(by, idea, code) or may_arrange(by)):
        raise NotPermitted(_("Only its author appeals for an idea."))
    with recording(by, "doublefive.appeal", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        if not words.strip():
            raise Refused(_("Say why it should pass all the same."), field="words")
        if idea.is_refused and not idea.may_appeal(now):
            raise Refused(_("The days for an appeal are over."))
        _move(idea, Act.APPEAL, appeal=words.strip())
        act.on(idea, after={"state": idea.state})
    return idea


def decide_appeal(
    idea: Idea, answer: str, *, is_right: bool, by: Actor, now: datetime, token: str | None = None
) -> Idea:
    """Another screener hears the appeal; what they say is final.

    Raises NotPermitted, Refused for whoever refused it or without an answer, TakenMeanwhile.
    """
    _may_screen(idea, by)
    with recording(by, "doublefive.decide_appeal", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        if not decides_appeals(idea.screened_by_id, by.account_id):
            raise Refused(_("You refused it yourself: another screener decides."))
        if not answer.strip():
            raise Refused(_("Say why: the author reads it."), field="answer")
        if is_right and (idea.cost_yuan is None or not idea.site):
            raise Refused(_("Write its cost and its site first: both stand on the list."))
        _move(
            idea, Act.ALLOW if is_right else Act.DISMISS, appeal_answer=answer.strip(),
            appeal_by_id=by.account_id,
        )  # fmt: skip
        tell_outcome(
            idea, by=by, now=now, key=f"appeal-{idea.pk}",
            body=_("Your appeal for “%(idea)s” is decided: %(answer)s"),
            facts={"idea": idea.title, "answer": idea.appeal_answer},
        )  # fmt: skip
        act.on(idea, after={"state": idea.state})
    return idea


def _move(idea: Idea, act: Act, **written: object) -> None:
    """Write what was decided, if the idea still stands where it stood."""
    after = MOVES.get((State(idea.state), act))
    waiting = Idea.objects.filter(pk=idea.pk, state=idea.state, season__stage=Stage.SCREEN)
    if after is None or waiting.update(state=after, **written) != 1:
        raise TakenMeanwhile(_("This was decided already, or the screening is over. Look again."))
    idea.refresh_from_db()


def _may_screen(idea: Idea, by: Actor) -> None:
    if not may_screen(by, idea.season):
        raise NotPermitted(_("Only those who were named screen ideas."))
