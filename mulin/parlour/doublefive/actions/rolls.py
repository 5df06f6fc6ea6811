"""Who votes in a season: rules of membership as data, decisions about single people, representatives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.actions.rolls import put_on_roll
from mulin.commons.ballots.membership import GROWN_UP
from mulin.commons.ballots.models import Election, RollEntry
from mulin.commons.ballots.rules import State as Stand
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person, Residency
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.doublefive.models import (
    Placing,
    Representative,
    RollRule,
    Season,
    SeasonVote,
)
from mulin.parlour.doublefive.permissions import may_keep_representatives, may_keep_roll
from mulin.parlour.doublefive.queries import (
    electorate_of,
    representatives_on,
    those_who_try,
    votes_of,
)
from mulin.parlour.doublefive.rules import Stage


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule as it is typed."""

    title: str
    words: str
    least_age: int = GROWN_UP
    is_party: bool = False
    residency: str = ""
    is_representative: bool = False


#: What a season begins with; the community words its own. Read in this order, everybody in one.
FIRST_RULES: Final[Mapping[str, RuleWords]] = {
    "party": RuleWords("党员", "组织关系在本社区、年满十八周岁的党员", is_party=True),
    "new": RuleWords(
        "新居民代表", "由新居民推选、在任期内、年满十八周岁的新居民代表",
        residency=Residency.NEW, is_representative=True,
    ),
    "local": RuleWords(
        "本地居民", "住在本社区、年满十八周岁、不在前两组里的本地居民", residency=Residency.LOCAL
    ),
}  # fmt: skip


def begin_roll(season: Season, *, by: Actor, now: datetime, token: str | None = None) -> Season:
    """From the published list to the roll: the rules are laid down to be worded.

    Raises NotPermitted, TakenMeanwhile when it has begun or the list is not published.
    """
    _check_keeps(by)
    with recording(by, "doublefive.begin_roll", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Season)
        begun = Season.objects.filter(pk=season.pk, stage=Stage.PUBLISH).update(stage=Stage.ROLL)
        if begun != 1:
            raise TakenMeanwhile(_("The list is not published, or the roll was begun already."))
        season.stage = Stage.ROLL
        RollRule.objects.bulk_create(
            RollRule(
                community_id=season.community_id, season=season, position=place, code=code,
                title=rule.title, words=rule.words, least_age=rule.least_age,
                is_party=rule.is_party, residency=rule.residency,
                is_representative=rule.is_representative,
            )
            for place, (code, rule) in enumerate(FIRST_RULES.items(), start=1)
        )  # fmt: skip
        act.on(season, before={"stage": Stage.PUBLISH}, after={"stage": Stage.ROLL})
    return season


def word_rule(
    rule: RollRule, words: RuleWords, *, by: Actor, now: datetime, token: str | None = None
) -> RollRule:
    """Say otherwise who belongs to a constituency, as long as no vote was drafted by it.

    Raises NotPermitted, Refused.
    """
    _check_keeps(by)
    with recording(by, "doublefive.word_rule", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(RollRule)
        if standing_vote(rule.season) is not None:
            raise Refused(_("A vote is drafted by these rules: they stay as they are."))
        before = rule.words
        rule.title, rule.words, rule.least_age = words.title, words.words, words.least_age
        rule.is_party, rule.residency = words.is_party, words.residency
        rule.is_representative = words.is_representative
        rule.save()
        act.on(rule, before={"words": before}, after={"words": rule.words})
    return rule


def place_by_hand(
    season: Season, person: Person, rule: RollRule | None, *, reason: str, by: Actor,
    now: datetime, token: str | None = None,
) -> Placing:  # fmt: skip
    """Decide about one person whom the rules do not meet, or meet wrongly, with the reason.

    It is part of the roll when that is made afresh. Raises NotPermitted, Refused.
    """
    _check_keeps(by)
    with recording(by, "doublefive.place_by_hand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Placing)
        if not reason.strip():
            raise Refused(_("Say why."), field="reason")
        placing, _made = Placing.objects.update_or_create(
            community_id=season.community_id, season=season, person=Person.kept_of(person),
            defaults={
                "rule": rule, "reason": reason.strip(), "placed_on": local_day(now),
                "placed_by_id": by.account_id,
            },
        )  # fmt: skip
        act.on(placing, after={"rule": rule.code if rule else ""})
    return placing


def make_roll(
    vote: SeasonVote, *, by: Actor, now: datetime, token: str | None = None
) -> SeasonVote:
    """Put on the roll whoever belongs there on this day: by rules and decisions, and of a trial
    those who work here. Raises Refused once the roll is frozen.
    """
    with recording(by, "doublefive.make_roll", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(SeasonVote)
        _check_keeps(by)
        if vote.election.is_trial:
            persons = those_who_try(vote.season, now)
        else:
            persons = electorate_of(vote.season, local_day(now)).of
        put_on_roll(vote.election, persons, by=by, now=now)
        act.on(vote, after={code: len(ids) for code, ids in persons.items()})
    return vote


def standing_vote(season: Season, *, is_trial: bool = False) -> SeasonVote | None:
    """The vote of a season, or its trial, that was neither wiped nor withdrawn."""
    rows = votes_of(season).filter(election__is_trial=is_trial)
    found: SeasonVote | None = rows.exclude(election__state=Stand.WIPED).first()
    return found


def choose_representative(
    person: Person, *, put_forward_by: str, chosen_how: str, since: date, until: date, by: Actor,
    now: datetime, token: str | None = None,
) -> Representative:  # fmt: skip
    """Write down that a new resident was chosen to speak for others: by whom put forward, how, and
    for which term. Raises NotPermitted, Refused.
    """
    with recording(by, "doublefive.choose_representative", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Representative)
        if not may_keep_representatives(by):
            raise NotPermitted(_("The desk or the election committee writes that down."))
        kept = Person.kept_of(person)
        if kept.residency != Residency.NEW:
            raise Refused(_("On the community's roll this is no new resident."), field="person")
        if until < since:
            raise Refused(_("The end must come after the beginning."), field="until")
        running = Representative.objects.filter(
            person__in=Person.everyone_of(kept), until__gte=since
        )
        if running.filter(recalled_on__isnull=True).exists():
            raise Refused(_("This person's term still runs."), field="person")
        chosen: Representative = Representative.objects.create(
            community_id=by.community_id, person=kept, put_forward_by=put_forward_by.strip(),
            chosen_how=chosen_how.strip(), since=since, until=until, entered_by_id=by.account_id,
        )  # fmt: skip
        act.on(chosen, after={"since": since, "until": until})
    return chosen


def recall(
    chosen: Representative, *, reason: str, by: Actor, now: datetime, token: str | None = None
) -> Representative:
    """End a term early, with the reason. Raises NotPermitted, Refused, TakenMeanwhile."""
    with recording(by, "doublefive.recall", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Representative)
        if not may_keep_representatives(by):
            raise NotPermitted(_("The desk or the election committee writes that down."))
        if not reason.strip():
            raise Refused(_("Say why."), field="reason")
        day = local_day(now)
        running = representatives_on(day).filter(pk=chosen.pk)
        if running.update(recalled_on=day, recall_reason=reason.strip()) != 1:
            raise TakenMeanwhile(_("This term is over already."))
        chosen.recalled_on, chosen.recall_reason = day, reason.strip()
        act.on(chosen, after={"recalled_on": day})
    return chosen


def voting_begins(election: Election, _by: Actor, _now: datetime) -> None:
    """The vote of a season was opened: the season is at that stage. Part of the opening's own act."""
    if not election.is_trial:
        Season.objects.filter(pk=election.origin_id, stage=Stage.ROLL).update(stage=Stage.VOTE)


def is_on_roll(vote: SeasonVote) -> bool:
    """Whether anybody stands on the roll of a vote."""
    found: bool = RollEntry.objects.filter(election=vote.election).exists()
    return found


def _check_keeps(by: Actor) -> None:
    if not may_keep_roll(by):
        raise NotPermitted(_("The election committee keeps the roll."))
