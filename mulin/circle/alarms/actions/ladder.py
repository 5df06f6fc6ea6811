"""The ladder: one rung after the other is told until somebody goes; the auditor sees that it climbs.

A rung is told in the transaction that moves the ladder on: whoever dies before leaves both undone,
and the next second does both.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F
from django.urls import get_resolver, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mulin.circle.alarms.addresses import ECHO
from mulin.circle.alarms.models import Alarm, Called, Cause, Event, Happened
from mulin.circle.alarms.queries import Target, duty_of, standing_still, targets_of
from mulin.circle.alarms.rules import (
    AFTER_FAULT,
    TRIAL_LADDER,
    Deed,
    Rung,
    State,
    Step,
    Who,
    after_rung,
    from_states,
)
from mulin.ground.audit.actions import Recording, recording
from mulin.ground.community.models import Community
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import HANDLER_ROLES, Actor, system
from mulin.ground.notify.actions import tell, tell_desk
from mulin.kit.clock import SHANGHAI
from mulin.kit.failpoints import failpoint
from mulin.kit.scoping import in_community
from mulin.kit.sentences import Sentence

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
MOST_AT_ONCE = 500
LONGEST_WHO = 200


def load_all() -> None:
    """Load what the first alarm needs before it comes: addresses of pages, words, gateways."""
    get_resolver().url_patterns  # noqa: B018  reading it loads every view
    with translation.override(settings.LANGUAGE_CODE):
        translation.gettext("")


@contextmanager
def acting(
    by: Actor, verb: str, *, now: datetime, token: str | None = None, is_synthetic: bool = False
) -> Iterator[Recording | None]:
    """One transaction with its act; the trials of the chain, three hundred a day, write none."""
    if is_synthetic:
        with transaction.atomic():
            yield None
        return
    with recording(by, verb, now=now, token=token) as act:
        yield act


# ── one step ─────────────────────────────────────────────────────────────────────────────────


def take_step(alarm: Alarm, *, now: datetime) -> None:
    """Tell the rung that is due, and move the ladder on; inside the caller's transaction.

    A rung that has nobody is passed over at once; the last one never has nobody.
    """
    ladder = alarm.ladder
    alarm.began_at = min(alarm.began_at, now)  # where the clock was put back since
    place = min(alarm.rung, len(ladder) - 1)
    is_last = place == len(ladder) - 1
    names = _tell(alarm, ladder[place], is_last=is_last, now=now)
    step = after_rung(ladder, place, alarm.loop, began=alarm.began_at, now=now)
    if not names and not is_last:
        step = Step(place + 1, alarm.loop, now)
    if not names and is_last:
        names = _tell_anybody(alarm, now=now)
    note(
        alarm, Happened.TOLD if names else Happened.NOBODY, who="、".join(names), now=now,
        channel="system",
    )  # fmt: skip
    alarm.rung, alarm.loop, alarm.next_step_at, alarm.stepped_at = (
        step.rung,
        step.loop,
        step.at,
        now,
    )
    alarm.save(update_fields=["rung", "loop", "began_at", "next_step_at", "stepped_at"])


def note(
    alarm: Alarm, what: Happened, *, who: str, now: datetime, channel: str = ""
) -> Event:  # fmt: skip
    """One line of the alarm's story."""
    event: Event = Event.objects.create(
        community_id=alarm.community_id, alarm=alarm, at=now, what=what, who=who[:LONGEST_WHO],
        channel=channel,
    )  # fmt: skip
    return event


def _tell(alarm: Alarm, rung: Rung, *, is_last: bool, now: datetime) -> list[str]:
    """Tell everybody of a rung; their names. One who cannot be told is no reason to leave others."""
    by, key = system(alarm.community_id), _key(alarm)
    if alarm.is_synthetic:
        tell(
            (ECHO, alarm.community_id), by=by, topic=alarm.topic, subject=_subject(alarm),
            body=str(alarm.pk), now=now, key=key, is_alarm=True,
        )  # fmt: skip
        return ["echo"]
    hint = _hint(is_last=is_last and len(alarm.ladder) > 1)
    names = []
    if Who.DUTY in rung.who or Who.ALL in rung.who:
        told = tell_desk(
            by=by, topic=alarm.topic, subject=_subject(alarm), body=_body(alarm, hint, now),
            path=reverse("alarms:alarm", args=[alarm.pk]), now=now, key=key, is_alarm=True,
        )  # fmt: skip
        if told or duty_of(alarm.community_id).screen_digest:
            names.append(_("the desk and the duty screen"))
    for target in targets_of(alarm, rung.who, by_voice=rung.by_voice, now=now):
        with _apart(alarm):
            _tell_one(alarm, target, hint=hint, key=key, now=now)
            names.append(target.name)
    return names


def _tell_anybody(alarm: Alarm, *, now: datetime) -> list[str]:
    """The last rung had nobody: whoever works here at all is told."""
    names = []
    for account in holders_of(alarm.community_id, HANDLER_ROLES, now):
        with _apart(alarm):
            tell(
                ("account", account.pk), by=system(alarm.community_id), topic=alarm.topic,
                subject=_subject(alarm), body=_body(alarm, _hint(is_last=True), now),
                path=reverse("alarms:alarm", args=[alarm.pk]), now=now, key=_key(alarm),
                is_alarm=True,
            )  # fmt: skip
            names.append(account.display_name)
    return names


def _tell_one(
    alarm: Alarm, target: Target, *, hint: Sentence, key: str, now: datetime
) -> None:  # fmt: skip
    called: Called = Called.objects.get_or_create(
        community_id=alarm.community_id, alarm=alarm, kind=target.kind, record_id=target.record_id,
        defaults={"name": target.name[:60], "account_id": target.account_id, "at": now},
    )[0]  # fmt: skip
    if target.account_id is not None:
        path, link = reverse("alarms:alarm", args=[alarm.pk]), ""
    else:
        path = reverse("alarms:answer", args=[called.code])
        host = alarm.community.host
        link = f" {'https' if settings.HTTPS else 'http'}://{host}{path}" if host else ""
    tell(
        (target.kind, target.record_id), by=system(alarm.community_id), topic=alarm.topic,
        subject=_subject(alarm), body=_body(alarm, hint, now, link=link), path=path, now=now,
        key=key, is_alarm=True,
    )  # fmt: skip


@contextmanager
def _apart(alarm: Alarm) -> Iterator[None]:
    """Whatever goes wrong with one recipient is undone for that one alone.

    Raises OperationalError: a full disk is no fault of theirs, and another try of the same rung finds
    them, where the next rung would leave them out.
    """
    try:
        with transaction.atomic():
            yield
    except OperationalError:
        raise
    except Exception:  # the others of the rung must still be told
        if transaction.get_connection().needs_rollback:
            raise  # a full disk undid all of it
        logger.exception("somebody could not be told of alarm %s", alarm.pk)


def _key(alarm: Alarm) -> str:
    return f"alarm-{alarm.pk}-{alarm.turn}-{alarm.rung}-{alarm.loop}"


def _subject(alarm: Alarm) -> Sentence:
    words = gettext_noop("Alarm %(number)s: %(who)s, %(where)s")
    if alarm.is_trial:
        words = gettext_noop("Trial %(number)s: %(who)s, %(where)s")
    return Sentence(
        words, {"number": alarm.number, "who": alarm.whom, "where": alarm.where or "—"}
    )  # fmt: skip


def _body(alarm: Alarm, hint: Sentence, now: datetime, *, link: str = "") -> Sentence:
    return Sentence(
        gettext_noop(
            "%(cause)s at %(time)s. Whoever can go says so, here or by phone: %(phone)s. %(hint)s%(link)s"
        ),
        {
            "cause": Cause(alarm.cause).label,
            "time": f"{alarm.pressed_at.astimezone(SHANGHAI):%H:%M}",
            "phone": duty_of(alarm.community_id).phone or alarm.community.phone,
            "hint": hint,
            "link": link,
        },
    )


def _hint(*, is_last: bool) -> Sentence:
    if is_last:
        return Sentence(gettext_noop("If in doubt dial 120 or 110 yourself: Mulin never does."))
    return Sentence(gettext_noop("One is enough; the others see who goes."))


# ── every second ─────────────────────────────────────────────────────────────────────────────


def climb_due(community: Community, *, clock: Clock) -> int:
    """Every step that is due; returns how many were taken.

    Each alarm in a transaction of its own. One that fails waits a moment and lets the others go
    on; the auditor tells of it. Two workers may do this at once.
    """
    with in_community(community):
        due = list(Alarm.objects.due(clock()).order_by("next_step_at").values_list("pk", flat=True))
    taken = 0
    for pk in due[:MOST_AT_ONCE]:
        try:
            with in_community(community):
                taken += climb(pk, now=clock())
        except Exception:  # whatever it is, the next elder must still be heard
            logger.exception("alarm %s could not climb", pk)
            with in_community(community):
                Alarm.objects.running().filter(pk=pk).update(
                    faults=F("faults") + 1, next_step_at=clock() + AFTER_FAULT
                )
        failpoint("alarms.between_rungs")
    return taken


def climb(alarm_id: int, *, now: datetime) -> bool:
    """Take the step of one alarm if it is still due: the next rung, or, where an answer has run
    out, the first rung anew.
    """
    is_synthetic = Alarm.objects.filter(pk=alarm_id, is_synthetic=True).exists()
    by = system(_community_of(alarm_id))
    with acting(by, "alarms.climb", now=now, is_synthetic=is_synthetic) as act:
        due = Alarm.objects.due(now).select_for_update(of=("self",))
        alarm: Alarm | None = due.select_related("community").filter(pk=alarm_id).first()
        if alarm is None:
            if act is not None:
                act.drop()
            return False
        before = alarm.state
        if alarm.state in from_states(Deed.RUN_OUT):
            begin_anew(alarm, now=now)
            note(alarm, Happened.RAN_OUT, who=alarm.going, now=now, channel="system")
        take_step(alarm, now=now)
        if act is not None:
            act.on(
                alarm, before={"state": before},
                after={"state": alarm.state, "turn": alarm.turn, "rung": alarm.rung},
            )  # fmt: skip
        failpoint("alarms.in_climb")
    return True


def begin_anew(alarm: Alarm, *, now: datetime) -> None:
    """The ladder starts from its first rung; inside the caller's transaction."""
    alarm.state, alarm.turn = State.OPEN, alarm.turn + 1
    alarm.rung, alarm.loop, alarm.began_at, alarm.next_step_at = 0, 0, now, now
    alarm.save(
        update_fields=["state", "turn", "rung", "loop", "began_at", "next_step_at"]
    )  # fmt: skip


def _community_of(alarm_id: int) -> int:
    found: int = Alarm.objects.values_list("community_id", flat=True).get(pk=alarm_id)
    return found


# ── each minute ──────────────────────────────────────────────────────────────────────────────


def audit(community: Community, *, now: datetime) -> Sequence[int]:
    """Walk all alarms that have not ended; whichever stands still is set going again.

    Returns their ids: none, where the watch is well.
    """
    with in_community(community):
        still = standing_still(now)
    for pk in still:
        with in_community(community):
            is_synthetic = Alarm.objects.filter(pk=pk, is_synthetic=True).exists()
            by = system(community.pk)
            with acting(by, "alarms.mend", now=now, is_synthetic=is_synthetic) as act:
                alarm = Alarm.objects.running().filter(pk=pk).first()
                if alarm is None:
                    if act is not None:
                        act.drop()
                    continue
                alarm.next_step_at, alarm.faults = now, 0
                alarm.save(update_fields=["next_step_at", "faults"])
                note(alarm, Happened.MENDED, who="", now=now, channel="system")
                if act is not None:
                    act.on(alarm, after={"next_step_at": now})
    return still


#: What a trial of the chain climbs.
ECHO_LADDER = [rung.as_json() for rung in TRIAL_LADDER]
