"""An alarm is raised: by a press, a device, a silence. A committed row before anybody says "received"."""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.actions.ladder import ECHO_LADDER, acting, begin_anew, take_step
from mulin.circle.alarms.models import (
    Alarm,
    Cause,
    Device,
    Event,
    Expectation,
    ExpectedState,
    Happened,
    Watch,
)
from mulin.circle.alarms.permissions import may_press_for
from mulin.circle.alarms.queries import (
    duty_of,
    next_number,
    running_alarm_of,
    waiting_for,
    watch_of,
)
from mulin.circle.alarms.rules import (
    COUNTED_ANEW,
    TRIAL_LADDER,
    Said,
    Signal,
    State,
    begins_anew,
    counted_anew,
    is_clock_off,
    is_sent_again,
    ladder_of,
)
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor, system
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.failpoints import failpoint
from mulin.kit.refusals import NotPermitted, Refused

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """What an alarm begins with."""

    cause: Cause = Cause.PRESS
    person: Person | None = None
    watch: Watch | None = None
    device: Device | None = None
    where: str = ""
    message_id: str = ""
    is_clock_off: bool = False
    is_trial: bool = False


def press_for(
    person: Person, *, by: Actor, now: datetime, token: str | None = None
) -> Alarm:  # fmt: skip
    """Somebody calls for help for a person, or a person for themselves. Raises NotPermitted."""
    if not may_press_for(by, person):
        raise NotPermitted(_("Please call the desk: they raise the alarm at once."))
    kept = Person.kept_of(person)
    call = Call(person=kept, watch=watch_of(kept), where=kept.address)
    return raise_alarm(call, by=by, now=now, token=token)


def raise_alarm(call: Call, *, by: Actor, now: datetime, token: str | None = None) -> Alarm:
    """Write an alarm down, or a press on one that has not ended, and tell its first rung.

    The same form, or the same message of a device, is written once. What goes wrong in telling
    does not undo the alarm: the next second tells again.
    """
    with recording(by, "alarms.raise", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Alarm)
        known = _written_before(call)
        if known is not None and is_sent_again(known.at, now):
            act.drop()
            written: Alarm = known.alarm
            return written
        alarm = running_alarm_of(call.person, call.device, is_trial=call.is_trial)
        before = alarm.state if alarm is not None else ""
        is_to_climb = alarm is None or _is_news(call, alarm, now)
        if alarm is None:
            alarm = _open(call, by=by, now=now)
        elif is_to_climb:
            alarm.cause = call.cause
            begin_anew(alarm, now=now)
        alarm.pressed_at = now
        alarm.save(update_fields=["pressed_at", "cause"])
        Event.objects.create(
            community_id=by.community_id, alarm=alarm, at=now, what=Happened.PRESSED,
            who=by.name, channel=by.channel, device=call.device,
            message_id=counted_anew(call.message_id, now) if known is not None else call.message_id,
            is_clock_off=call.is_clock_off,
        )  # fmt: skip
        if call.device is not None:
            Device.objects.filter(pk=call.device.pk).update(heard_at=now, proven_at=now)
        failpoint("alarms.before_outbox")
        if is_to_climb:
            _tell_first(alarm, now=now)
        act.on(alarm, before={"state": before}, after={"state": alarm.state, "cause": call.cause})
        failpoint("alarms.before_commit")
        transaction.on_commit(partial(failpoint, "alarms.after_commit"))
    return alarm


def _is_news(call: Call, alarm: Alarm, now: datetime) -> bool:
    """Whether the ladder begins anew: for a press by its rule, and always where only a silence was
    known. A silence adds nothing to an alarm that runs.
    """
    if call.cause != Cause.PRESS:
        return False
    return alarm.cause != Cause.PRESS or begins_anew(State(alarm.state), alarm.pressed_at, now)


def _written_before(call: Call) -> Event | None:
    if call.device is None or not call.message_id:
        return None
    found: Event | None = (
        Event.objects.select_related("alarm")
        .filter(device=call.device)
        .filter(
            Q(message_id=call.message_id) | Q(message_id__startswith=call.message_id + COUNTED_ANEW)
        )
        .order_by("-id")
        .first()
    )
    return found


def _open(call: Call, *, by: Actor, now: datetime) -> Alarm:
    own = call.watch.rungs if call.watch is not None and call.watch.rungs else None
    ladder = ladder_of(own) if own else duty_of(by.community_id).ladder
    if call.is_trial:
        ladder = TRIAL_LADDER
    where = call.where or (call.person.address if call.person else "")
    alarm: Alarm = Alarm.objects.create(
        community_id=by.community_id, number=next_number(), cause=call.cause, person=call.person,
        device=call.device, where=where[:80], is_trial=call.is_trial, opened_at=now,
        pressed_at=now, rungs=[rung.as_json() for rung in ladder], began_at=now, next_step_at=now,
    )  # fmt: skip
    return alarm


def _tell_first(alarm: Alarm, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            take_step(alarm, now=now)
    except Exception:  # the press is worth more than its first text
        if transaction.get_connection().needs_rollback:
            raise  # a full disk undid all of it: the device must hear that
        logger.exception("the first rung of alarm %s could not be told", alarm.pk)
        alarm.refresh_from_db()


# ── devices ──────────────────────────────────────────────────────────────────────────────────


def take_signal(signal: Signal, *, device: Device, now: datetime) -> Alarm | None:
    """What a device said: an alarm, a sign of life, a reading, a heartbeat. An alarm is returned.

    Safe to do twice with the same message.
    """
    if signal.said is Said.SOS:
        person = Person.kept_of(device.watch.person) if device.watch is not None else None
        call = Call(
            person=person, watch=device.watch, device=device,
            where=device.place or (person.address if person else ""),
            message_id=signal.message_id, is_clock_off=is_clock_off(signal.at, now),
            is_trial=device.trial_until is not None and now < device.trial_until,
        )  # fmt: skip
        return raise_alarm(call, by=system(device.community_id).by(Channel.API), now=now)
    Device.objects.filter(pk=device.pk).update(heard_at=now)
    if device.watch is not None and signal.said is Said.OK:
        hear_of(device.watch, now=now)
    elif device.watch is not None and signal.said is Said.WATER and signal.litres is not None:
        rows = waiting_for(device.watch, Cause.WATER, now)
        rows.update(seen=F("seen") + signal.litres)
        rows.filter(seen__gte=F("needed")).update(state=ExpectedState.MET, seen=0)
    return None


def hear_of(watch: Watch, *, now: datetime) -> int:
    """They are well: whatever was awaited at this moment is answered. Returns how much."""
    heard: int = Expectation.objects.filter(
        pk__in=waiting_for(watch, Cause.SILENCE, now).values("pk")
    ).update(state=ExpectedState.MET)
    return heard


def check_in(
    watch: Watch, *, by: Actor, now: datetime, token: str | None = None
) -> Watch:  # fmt: skip
    """Somebody said that they are well, or was spoken with. Raises NotPermitted."""
    if not may_press_for(by, watch.person):
        raise NotPermitted(_("Please tell the desk."))
    with recording(by, "alarms.check_in", now=now, token=token) as act:
        if not act.is_repeat:
            heard = hear_of(watch, now=now)
            act.on(watch, after={"heard": heard})
    return watch


# ── the trial of the chain ───────────────────────────────────────────────────────────────────


def press_trial(community_id: int, *, number: int, now: datetime) -> Alarm:
    """A press that is nobody's need: it takes the same way, and comes back to the house."""
    if number <= 0:
        raise Refused(_("A trial has a number of its own."))
    by = system(community_id)
    with acting(by, "alarms.raise", now=now, is_synthetic=True):
        alarm: Alarm
        alarm, is_new = Alarm.objects.get_or_create(
            community_id=community_id, number=number,
            defaults={
                "cause": Cause.PRESS, "is_synthetic": True, "is_trial": True, "opened_at": now,
                "pressed_at": now, "rungs": ECHO_LADDER, "began_at": now, "next_step_at": now,
            },
        )  # fmt: skip
        if is_new:
            _tell_first(alarm, now=now)
    return alarm
