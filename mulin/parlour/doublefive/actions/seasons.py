"""A season is opened, goes from stage to stage, and gets its five."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.counting.result import Result, publishable
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.doublefive.actions.ideas import tell_outcome
from mulin.parlour.doublefive.models import (
    Chosen,
    Criterion,
    Idea,
    Screener,
    Season,
    VotedOn,
)
from mulin.parlour.doublefive.permissions import may_hold, may_record
from mulin.parlour.doublefive.queries import screeners_of, who_could_screen
from mulin.parlour.doublefive.rules import BEFORE_THE_RESULT, NEXT, Stage, State, is_year

#: Fewer ballots in a constituency, and its numbers are not told (VOTING: groups under ten).
_LEAST = 10


def open_season(
    year: int, *, collects_until: date, criteria: Sequence[str], appeal_days: int, by: Actor,
    now: datetime, token: str | None = None,
) -> Season:  # fmt: skip
    """Open a year and begin to collect. Raises NotPermitted, and Refused for a year that has one."""
    _may_hold(by)
    with recording(by, "doublefive.open_season", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Season)
        if not is_year(year, local_day(now)):
            raise Refused(_("This is no year for a Double-Five."), field="year")
        if Season.objects.filter(year=year).exists():
            raise Refused(_("This year has its Double-Five already."), field="year")
        if Season.objects.filter(stage=Stage.COLLECT).exists():
            raise Refused(
                _("Another year still collects ideas. Go on with it first."), field="year"
            )
        season: Season = Season.objects.create(
            community_id=by.community_id, year=year, collects_until=collects_until,
            appeal_days=appeal_days,
        )  # fmt: skip
        _write_criteria(season, criteria)
        act.on(season, after={"year": year, "criteria": len(criteria)})
    return season


def word_criteria(
    season: Season, criteria: Sequence[str], *, collects_until: date, appeal_days: int, by: Actor,
    now: datetime, token: str | None = None,
) -> Season:  # fmt: skip
    """Change what is screened by and the days. Raises TakenMeanwhile once the screening has begun:
    the first idea and the last are measured by the same.
    """
    _may_hold(by)
    with recording(by, "doublefive.word_criteria", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Season)
        still = Season.objects.filter(pk=season.pk, stage=Stage.COLLECT)
        if still.update(collects_until=collects_until, appeal_days=appeal_days) != 1:
            raise TakenMeanwhile(_("The screening has begun: its criteria stay as they are."))
        _write_criteria(season, criteria)
        act.on(season, after={"criteria": list(criteria), "until": collects_until})
    return season


def _write_criteria(season: Season, criteria: Sequence[str]) -> None:
    if not criteria:
        raise Refused(_("Write at least one criterion, one in each line."), field="criteria")
    Criterion.objects.filter(season=season).delete()
    Criterion.objects.bulk_create(
        Criterion(community_id=season.community_id, season=season, position=place, words=words)
        for place, words in enumerate(criteria, start=1)
    )


def name_screeners(
    season: Season, accounts: Iterable[Account], *, by: Actor, now: datetime,
    token: str | None = None,
) -> Season:  # fmt: skip
    """Say who screens. Two at least, so that nobody decides about their own refusal."""
    _may_hold(by)
    named = list(accounts)
    with recording(by, "doublefive.name_screeners", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Season)
        if len(named) < 2:  # noqa: PLR2004  one refuses, the other hears the appeal
            raise Refused(_("Name two at least: one hears the appeal against the other."),
                          field="accounts")  # fmt: skip
        could = who_could_screen(by.community_id, now)
        if could.filter(pk__in=[one.pk for one in named]).count() != len(named):
            raise Refused(_("Only those who work here can screen."), field="accounts")
        Screener.objects.filter(season=season).delete()
        Screener.objects.bulk_create(
            Screener(community_id=season.community_id, season=season, account=one) for one in named
        )
        act.on(season, after={"screeners": [one.pk for one in named]})
    return season


def go_on(season: Season, *, by: Actor, now: datetime, token: str | None = None) -> Season:
    """Begin the next stage: end collecting, or publish the list.

    Raises Refused while something of the stage is undone, TakenMeanwhile when it was begun already.
    """
    _may_hold(by)
    with recording(by, "doublefive.go_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Season)
        before = Stage(season.stage)
        after = NEXT.get(before)
        if after is None:
            raise Refused(_("This stage is not ended by hand."))
        _check_done(season, before, now)
        if Season.objects.filter(pk=season.pk, stage=before).update(stage=after) != 1:
            raise TakenMeanwhile(_("The next stage was begun already. Open the page again."))
        season.stage = after
        if after == Stage.PUBLISH:
            _answer_refused(season, by=by, now=now)
        act.on(season, before={"stage": before}, after={"stage": after})
    return season


def _answer_refused(season: Season, *, by: Actor, now: datetime) -> None:
    """Refusals against which nobody appealed are final now: needs they came from are answered."""
    refused = Idea.objects.filter(season=season, state=State.REFUSED, need__isnull=False)
    for idea in refused.select_related("need").order_by("id"):
        tell_outcome(
            idea, by=by, now=now, key=f"final-{idea.pk}",
            body=_("Your idea “%(idea)s” was not passed: %(reason)s"),
            facts={"idea": idea.title, "reason": idea.reason},
        )  # fmt: skip


def _check_done(season: Season, stage: Stage, now: datetime) -> None:
    if stage == Stage.COLLECT:
        if not screeners_of(season).exists():
            raise Refused(_("Name first who screens."))
        return
    ideas = Idea.objects.filter(season=season)
    if ideas.undecided().exists():
        raise Refused(_("There are ideas or appeals that nobody has decided about yet."))
    refused = ideas.filter(state=State.REFUSED).select_related("season")
    if any(idea.may_appeal(now) for idea in refused):
        raise Refused(
            _("Somebody may still appeal against a refusal. Wait until the days are over.")
        )
    if not ideas.passed().exists():
        raise Refused(_("No idea has passed: there would be nothing to publish."))


def record_the_five(
    season: Season, result: Result, *, rolls: Mapping[str, tuple[int, str]], by: Actor,
    now: datetime, token: str | None = None,
) -> Season:  # fmt: skip
    """Write down what was chosen, once: `result` names the ideas by their numbers.

    `rolls` gives for each constituency of the result the size and the hash of the roll it voted on.
    Raises Refused for a result that is not of this season's list or lacks a roll, TakenMeanwhile
    when it is recorded already.
    """
    if not may_record(by):
        raise NotPermitted(_("The head of the community or the election committee records it."))
    with recording(by, "doublefive.record_the_five", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Season)
        stood = {str(idea.number): idea for idea in Idea.objects.filter(season=season).passed()}
        if {row.id for row in result.rows} != set(stood) or not result.winners:
            raise Refused(_("This result is not of the published list."))
        if {one.id for one in result.turnout} != set(rolls):
            raise Refused(_("Each constituency needs the roll it voted on."))
        if any(one.valid + one.void > rolls[one.id][0] for one in result.turnout):
            raise Refused(_("There are more ballots than voters on the roll."))
        waiting = Season.objects.filter(pk=season.pk, stage__in=BEFORE_THE_RESULT)
        if waiting.update(stage=Stage.CARRY_OUT) != 1:
            raise TakenMeanwhile(_("The result is recorded already, or the list is not published."))
        season.stage = Stage.CARRY_OUT
        shown = {row.id: row for row in publishable(result, least=_LEAST)}
        Chosen.objects.bulk_create(
            Chosen(
                community_id=season.community_id, season=season, idea=stood[one], place=place,
                total=shown[one].total, chosen_at=now,
            )
            for place, one in enumerate(result.winners, start=1)
        )  # fmt: skip
        VotedOn.objects.bulk_create(
            VotedOn(
                community_id=season.community_id, season=season, constituency=name, size=size,
                digest=digest, board_root=result.lot.root,
            )
            for name, (size, digest) in rolls.items()
        )  # fmt: skip
        act.on(season, after={"chosen": list(result.winners), "root": result.lot.root})
    return season


def _may_hold(by: Actor) -> None:
    if not may_hold(by):
        raise NotPermitted(_("The head of the community holds the Double-Five."))
