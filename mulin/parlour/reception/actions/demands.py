"""A demand from the door to the answer: receive, accept, take, wait, answer, confirm, escalate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import add_photo, add_step, file_under, hand_over, open_need
from mulin.commons.flow.models import Category, ContactWish, Need, PhotoMoment, Visibility
from mulin.commons.flow.receivers import receiver_of
from mulin.commons.flow.said import Said
from mulin.ground.audit.actions import erase_details, recording
from mulin.ground.community.models import Account, Grid
from mulin.ground.community.queries import officer_of, work_calendar
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.kit.channels import Channel
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.reception.actions.joining import go_together
from mulin.parlour.reception.actions.moves import (
    change,
    end_joining,
    first_word,
    head_of,
    is_past,
    move,
    name_of,
    next_reminder,
    path_of,
    permit,
    spoken,
    tell_owner,
    work_on,
)
from mulin.parlour.reception.models import Confirmation, Demand, Outcome, Visit, VisitReason
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.queries import limit_of
from mulin.parlour.reception.rules import (
    CALL_AFTER,
    CALL_WITHIN_WORKDAYS,
    CALLS_BEFORE_UNREACHABLE,
    FIRST_LIMITS,
    HARM,
    LONGEST_WAIT,
    OPEN_STATES,
    Act,
    State,
    earlier,
    next_state,
    reminder_moment,
    reply_deadline,
    respond_deadline,
)


def receive_demand(
    said: Said,
    *,
    by: Actor,
    now: datetime,
    token: str | None = None,
    urgency: str | None = None,
    minutes: int = 0,
    visit: Visit | None = None,
    joins: Demand | None = None,
    received: datetime | None = None,
) -> Demand:
    """A resident's need is received: need, demand and visit in one act, owner and limit set.

    `visit` is one that was noted already and turned out to bring this demand. `received` is given
    where it reached us later than it was said: limits count from then.

    The owner is the officer of the grid it lies in, otherwise whoever wrote it down, otherwise
    the head. With `joins` it goes with a demand about the same thing from the start. Raises
    Refused when nothing was said.
    """
    if not said.words.strip():
        raise Refused(_("Say in a few words what it is about."), field="words")
    if not may(by, "receive"):
        raise NotPermitted(_("This program may not hand demands in."))
    if joins is not None:
        permit("join_in", by, joins)
    with recording(by, "reception.receive_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        need = open_need(said, by=by, room="reception", now=now)
        demand = open_demand(need, by=by, urgency=urgency, now=now, received=received)
        _note_visit(need, minutes=minutes, visit=visit, at=demand.received_at)
        add_step(
            need, by=by, kind="received", record=demand, now=now,
            tell_asker=need.entered_by_id is not None and joins is None, may_wait=True,
            line=_("Received. %(owner)s will be in touch by %(when)s.")
            % {"owner": name_of(demand.owner), "when": spoken(demand.due_at)},
        )  # fmt: skip
        if joins is not None:
            go_together(demand, joins, by=by, now=now)
        else:
            tell_owner(demand, by=by, now=now, subject=_("New demand %(number)s"), key="received")
        act.on(demand, after={"number": need.number, "owner": demand.owner_id})
    return demand


def receive_need(
    said: Said, *, by: Actor, now: datetime, token: str | None = None, minutes: int = 0
) -> Need:
    """The front door for what other rooms hear: as `receive_demand`."""
    return receive_demand(said, by=by, now=now, token=token, minutes=minutes).need


def _note_visit(need: Need, *, minutes: int, visit: Visit | None, at: datetime) -> None:
    """Whoever brings a demand came once, though their coming was noted before."""
    brought = {"reason": VisitReason.DEMAND, "kind": None, "person": need.person, "need": need}
    free = Visit.objects.filter(pk=visit.pk, need__isnull=True) if visit else None
    if free is not None and free.update(**brought, minutes=F("minutes") + minutes):
        return
    Visit.objects.create(
        community_id=need.community_id, at=at, channel=need.channel, minutes=minutes,
        worker_id=need.entered_by_id, **brought,
    )  # fmt: skip


def accept_demand(demand: Demand, *, by: Actor, now: datetime, token: str | None = None) -> Demand:
    """The first word back to the asker: it is ours, and by when it will be answered."""
    with recording(by, "reception.accept_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        work_on(demand, Act.ACCEPT, by=by, now=now, **first_word(demand, now))
        add_step(
            demand.need, by=by, kind="accepted", record=demand, now=now, tell_asker=True,
            may_wait=True,
            line=_("Accepted. You get an answer by %(when)s.")
            % {"when": spoken(demand.due_at)},
        )  # fmt: skip
        act.on(demand, after={"state": demand.state})
    return demand


def take_demand(demand: Demand, *, by: Actor, now: datetime, token: str | None = None) -> Demand:
    """A handler takes it in hand and owns it. The first of two wins, the second is told."""
    with recording(by, "reception.take_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        before = demand.owner_id
        work_on(demand, Act.TAKE, by=by, now=now, owner_id=by.account_id, **first_word(demand, now))
        add_step(
            demand.need, by=by, kind="taken", record=demand, now=now, tell_asker=True,
            may_wait=True,
            line=_("%(name)s has taken it in hand. You get an answer by %(when)s.")
            % {"name": by.name, "when": spoken(demand.due_at)},
        )  # fmt: skip
        act.on(demand, before={"owner": before}, after={"owner": by.account_id})
    return demand


def wait_on(
    demand: Demand, *, by: Actor, whom: str, until: datetime, now: datetime,
    token: str | None = None,
) -> Demand:  # fmt: skip
    """It cannot go on until somebody else acts: on whom, and until when, are part of the state.

    Raises Refused for a moment that has passed or lies too far off.
    """
    if until <= now:
        raise Refused(_("Choose a day that is still to come."), field="until")
    if demand.outer_by is not None and now < demand.outer_by < until:
        raise Refused(
            _("The work order wants its answer by %(when)s. Choose a day before that."),
            {"when": spoken(demand.outer_by)},
            field="until",
        )
    if until - now > LONGEST_WAIT:
        raise Refused(_("That is too far off: look at it again within 60 days."), field="until")
    with recording(by, "reception.wait_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        work_on(
            demand, Act.WAIT, by=by, now=now, waiting_on=whom, due_at=until,
            remind_at=reminder_moment(now, until),
        )  # fmt: skip
        add_step(
            demand.need, by=by, kind="waiting", record=demand, now=now, tell_asker=True,
            line=_("Waiting for %(whom)s, until %(when)s.")
            % {"whom": whom, "when": spoken(until)},
        )  # fmt: skip
        act.on(demand, after={"waiting_on": whom, "until": until})
    return demand


def resume(demand: Demand, *, by: Actor, now: datetime, token: str | None = None) -> Demand:
    """The wait is over; the limit for the answer is the one that was promised."""
    with recording(by, "reception.resume", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        work_on(
            demand, Act.RESUME, by=by, now=now, waiting_on="", due_at=demand.answer_by,
            remind_at=next_reminder(now, demand.answer_by),
        )  # fmt: skip
        add_step(
            demand.need, by=by, kind="resumed", record=demand, now=now, tell_asker=True,
            may_wait=True,
            line=_("It goes on. You get an answer by %(when)s.")
            % {"when": spoken(demand.due_at)},
        )  # fmt: skip
        act.on(demand, after={"state": demand.state})
    return demand


def answer_demand(
    demand: Demand,
    *,
    by: Actor,
    words: str,
    now: datetime,
    photos: Sequence[CleanPhoto] = (),
    token: str | None = None,
) -> Demand:
    """Say what was done. It counts as solved only when the asker says so.

    Whoever can confirm by phone or account is asked at once and called back after two days;
    whoever cannot is on the return-call list from now.
    """
    if not words.strip():
        raise Refused(_("Say what was done, so that the person can check it."), field="words")
    with recording(by, "reception.answer_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        permit("work_on", by, demand)
        if demand.state == State.JOINED:
            raise Refused(_("It goes with another: answer that one, and this asker hears it too."))
        _ask_whether_solved(demand, by=by, words=words.strip(), now=now)
        for photo in photos:
            add_photo(demand.need, photo, moment=PhotoMoment.AFTER, now=now)
        add_step(
            demand.need, by=by, kind="answered", record=demand, now=now, tell_asker=True,
            line=_("Answer from %(name)s: %(words)s") % {"name": by.name, "words": words.strip()},
        )  # fmt: skip
        act.on(demand, after={"state": demand.state, "words": words})
    return demand


def confirm_demand(
    demand: Demand,
    *,
    by: Actor,
    solved: bool,
    now: datetime,
    rating: int | None = None,
    words: str = "",
    token: str | None = None,
) -> Demand:
    """The asker says whether it is solved, and rates it. 'Not solved' opens it again."""
    permit("confirm", by, demand)
    with recording(by, "reception.confirm_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        _hear_verdict(
            demand, by=by, solved=solved, rating=rating, words=words, now=now, called=False
        )
        act.on(demand, after={"solved": solved, "rating": rating})
    return demand


def record_return_call(
    demand: Demand,
    *,
    by: Actor,
    outcome: str,
    now: datetime,
    rating: int | None = None,
    words: str = "",
    token: str | None = None,
) -> Demand:
    """Somebody other than the handler called the asker back.

    After the third call that reaches nobody the demand is closed as unreachable, which is not
    counted as solved. Raises NotPermitted for the handler.
    """
    confirmation = Confirmation.objects.filter(demand=demand, round=demand.round).first()
    if confirmation is None or confirmation.outcome:
        raise TakenMeanwhile(_("The person has already been heard. Open it again to see."))
    if not may(by, "call_back", confirmation):
        raise NotPermitted(_("Somebody other than the handler makes the return call."))
    with recording(by, "reception.record_return_call", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        if outcome == Outcome.UNREACHABLE:
            _note_missed_call(demand, confirmation, by=by, now=now)
        else:
            _hear_verdict(
                demand, by=by, solved=outcome == Outcome.SOLVED, rating=rating, words=words,
                now=now, called=True,
            )  # fmt: skip
        act.on(demand, after={"outcome": outcome, "rating": rating})
    return demand


def pass_on(
    demand: Demand, *, to: str, by: Actor, why: str, now: datetime, token: str | None = None
) -> Demand:
    """Hand the need over to another room. The asker's side stays here, and the clock goes on.

    Raises LookupError for a room that takes nothing over, Refused if it is there already.
    """
    if not why.strip():
        raise Refused(_("Say why, so that they know what is expected."), field="why")
    with recording(by, "reception.pass_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        work_on(
            demand, Act.PASS_ON, by=by, now=now, waiting_on=str(receiver_of(to).label),
            due_at=demand.answer_by, remind_at=next_reminder(now, demand.answer_by),
            responded_at=demand.responded_at or now,
        )  # fmt: skip
        hand_over(demand.need, to=to, by=by, why=why.strip(), now=now)
        if demand.need.is_sealed:  # what colleagues noted of it, too
            erase_details("reception.demand", [demand.pk], now=now)
        # A room that seals has the reason in its own keeping.
        act.on(demand, after={"room": to, "why": "" if demand.need.is_sealed else why})
    return demand


def hear_answer(need: Need, by: Actor, words: str, now: datetime) -> None:
    """Another room has answered: the asker is now to be asked whether it is solved.

    Part of the other room's act (`flow.answer`), whose permission it was.
    """
    demand = Demand.objects.select_related("need__person").filter(need=need, is_open=True).first()
    if demand is not None:
        _ask_whether_solved(demand, by=by, words=words, now=now)


def assign_demand(
    demand: Demand, *, to: Account, by: Actor, why: str, now: datetime, grid: Grid | None = None,
    token: str | None = None,
) -> Demand:  # fmt: skip
    """Give it to another owner outright, with the reason. The clock goes on.

    The head's alone, for whom a colleague cannot be asked; everybody else offers it.
    """
    permit("assign", by, demand)
    with recording(by, "reception.assign_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        before = demand.owner_id
        changes: dict[str, Any] = {"owner_id": to.pk}  # Any: columns of mixed types
        if grid is not None:
            changes["grid_id"] = grid.pk
        work_on(demand, Act.ASSIGN, by=by, now=now, **changes)
        demand.owner = to
        add_step(
            demand.need, by=by, kind="assigned", record=demand, now=now, is_for_asker=False,
            line=_("From %(from)s to %(to)s: %(why)s")
            % {"from": by.name, "to": to.display_name, "why": why},
        )  # fmt: skip
        tell_owner(
            demand, by=by, now=now, subject=_("Handed to you: %(number)s"), key=f"to-{to.pk}"
        )
        act.on(demand, before={"owner": before}, after={"owner": to.pk, "why": why})
    return demand


def note_on(
    demand: Demand, *, by: Actor, words: str, now: datetime, token: str | None = None
) -> Demand:
    """An internal note: only those who work on it read it."""
    if not words.strip():
        raise Refused(_("Write the note first."), field="words")
    permit("note", by, demand)
    with recording(by, "reception.note_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        add_step(
            demand.need, by=by, kind="note", line=words.strip(), record=demand, now=now,
            is_for_asker=False,
        )  # fmt: skip
        act.on(demand, after={"note": words})
    return demand


def reclassify(
    demand: Demand, *, by: Actor, category: Category, urgency: str, now: datetime,
    token: str | None = None,
) -> Demand:  # fmt: skip
    """Another category or urgency; the limits count anew from the day it was received."""
    permit("work_on", by, demand)
    with recording(by, "reception.reclassify", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        before = {"category": demand.need.category_id, "urgency": demand.urgency}
        file_under(demand.need, category)
        if urgency != demand.urgency and State(demand.state) in OPEN_STATES:
            respond_by, answer_by = limits_for(urgency, demand.received_at, demand.outer_by)
            due: datetime | None = answer_by if demand.responded_at else respond_by
            if State(demand.state) is State.WAITING:
                due = demand.due_at
            change(
                demand, now=now, urgency=urgency, harm=HARM[urgency], respond_by=respond_by,
                answer_by=answer_by, due_at=due, remind_at=next_reminder(now, due),
                escalated_at=None,
            )  # fmt: skip
        act.on(demand, before=before, after={"category": category.pk, "urgency": urgency})
    return demand


def remind_owner(demand: Demand, *, by: Actor, now: datetime) -> bool:
    """The limit is near: the owner hears of it, once. False if somebody else was quicker."""
    near = Demand.objects.filter(pk=demand.pk, is_open=True, remind_at=demand.remind_at)
    with recording(by, "reception.remind_owner", now=now) as act:
        if near.update(remind_at=None) != 1:
            act.drop()
            return False
        tell_owner(
            demand, by=by, now=now, subject=_("Due soon: %(number)s"),
            key=f"remind-{demand.round}-{demand.due_at:%Y%m%d%H%M}",
        )  # fmt: skip
        act.on(demand, after={"due_at": demand.due_at})
    return True


def escalate(demand: Demand, *, by: Actor, now: datetime) -> bool:
    """The limit has passed: it counts as late for good, and the head hears of it.

    False if it was escalated already or is no longer late.
    """
    permit("escalate", by, demand)
    late = Demand.objects.filter(
        pk=demand.pk, is_open=True, due_at=demand.due_at, escalated_at__isnull=True
    )
    with recording(by, "reception.escalate", now=now) as act:
        if late.update(escalated_at=now, was_late=True) != 1:
            act.drop()
            return False
        add_step(
            demand.need, by=by, kind="escalated", record=demand, now=now, is_for_asker=False,
            line=_("The limit of %(when)s has passed.") % {"when": spoken(demand.due_at)},
        )  # fmt: skip
        head = head_of(demand.community_id, now)
        for account_id in {demand.owner_id, head.pk if head else None} - {None}:
            tell(
                ("account", account_id), by=by, topic="late",
                subject=_("Late: %(number)s") % {"number": demand.need.number},
                body=demand.need.words[:80], path=path_of(demand), now=now,
                key=f"late-{demand.pk}-{demand.round}-{demand.due_at:%Y%m%d%H%M}-{account_id}",
            )  # fmt: skip
        act.on(demand, after={"due_at": demand.due_at})
    return True


def open_demand(
    need: Need, *, by: Actor, urgency: str | None, now: datetime,
    received: datetime | None = None, outer_by: datetime | None = None,
) -> Demand:  # fmt: skip
    """The desk's side of a need that was just opened: its owner and its limits.

    Part of a room's own action. `received` is given where it reached us later than it was said;
    `outer_by` is the deadline of whoever gave us the work, and the earlier limit counts.
    """
    received = received or need.said_at
    kind = urgency or (need.category.limit_class if need.category else "ordinary")
    respond_by, answer_by = limits_for(kind, received, outer_by)
    goes_to_grid = need.grid_id is not None and need.visibility != Visibility.CONFIDENTIAL
    owner = officer_of(need.grid_id, now) if goes_to_grid else None
    owner = owner or need.entered_by or head_of(need.community_id, now)
    demand: Demand = Demand.objects.create(
        community_id=need.community_id,
        need=need,
        state=State.RECEIVED,
        urgency=kind,
        harm=HARM[kind],
        grid_id=need.grid_id,
        owner=owner,
        received_at=received,
        respond_by=respond_by,
        answer_by=answer_by,
        outer_by=outer_by,
        due_at=respond_by,
        remind_at=reminder_moment(received, respond_by),
    )
    return demand


def limits_for(
    urgency: str, received: datetime, outer_by: datetime | None = None
) -> tuple[datetime, datetime]:
    """By when the first word and the answer are owed; never later than who gave the work wants it."""
    limit = limit_of(urgency, received) or FIRST_LIMITS[urgency]
    respond_by = respond_deadline(limit, received)
    answer_by = reply_deadline(limit, received, work_calendar())
    return earlier(respond_by, outer_by), earlier(answer_by, outer_by)


def _ask_whether_solved(demand: Demand, *, by: Actor, words: str, now: datetime) -> None:
    """An answer was given: the demand waits for the asker's word, and for nobody else. So does
    every demand that goes with it, each for its own asker's.
    """
    _ask(demand, by=by, words=words, now=now)
    joined = Demand.objects.filter(
        joinings__lead=demand, joinings__ended_at__isnull=True, state=State.JOINED
    )
    for other in joined.select_related("need__person").order_by("id"):
        _ask(other, by=by, words=words, now=now)


def _ask(demand: Demand, *, by: Actor, words: str, now: datetime) -> None:
    after = next_state(State(demand.state), Act.ANSWER)
    if after is None:
        raise Refused(_("This cannot be done now. Open it again to see where it stands."))
    call_from = now + CALL_AFTER if _can_confirm_alone(demand.need) else now
    move(
        demand, after, now=now, answered_at=now,
        due_at=work_calendar().deadline_in_workdays(call_from, CALL_WITHIN_WORKDAYS),
        remind_at=None, waiting_on="", responded_at=demand.responded_at or now,
        was_late=demand.was_late or is_past(demand.answer_by, now),
        owner_id=by.account_id or demand.owner_id,
    )  # fmt: skip
    Confirmation.objects.create(
        community_id=demand.community_id, demand=demand, round=demand.round, asked_at=now,
        call_from=call_from, handler_id=by.account_id, answer=words,
    )  # fmt: skip


def _hear_verdict(
    demand: Demand, *, by: Actor, solved: bool, rating: int | None, words: str, now: datetime,
    called: bool,
) -> None:  # fmt: skip
    after = next_state(State(demand.state), Act.CONFIRM if solved else Act.DISPUTE)
    if after is None:
        raise TakenMeanwhile(_("There is no answer to confirm now. Open it again to see."))
    heard = Confirmation.objects.filter(demand=demand, round=demand.round, outcome="").update(
        outcome=Outcome.SOLVED if solved else Outcome.NOT_SOLVED, rating=rating, words=words,
        told_at=now, channel=by.channel, called_by_id=by.account_id if called else None,
    )  # fmt: skip
    if heard != 1:
        raise TakenMeanwhile(_("You have already told us. Thank you."))
    if solved:
        move(demand, after, now=now, closed_at=now, due_at=None)
        Need.objects.filter(pk=demand.need_id).update(closed_at=now)
        line = str(_("Confirmed as solved."))
    else:
        head = head_of(demand.community_id, now)
        # A deadline from above that has passed cannot be kept any more; ours count then.
        outer_by = demand.outer_by if demand.outer_by and demand.outer_by > now else None
        respond_by, answer_by = limits_for(demand.urgency, now, outer_by)
        move(
            demand, after, now=now, round=demand.round + 1, owner_id=head.pk if head else demand.owner_id,
            due_at=respond_by, respond_by=respond_by, answer_by=answer_by, responded_at=None,
            answered_at=None, remind_at=reminder_moment(now, respond_by), escalated_at=None,
        )  # fmt: skip
        demand.owner = head or demand.owner
        line = _("Not solved: opened again. %(name)s looks at it.") % {
            "name": name_of(demand.owner)
        }
        tell_owner(
            demand, by=by, now=now, subject=_("Opened again: %(number)s"),
            key=f"reopened-{demand.round}",
        )  # fmt: skip
    if words.strip():
        line = _("%(line)s “%(words)s”") % {"line": line, "words": words.strip()}
    end_joining(demand, now=now)
    add_step(
        demand.need, by=by, kind="confirmed" if solved else "not_solved", record=demand, now=now,
        line=line,
    )  # fmt: skip


def _note_missed_call(
    demand: Demand, confirmation: Confirmation, *, by: Actor, now: datetime
) -> None:
    calls = confirmation.calls + 1
    is_last = calls >= CALLS_BEFORE_UNREACHABLE
    next_day = work_calendar().add_workdays(now, 1)
    noted = Confirmation.objects.filter(
        pk=confirmation.pk, calls=confirmation.calls, outcome=""
    ).update(
        calls=calls, call_from=next_day, called_by_id=by.account_id,
        outcome=Outcome.UNREACHABLE if is_last else "", told_at=now if is_last else None,
    )  # fmt: skip
    if noted != 1:
        raise TakenMeanwhile(_("The person has already been heard. Open it again to see."))
    if is_last:
        end_joining(demand, now=now)
        move(demand, State.CLOSED, now=now, closed_at=now, due_at=None)
        Need.objects.filter(pk=demand.need_id).update(closed_at=now)
    add_step(
        demand.need, by=by, kind="missed_call", record=demand, now=now, is_for_asker=False,
        line=_("Called back, nobody answered (call %(count)s of %(most)s).")
        % {"count": calls, "most": CALLS_BEFORE_UNREACHABLE},
    )  # fmt: skip


def _can_confirm_alone(need: Need) -> bool:
    """Whether the asker has a way to answer without us: an account, or the code of a slip they made."""
    if need.contact_wish in {ContactWish.CALL, ContactWish.DOOR}:
        return False
    if need.channel in {Channel.QR, Channel.ONLINE}:
        return True
    return need.person is not None and need.person.account_id is not None
