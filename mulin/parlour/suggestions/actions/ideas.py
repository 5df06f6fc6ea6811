"""An idea is brought, looked at, supported, merged, answered, adopted."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import add_step, go_with, hand_over, join, open_need
from mulin.commons.flow.door import front_door
from mulin.commons.flow.models import Need
from mulin.commons.flow.receivers import receivers
from mulin.commons.flow.said import Said
from mulin.ground.audit.actions import recording
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.suggestions.actions.pairs import learn_pairs
from mulin.parlour.suggestions.models import REFUSAL_LABELS, AnswerTimes, Idea, Stand
from mulin.parlour.suggestions.permissions import (
    is_known,
    may_answer_ideas,
    may_bring_for_others,
    may_set_times,
    may_stand,
)
from mulin.parlour.suggestions.queries import family, stands_of, times_on
from mulin.parlour.suggestions.rules import (
    FIRST_ANSWER_WORKDAYS,
    FIRST_LOOK_WORKDAYS,
    FIRST_SINCE,
    FIRST_SOURCE,
    MOVES,
    Refusal,
    Side,
    State,
    answer_by,
    look_by,
    says_something,
)

ROOM = "suggestions"
#: Adopted as a demand: it goes in at the front door, like what is said at the desk.
AS_DEMAND = "demand"


def first_times(community_id: int) -> None:
    """Give a new community its first times; running it again changes nothing."""
    AnswerTimes.objects.get_or_create(
        community_id=community_id, since=FIRST_SINCE,
        defaults={
            "look_workdays": FIRST_LOOK_WORKDAYS, "answer_workdays": FIRST_ANSWER_WORKDAYS,
            "source": FIRST_SOURCE,
        },
    )  # fmt: skip


def set_times(
    *, since: date, look_workdays: int, answer_workdays: int, source: str, by: Actor,
    now: datetime, token: str | None = None,
) -> AnswerTimes:  # fmt: skip
    """New times from a day on; ideas that came before keep theirs. Raises NotPermitted, Refused."""
    if not may_set_times(by):
        raise NotPermitted(_("The head of the community enters the rules."))
    if not source.strip():
        raise Refused(_("Say where this limit stands: a rule, a decision, a date."), field="source")
    if since < local_day(now):
        raise Refused(
            _("A limit holds from today on or later, not for what is past."), field="since"
        )
    if not 1 <= look_workdays <= answer_workdays:
        raise Refused(
            _("Somebody looks first and answers then: the second number is not smaller."),
            field="answer_workdays",
        )
    with recording(by, "suggestions.set_times", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(AnswerTimes)
        row, _made = AnswerTimes.objects.update_or_create(
            community_id=by.community_id, since=since,
            defaults={
                "look_workdays": look_workdays, "answer_workdays": answer_workdays,
                "source": source.strip(),
            },
        )  # fmt: skip
        act.on(
            row,
            after={"since": since, "look": look_workdays, "answer": answer_workdays,
                   "source": row.source},
        )  # fmt: skip
    return row


def bring_idea(said: Said, *, by: Actor, now: datetime, token: str | None = None) -> Idea:
    """Write an idea down. Whoever has signed in is shown at once and supports it; what comes
    without is held for a look. Raises Refused when there are no words in it.
    """
    if not says_something(said.words):
        raise Refused(_("Say it in a few words, so that others understand it."), field="words")
    if by.on_behalf_of is not None and not may_bring_for_others(by):
        raise NotPermitted(_("Please bring it in your own name."))
    with recording(by, "suggestions.bring_idea", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        need = open_need(said, by=by, room=ROOM, now=now)
        came_at, days = need.said_at, work_calendar()
        times, is_shown = times_on(came_at), is_known(by)
        idea: Idea = Idea.objects.create(
            community_id=by.community_id, need=need, came_at=came_at,
            state=State.OPEN if is_shown else State.HELD,
            look_by=None if is_shown else look_by(came_at, times, days),
            due_at=answer_by(came_at, times, days),
        )  # fmt: skip
        learn_pairs(idea, need.words)
        _author_stands(idea, now=now)
        line = (
            _("Your idea is here. You hear what becomes of it.")
            if is_shown
            else _("Your idea is here. Somebody looks at it before it is shown.")
        )
        add_step(need, by=by, kind="received", line=line, record=idea, now=now)
        act.on(idea, after={"number": need.number, "state": idea.state})
    return idea


def show_idea(idea: Idea, *, by: Actor, now: datetime, token: str | None = None) -> Idea:
    """What was held is shown. Raises NotPermitted, TakenMeanwhile."""
    with recording(by, "suggestions.show_idea", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        _move(idea, "show", by=by, look_by=None)
        add_step(
            idea.need, by=by, kind="shown", record=idea, now=now, tell_asker=True, may_wait=True,
            line=_("Your idea is shown now; neighbours can support it."),
        )  # fmt: skip
        act.on(idea, after={"state": idea.state})
    return idea


def turn_away(
    idea: Idea, *, refusal: str, by: Actor, now: datetime, token: str | None = None
) -> Idea:
    """It is not shown, for a reason of the published list, which the author is told."""
    if refusal not in set(Refusal):
        raise Refused(_("Choose a reason from the list."), field="refusal")
    with recording(by, "suggestions.turn_away", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        _move(
            idea, "turn_away", by=by, refusal=refusal, ended_at=now, ended_by_id=by.account_id,
            look_by=None,
        )  # fmt: skip
        add_step(
            idea.need, by=by, kind="turned_away", record=idea, now=now, tell_asker=True,
            line=gettext("Your idea is not shown: %(why)s. Say it in other words and bring it again.")
            % {"why": REFUSAL_LABELS[Refusal(refusal)]},
        )  # fmt: skip
        act.on(idea, after={"state": idea.state, "refusal": refusal})
    return idea


def take_stand(
    idea: Idea, *, side: str, reason: str = "", by: Actor, now: datetime, token: str | None = None
) -> Stand:
    """For or against, with a reason if one likes; saying it again replaces it.

    Raises Refused when the idea has come to its end meanwhile.
    """
    if not may_stand(by):
        raise NotPermitted(_("Please sign in first, so that each counts once."))
    if side not in set(Side):
        raise Refused(_("Choose whether you are for it or against it."), field="side")
    if side == Side.AGAINST and not reason.strip():
        raise Refused(_("Say why not: it helps whoever answers."), field="reason")
    with recording(by, "suggestions.take_stand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Stand)
        # Whoever merges or answers writes the same row, so this waits for them, or they for this.
        if Idea.objects.filter(pk=idea.pk, state=State.OPEN).update(state=State.OPEN) != 1:
            raise Refused(_("This idea has its answer already, or goes with another one now."))
        stand = _stand(idea, voter=_voter(by.person_id, by.account_id), person_id=by.person_id,
                       side=side, reason=reason.strip(), now=now)  # fmt: skip
        _recount(idea)
        # How somebody stands is in the stand alone: the record of acts is read by others.
        act.on(stand)
    return stand


def merge_ideas(
    idea: Idea, *, into: Idea, by: Actor, now: datetime, token: str | None = None
) -> Idea:
    """It is the same as another: it goes with that one from now on. Every author is kept and told
    of the answer; whoever supports both counts once. Raises Refused, TakenMeanwhile.
    """
    if into.pk == idea.pk or not into.is_open:
        raise Refused(_("Choose another idea that is still open."), field="into")
    with recording(by, "suggestions.merge_ideas", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        followers = list(Idea.objects.filter(lead=idea).select_related("need"))
        _move(
            idea, "merge", by=by, lead_id=into.pk, ended_at=now, ended_by_id=by.account_id,
            look_by=None,
        )  # fmt: skip
        Idea.objects.filter(lead=idea).update(lead=into)
        for one in (idea, *followers):
            go_with(one.need, into.need)
        join(idea, "merged_into", into, by=by, now=now)
        _recount(into)
        add_step(
            idea.need, by=by, kind="merged", record=into, now=now, tell_asker=True, may_wait=True,
            line=gettext("Others had the same idea: yours goes with %(number)s and counts there.")
            % {"number": into.need.number},
        )  # fmt: skip
        act.on(idea, after={"into": into.need.number})
    return idea


def answer_idea(
    idea: Idea, *, words: str, by: Actor, now: datetime, token: str | None = None
) -> Idea:
    """It is not taken up, or was done already: the reply says why. All its authors are told."""
    if not says_something(words):
        raise Refused(_("Say why, in words its author understands."), field="words")
    with recording(by, "suggestions.answer_idea", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        _move(idea, "answer", by=by, answer=words.strip(), ended_at=now, ended_by_id=by.account_id)
        add_step(
            idea.need, by=by, kind="answered", line=words.strip(), record=idea, now=now,
            tell_asker=True,
        )  # fmt: skip
        act.on(idea, after={"state": idea.state})
    return idea


def rooms_that_adopt() -> list[tuple[str, str | Promise]]:
    """Where an idea can go: as a demand, or to a room that takes needs over."""
    return [
        (AS_DEMAND, _("a demand: somebody looks after it")),
        *((one.room, one.label) for one in receivers() if one.room != ROOM),
    ]


def adopt_idea(
    idea: Idea, *, to: str, why: str, by: Actor, now: datetime, token: str | None = None
) -> Idea:
    """It is taken up: handed over to another room, or received as a demand in its author's name.

    Raises Refused for a room that takes nothing over.
    """
    labels = dict(rooms_that_adopt())
    if to not in labels:
        raise Refused(_("Choose where it goes."), field="to")
    if not why.strip():
        raise Refused(_("Say what is going to happen with it."), field="why")
    with recording(by, "suggestions.adopt_idea", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        _move(
            idea, "adopt", by=by, answer=why.strip(), adopted_into=str(labels[to])[:80],
            ended_at=now, ended_by_id=by.account_id,
        )  # fmt: skip
        if to == AS_DEMAND:
            _as_demand(idea, why=why.strip(), by=by, now=now)
        else:
            hand_over(idea.need, to=to, by=by, why=why.strip(), now=now)
        act.on(idea, after={"to": to, "why": why.strip()})
    return idea


def _as_demand(idea: Idea, *, why: str, by: Actor, now: datetime) -> None:
    need = idea.need
    said = Said(
        words=need.words, person=need.person, contact_name=need.contact_name or "",
        contact_phone=need.contact_phone or "", category=need.category, grid=need.grid,
        building=need.building, place=need.place, place_words=need.place_words,
        visibility=need.visibility, contact_wish=need.contact_wish,
    )  # fmt: skip
    received = front_door().receive(
        said, by=replace(by, channel=need.channel, on_behalf_of=need.person_id), now=now
    )
    join(received, "grew_out_of", need, by=by, now=now)
    # What happens to the demand is told to all who had the idea: its author, who asks for the
    # demand if they stand on the roll, and the others, whose ideas go with it.
    for other in Need.objects.filter(goes_with=need):
        go_with(other, received)
    add_step(
        need, by=by, kind="adopted", record=received, now=now, tell_asker=True,
        line=gettext("Your idea is taken up as %(number)s. %(why)s")
        % {"number": received.number, "why": why},
    )  # fmt: skip
    if need.person_id is None:
        go_with(need, received)


# Any: columns of mixed types.
def _move(idea: Idea, act: str, *, by: Actor, **changes: Any) -> None:
    """Permission, then the row if it still stands where it may be taken from."""
    if not may_answer_ideas(by):
        raise NotPermitted(_("The desk answers ideas."))
    before, after = MOVES[act]
    if Idea.objects.filter(pk=idea.pk, state__in=before).update(state=after, **changes) != 1:
        raise TakenMeanwhile(_("A colleague was faster. Open it again to see how it stands."))
    idea.refresh_from_db()


def _author_stands(idea: Idea, *, now: datetime) -> None:
    """Whoever has an idea is for it, and counts with those who support it."""
    need: Need = idea.need
    if need.person_id is None and need.asked_by_account_id is None:
        return
    _stand(idea, voter=_voter(need.person_id, need.asked_by_account_id),
           person_id=need.person_id, side=Side.FOR, reason="", now=now)  # fmt: skip
    _recount(idea)


def _voter(person_id: int | None, account_id: int | None) -> str:
    """The same for one person by every channel: the roll's number, else the account's."""
    return f"p{person_id}" if person_id is not None else f"a{account_id}"


def _stand(
    idea: Idea, *, voter: str, person_id: int | None, side: str, reason: str, now: datetime
) -> Stand:
    stand: Stand
    stand, _made = Stand.objects.update_or_create(
        community_id=idea.community_id, idea=idea, voter=voter,
        defaults={"person_id": person_id, "side": side, "reason": reason, "at": now},
    )  # fmt: skip
    return stand


def _recount(idea: Idea) -> None:
    sides = [row.side for row in stands_of(family(idea)).values()]
    Idea.objects.filter(pk=idea.pk).update(
        supporters=sides.count(Side.FOR), objectors=sides.count(Side.AGAINST)
    )
    idea.refresh_from_db(fields=["supporters", "objectors"])
