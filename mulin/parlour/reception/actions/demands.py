"""A demand from the door to the answer: receive, accept, take, wait, answer, confirm, escalate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import (
    add_photo,
    add_step,
    file_under,
    hand_over,
    open_need,
)
from mulin.commons.flow.models import (
    Category,
    ContactWish,
    Need,
    PhotoMoment,
    Visibility,
)
from mulin.commons.flow.receivers import receiver_of
from mulin.commons.flow.said import Said
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Account, Grid
from mulin.ground.community.queries import holders_of, officer_of, work_calendar
from mulin.ground.community.rules import Actor, Role
from mulin.ground.notify.actions import tell
from mulin.kit.channels import Channel
from mulin.kit.clock import last_day_of
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
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
) -> Demand:
    """A resident's need is received: need, demand and visit in one act, owner and limit set.

    `visit` is one that was noted already and turned out to bring this demand.

    The owner is the officer of the grid it lies in, otherwise whoever wrote it down, otherwise
    the head. Raises Refused when nothing was said.
    """
    if not said.words.strip():
        raise Refused(_("Say in a few words what it is about."), field="words")
    if not may(by, "receive"):
        raise NotPermitted(_("This program may not hand demands in."))
    with recording(by, "reception.receive_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        need = open_need(said, by=by, room="reception", now=now)
        demand = _open_demand(need, by=by, urgency=urgency, now=now)
        _note_visit(need, minutes=minutes, visit=visit)
        add_step(
            need, by=by, kind="received", record=demand, now=now,
            tell_asker=need.entered_by_id is not None, may_wait=True,
            line=_("Received. %(owner)s will be in touch by %(when)s.")
            % {"owner": _name_of(demand.owner), "when": _spoken(demand.due_at)},
        )  # fmt: skip
        _tell_owner(demand, by=by, now=now, subject=_("New demand %(number)s"), key="received")
        act.on(demand, after={"number": need.number, "owner": demand.owner_id})
    return demand


def _note_visit(need: Need, *, minutes: int, visit: Visit | None) -> None:
    """Whoever brings a demand came once, though their coming was noted before."""
    brought = {"reason": VisitReason.DEMAND, "kind": None, "person": need.person, "need": need}
    free = Visit.objects.filter(pk=visit.pk, need__isnull=True) if visit else None
    if free is not None and free.update(**brought, minutes=F("minutes") + minutes):
        return
    Visit.objects.create(
        community_id=need.community_id, at=need.said_at, channel=need.channel, minutes=minutes,
        worker_id=need.entered_by_id, **brought,
    )  # fmt: skip


def accept_demand(demand: Demand, *, by: Actor, now: datetime, token: str | None = None) -> Demand:
    """The first word back to the asker: it is ours, and by when it will be answered."""
    with recording(by, "reception.accept_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        _work(demand, Act.ACCEPT, by=by, now=now, **_first_word(demand, now))
        add_step(
            demand.need, by=by, kind="accepted", record=demand, now=now, tell_asker=True,
            may_wait=True,
            line=_("Accepted. You get an answer by %(when)s.")
            % {"when": _spoken(demand.due_at)},
        )  # fmt: skip
        act.on(demand, after={"state": demand.state})
    return demand


def take_demand(demand: Demand, *, by: Actor, now: datetime, token: str | None = None) -> Demand:
    """A handler takes it in hand and owns it. The first of two wins, the second is told."""
    with recording(by, "reception.take_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        before = demand.owner_id
        _work(demand, Act.TAKE, by=by, now=now, owner_id=by.account_id, **_first_word(demand, now))
        add_step(
            demand.need, by=by, kind="taken", record=demand, now=now, tell_asker=True,
            may_wait=True,
            line=_("%(name)s has taken it in hand. You get an answer by %(when)s.")
            % {"name": by.name, "when": _spoken(demand.due_at)},
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
    if until - now > LONGEST_WAIT:
        raise Refused(_("That is too far off: look at it again within 60 days."), field="until")
    with recording(by, "reception.wait_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        _work(
            demand, Act.WAIT, by=by, now=now, waiting_on=whom, due_at=until,
            remind_at=reminder_moment(now, until),
        )  # fmt: skip
        add_step(
            demand.need, by=by, kind="waiting", record=demand, now=now, tell_asker=True,
            line=_("Waiting for %(whom)s, until %(when)s.")
            % {"whom": whom, "when": _spoken(until)},
        )  # fmt: skip
        act.on(demand, after={"waiting_on": whom, "until": until})
    return demand


def resume(demand: Demand, *, by: Actor, now: datetime, token: str | None = None) -> Demand:
    """The wait is over; the limit for the answer is the one that was promised."""
    with recording(by, "reception.resume", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        _work(
            demand, Act.RESUME, by=by, now=now, waiting_on="", due_at=demand.answer_by,
            remind_at=_next_reminder(now, demand.answer_by),
        )  # fmt: skip
        add_step(
            demand.need, by=by, kind="resumed", record=demand, now=now, tell_asker=True,
            may_wait=True,
            line=_("It goes on. You get an answer by %(when)s.")
            % {"when": _spoken(demand.due_at)},
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
        _permit("work_on", by, demand)
        _ask_whether_solved(demand, by=by, now=now)
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
    _permit("confirm", by, demand)
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
        _work(
            demand, Act.PASS_ON, by=by, now=now, waiting_on=str(receiver_of(to).label),
            due_at=demand.answer_by, remind_at=_next_reminder(now, demand.answer_by),
            responded_at=demand.responded_at or now,
        )  # fmt: skip
        hand_over(demand.need, to=to, by=by, why=why.strip(), now=now)
        act.on(demand, after={"room": to, "why": why})
    return demand


def hear_answer(need: Need, by: Actor, _words: str, now: datetime) -> None:
    """Another room has answered: the asker is now to be asked whether it is solved.

    Part of the other room's act (`flow.answer`), whose permission it was.
    """
    demand = Demand.objects.select_related("need__person").filter(need=need, is_open=True).first()
    if demand is not None:
        _ask_whether_solved(demand, by=by, now=now)


def assign_demand(
    demand: Demand, *, to: Account, by: Actor, why: str, now: datetime, grid: Grid | None = None,
    token: str | None = None,
) -> Demand:  # fmt: skip
    """Give it to another owner, with the reason. The clock goes on."""
    with recording(by, "reception.assign_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        before = demand.owner_id
        changes: dict[str, Any] = {"owner_id": to.pk}  # Any: columns of mixed types
        if grid is not None:
            changes["grid_id"] = grid.pk
        _work(demand, Act.ASSIGN, by=by, now=now, **changes)
        demand.owner = to
        add_step(
            demand.need, by=by, kind="assigned", record=demand, now=now, is_for_asker=False,
            line=_("From %(from)s to %(to)s: %(why)s")
            % {"from": by.name, "to": to.display_name, "why": why},
        )  # fmt: skip
        _tell_owner(
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
    _permit("work_on", by, demand)
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
    _permit("work_on", by, demand)
    with recording(by, "reception.reclassify", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        before = {"category": demand.need.category_id, "urgency": demand.urgency}
        file_under(demand.need, category)
        if urgency != demand.urgency and State(demand.state) in OPEN_STATES:
            respond_by, answer_by = _limits(urgency, demand.received_at)
            due: datetime | None = answer_by if demand.responded_at else respond_by
            if State(demand.state) is State.WAITING:
                due = demand.due_at
            _change(
                demand, urgency=urgency, harm=HARM[urgency], respond_by=respond_by,
                answer_by=answer_by, due_at=due, remind_at=_next_reminder(now, due),
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
        _tell_owner(
            demand, by=by, now=now, subject=_("Due soon: %(number)s"),
            key=f"remind-{demand.round}-{demand.due_at:%Y%m%d%H%M}",
        )  # fmt: skip
        act.on(demand, after={"due_at": demand.due_at})
    return True


def escalate(demand: Demand, *, by: Actor, now: datetime) -> bool:
    """The limit has passed: it counts as late for good, and the head hears of it.

    False if it was escalated already or is no longer late.
    """
    _permit("escalate", by, demand)
    late = Demand.objects.filter(
        pk=demand.pk, is_open=True, due_at=demand.due_at, escalated_at__isnull=True
    )
    with recording(by, "reception.escalate", now=now) as act:
        if late.update(escalated_at=now, was_late=True) != 1:
            act.drop()
            return False
        add_step(
            demand.need, by=by, kind="escalated", record=demand, now=now, is_for_asker=False,
            line=_("The limit of %(when)s has passed.") % {"when": _spoken(demand.due_at)},
        )  # fmt: skip
        head = _head(demand.community_id, now)
        for account_id in {demand.owner_id, head.pk if head else None} - {None}:
            tell(
                ("account", account_id), by=by, topic="late",
                subject=_("Late: %(number)s") % {"number": demand.need.number},
                body=demand.need.words[:80], path=_path(demand), now=now,
                key=f"late-{demand.pk}-{demand.round}-{demand.due_at:%Y%m%d%H%M}-{account_id}",
            )  # fmt: skip
        act.on(demand, after={"due_at": demand.due_at})
    return True


def _open_demand(need: Need, *, by: Actor, urgency: str | None, now: datetime) -> Demand:
    kind = urgency or (need.category.limit_class if need.category else "ordinary")
    respond_by, answer_by = _limits(kind, need.said_at)
    goes_to_grid = need.grid_id is not None and need.visibility != Visibility.CONFIDENTIAL
    owner = officer_of(need.grid_id, now) if goes_to_grid else None
    owner = owner or need.entered_by or _head(need.community_id, now)
    demand: Demand = Demand.objects.create(
        community_id=need.community_id,
        need=need,
        state=State.RECEIVED,
        urgency=kind,
        harm=HARM[kind],
        grid_id=need.grid_id,
        owner=owner,
        received_at=need.said_at,
        respond_by=respond_by,
        answer_by=answer_by,
        due_at=respond_by,
        remind_at=reminder_moment(need.said_at, respond_by),
    )
    return demand


def _head(community_id: int, now: datetime) -> Account | None:
    return holders_of(community_id, [Role.HEAD], now).first()


def _limits(urgency: str, received: datetime) -> tuple[datetime, datetime]:
    limit = limit_of(urgency, received) or FIRST_LIMITS[urgency]
    return respond_deadline(limit, received), reply_deadline(limit, received, work_calendar())


def _ask_whether_solved(demand: Demand, *, by: Actor, now: datetime) -> None:
    """An answer was given: the demand waits for the asker's word, and for nobody else."""
    after = next_state(State(demand.state), Act.ANSWER)
    if after is None:
        raise Refused(_("This cannot be done now. Open it again to see where it stands."))
    call_from = now + CALL_AFTER if _can_confirm_alone(demand.need) else now
    _move(
        demand, after, answered_at=now,
        due_at=work_calendar().deadline_in_workdays(call_from, CALL_WITHIN_WORKDAYS),
        remind_at=None, waiting_on="", responded_at=demand.responded_at or now,
        was_late=demand.was_late or _is_past(demand.answer_by, now),
        owner_id=by.account_id or demand.owner_id,
    )  # fmt: skip
    Confirmation.objects.create(
        community_id=demand.community_id, demand=demand, round=demand.round, asked_at=now,
        call_from=call_from, handler_id=by.account_id,
    )  # fmt: skip


def _first_word(demand: Demand, now: datetime) -> dict[str, Any]:
    """What changes when the asker hears from us for the first time: the limit is now the answer's."""
    if demand.responded_at is not None:
        return {}
    return {
        "responded_at": now,
        "due_at": demand.answer_by,
        "remind_at": _next_reminder(now, demand.answer_by),
        "was_late": demand.was_late or _is_past(demand.respond_by, now),
        "escalated_at": None,
    }


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
        _move(demand, after, closed_at=now, due_at=None)
        Need.objects.filter(pk=demand.need_id).update(closed_at=now)
        line = str(_("Confirmed as solved."))
    else:
        head = _head(demand.community_id, now)
        respond_by, answer_by = _limits(demand.urgency, now)
        _move(
            demand, after, round=demand.round + 1, owner_id=head.pk if head else demand.owner_id,
            due_at=respond_by, respond_by=respond_by, answer_by=answer_by, responded_at=None,
            answered_at=None, remind_at=reminder_moment(now, respond_by), escalated_at=None,
        )  # fmt: skip
        demand.owner = head or demand.owner
        line = _("Not solved: opened again. %(name)s looks at it.") % {
            "name": _name_of(demand.owner)
        }
        _tell_owner(
            demand, by=by, now=now, subject=_("Opened again: %(number)s"),
            key=f"reopened-{demand.round}",
        )  # fmt: skip
    if words.strip():
        line = _("%(line)s “%(words)s”") % {"line": line, "words": words.strip()}
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
        _move(demand, State.CLOSED, closed_at=now, due_at=None)
        Need.objects.filter(pk=demand.need_id).update(closed_at=now)
    add_step(
        demand.need, by=by, kind="missed_call", record=demand, now=now, is_for_asker=False,
        line=_("Called back, nobody answered (call %(count)s of %(most)s).")
        % {"count": calls, "most": CALLS_BEFORE_UNREACHABLE},
    )  # fmt: skip


def _work(demand: Demand, act: Act, *, by: Actor, now: datetime, **changes: Any) -> None:
    """Permission, the rule, and the conditional move of a handler's act. Any: mixed columns."""
    _permit("work_on", by, demand)
    after = next_state(State(demand.state), act)
    if after is None:
        raise Refused(_("This cannot be done now. Open it again to see where it stands."))
    _move(demand, after, **changes)


def _move(demand: Demand, after: State, **changes: Any) -> None:
    """Change the state if nobody did meanwhile, and the object with it. Any: mixed columns."""
    unchanged = Demand.objects.filter(
        pk=demand.pk, state=demand.state, owner_id=demand.owner_id, round=demand.round
    )
    changes |= {"state": after.value, "is_open": after in OPEN_STATES}
    if unchanged.update(**changes) != 1:
        raise TakenMeanwhile(
            _("Somebody else was a moment quicker. Open it again to see where it stands.")
        )
    for name, value in changes.items():
        setattr(demand, name, value)


def _change(demand: Demand, **changes: Any) -> None:
    """Change columns other than the state. Any: mixed columns."""
    _move(demand, State(demand.state), **changes)


def _permit(act: str, by: Actor, demand: Demand) -> None:
    if not by.is_system and not may(by, act, demand):
        raise NotPermitted(_("This is not yours to do."))


def _can_confirm_alone(need: Need) -> bool:
    """Whether the asker has a way to answer without us: an account, or the code of a slip they made."""
    if need.contact_wish in {ContactWish.CALL, ContactWish.DOOR}:
        return False
    if need.channel in {Channel.QR, Channel.ONLINE}:
        return True
    return need.person is not None and need.person.account_id is not None


def _tell_owner(
    demand: Demand, *, by: Actor, now: datetime, subject: str | Promise, key: str
) -> None:
    if demand.owner_id is None or demand.owner_id == by.account_id:
        return
    tell(
        ("account", demand.owner_id), by=by, topic="demand",
        subject=str(subject) % {"number": demand.need.number}, body=demand.need.words[:80],
        path=_path(demand), now=now, key=f"demand-{demand.pk}-{key}-{demand.owner_id}",
    )  # fmt: skip


def _path(demand: Demand) -> str:
    return f"/reception/demands/{demand.pk}/"


def _is_past(limit: datetime | None, now: datetime) -> bool:
    return limit is not None and limit < now


def _next_reminder(now: datetime, due: datetime | None) -> datetime | None:
    return reminder_moment(now, due) if due is not None and due > now else None


def _name_of(account: Account | None) -> str:
    return account.display_name if account else str(_("the community"))


def _spoken(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = localtime(moment)
    if (local.hour, local.minute) == (0, 0):  # a limit of 24:00 is spoken of as that day
        return date_format(last_day_of(moment), "MONTH_DAY_FORMAT")
    return date_format(local, "MONTH_DAY_FORMAT") + local.strftime(" %H:%M")
