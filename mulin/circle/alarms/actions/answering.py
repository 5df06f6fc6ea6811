"""Somebody goes, is there, says what it was. Of two who answer the first goes; the second sees who."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.actions.ladder import note
from mulin.circle.alarms.models import Alarm, Called, Device, Happened, Outcome
from mulin.circle.alarms.permissions import may_answer
from mulin.circle.alarms.queries import duty_of
from mulin.circle.alarms.rules import Deed, State, from_states
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import withdraw
from mulin.kit.channels import Channel
from mulin.kit.failpoints import failpoint
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

LONGEST_NAME = 60


def go(
    alarm: Alarm, *, by: Actor, now: datetime, called: Called | None = None,
    token: str | None = None,
) -> Alarm:  # fmt: skip
    """I go: nobody else is told until the answer runs out. `called` is whoever came with the
    address in their text and has no account.

    Whoever is second is written down as ready and sees who goes. Raises NotPermitted, and Refused
    when the alarm has ended.
    """
    _check(alarm, by, called)
    with recording(by, "alarms.go", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Alarm)
        name, account_id = _who(by, called)
        until = now + timedelta(minutes=duty_of(alarm.community_id).answer_minutes)
        mine = Alarm.objects.filter(pk=alarm.pk, state=State.OPEN).update(
            state=State.GOING, going=name, going_account=account_id, going_at=now,
            next_step_at=until, stepped_at=now,
        )  # fmt: skip
        failpoint("alarms.in_answer")
        alarm.refresh_from_db()
        if alarm.state == State.ENDED:
            raise Refused(_("This alarm has ended: %(name)s was there."), {"name": alarm.ended_by})
        note(
            alarm, Happened.GOES if mine else Happened.READY, who=name, now=now, channel=by.channel
        )
        if mine:
            withdraw(alarm.topic)
        act.on(alarm, after={"state": alarm.state, "going": alarm.going_account_id})
    return alarm


def cannot_go(
    alarm: Alarm, *, by: Actor, now: datetime, called: Called | None = None,
    token: str | None = None,
) -> Alarm:  # fmt: skip
    """I can't: the next rung need not be waited for. Whoever was going and can't any more gives
    the alarm back. Raises NotPermitted.
    """
    _check(alarm, by, called)
    with recording(by, "alarms.cannot", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Alarm)
        name, account_id = _who(by, called)
        gives_back = Alarm.objects.filter(
            pk=alarm.pk, state=State.GOING, going=name, going_account=account_id
        ).update(state=State.OPEN, next_step_at=now)
        alarm.refresh_from_db()
        note(alarm, Happened.CANNOT, who=name, now=now, channel=by.channel)
        act.on(alarm, after={"state": alarm.state, "gave_back": bool(gives_back)})
    return alarm


def arrive(
    alarm: Alarm, *, by: Actor, now: datetime, called: Called | None = None,
    token: str | None = None,
) -> Alarm:  # fmt: skip
    """At the door, or spoken with: also without having said "I go" before. Raises NotPermitted,
    TakenMeanwhile.
    """
    _check(alarm, by, called)
    with recording(by, "alarms.arrive", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Alarm)
        name, account_id = _who(by, called)
        until = now + timedelta(minutes=duty_of(alarm.community_id).answer_minutes)
        is_there = Alarm.objects.filter(
            pk=alarm.pk, state__in=from_states(Deed.ARRIVE)
        ).update(
            state=State.THERE, there_at=now, going=name, going_account=account_id,
            next_step_at=until, stepped_at=now,
        )  # fmt: skip
        alarm.refresh_from_db()
        if not is_there and alarm.state == State.ENDED:
            raise TakenMeanwhile(_("This alarm has ended already."))
        note(alarm, Happened.THERE, who=name, now=now, channel=by.channel)
        withdraw(alarm.topic)
        act.on(alarm, after={"state": alarm.state})
    return alarm


def end(
    alarm: Alarm, *, outcome: str, words: str = "", by: Actor, now: datetime,
    called: Called | None = None, token: str | None = None,
) -> Alarm:  # fmt: skip
    """Say what it was; nobody is told any more. No machine ends an alarm.

    Raises NotPermitted, Refused without an outcome, TakenMeanwhile.
    """
    _check(alarm, by, called)
    if by.is_system and called is None:
        raise NotPermitted(_("Only a person ends an alarm."))
    if outcome not in Outcome.values:
        raise Refused(_("Say what it was."), field="outcome")
    with recording(by, "alarms.end", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Alarm)
        name, _account = _who(by, called)
        ended = Alarm.objects.filter(pk=alarm.pk, state__in=from_states(Deed.END)).update(
            state=State.ENDED, ended_at=now, ended_by=name, outcome=outcome, note=words or None,
            next_step_at=None,
        )  # fmt: skip
        alarm.refresh_from_db()
        if ended != 1:
            raise TakenMeanwhile(
                _("%(name)s has ended it already."), {"name": alarm.ended_by or "—"}
            )
        note(alarm, Happened.ENDED, who=name, now=now, channel=by.channel)
        withdraw(alarm.topic)
        if alarm.is_trial and alarm.device_id is not None:
            Device.objects.filter(pk=alarm.device_id).update(trial_until=None)
        act.on(alarm, after={"state": alarm.state, "outcome": outcome})
    return alarm


def _check(alarm: Alarm, by: Actor, called: Called | None) -> None:
    if called is not None and called.alarm_id == alarm.pk:
        return
    if not may_answer(by, alarm):
        raise NotPermitted(_("This alarm is answered by whoever was called to it."))


def _who(by: Actor, called: Called | None) -> tuple[str, int | None]:
    # With an account only where the desk writes down what somebody said on the phone.
    if called is not None and (by.account_id is None or by.channel == Channel.PHONE):
        return called.name[:LONGEST_NAME], called.account_id
    return by.name[:LONGEST_NAME], by.account_id
