"""The chain is tried every five minutes from end to end, and a second box hears when it holds."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.actions.ladder import audit
from mulin.circle.alarms.actions.raising import press_trial
from mulin.circle.alarms.models import Alarm, Chain, Outcome
from mulin.circle.alarms.permissions import check_setup
from mulin.circle.alarms.queries import TRIAL_NUMBERS, chain_of, duty_of
from mulin.circle.alarms.rules import (
    CLOCK_SLACK,
    SILENCE_COUNTS,
    TRIAL_EVERY,
    State,
    chain_is_proven,
    is_hushed,
)
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import drop_echoes
from mulin.ground.notify.channels.shape import Parcel
from mulin.ground.notify.rules import receipt_signature
from mulin.kit import clock as wall
from mulin.kit.refusals import Refused
from mulin.kit.scoping import in_community

SECONDS_TO_PING = 5
TRIALS_KEPT = timedelta(hours=6)
#: A trial is named by the second it was sent in, counted from here.
_BEGAN = 1_577_836_800  # 2020-01-01

Publish = Callable[[Community, int], None]


def start_trial(community: Community, *, now: datetime, publish: Publish | None = None) -> bool:
    """Send a trial if it is time: by the broker where devices use it, else straight in.

    Returns whether one was sent. Old trials are forgotten.
    """
    with in_community(community):
        chain = _chain(community)
        sent_at = chain.trial_sent_at
        # A clock that was put back must not silence the trial, nor give it a number that was used.
        if sent_at is not None and sent_at - CLOCK_SLACK <= now < sent_at + TRIAL_EVERY:
            return False
        last = Alarm.objects.filter(is_synthetic=True).aggregate(last=Max("number"))["last"] or 0
        number = max(TRIAL_NUMBERS + int(now.timestamp()) - _BEGAN, last + 1)
        Chain.objects.filter(pk=chain.pk).update(trial_sent_at=now)
        Alarm.objects.filter(is_synthetic=True, opened_at__lt=now - TRIALS_KEPT).delete()
        drop_echoes(before=now - TRIALS_KEPT)
    if publish is not None:
        publish(community, number)
        return True
    with in_community(community):
        press_trial(community.pk, number=number, now=now)
    return True


def hear_echo(parcel: Parcel) -> None:
    """The trial came out at the other end: the only alarm that ends without a human."""
    now = wall.now()
    community = Community.objects.get(pk=parcel.community_id)
    with in_community(community):
        ended = Alarm.objects.running().filter(
            pk=int(parcel.body.split()[0]), is_synthetic=True
        ).update(
            state=State.ENDED, ended_at=now, outcome=Outcome.TRIAL, next_step_at=None,
            ended_by=str(_("the chain")),
        )  # fmt: skip
        if ended:
            Chain.objects.filter(community=community).update(trial_arrived_at=now)


def audit_and_ping(community: Community, *, now: datetime) -> bool:
    """Walk the alarms; the second box hears of it only where none stood still and the last trial
    came back, and not while it is tried. Silence of three minutes is how it knows. Whether all is
    well.
    """
    still = audit(community, now=now)
    with in_community(community):
        chain = _chain(community)
        Chain.objects.filter(pk=chain.pk).update(audited_at=now, standing_still=len(still))
        is_well = not still and chain_is_proven(chain.trial_sent_at, chain.trial_arrived_at, now)
        box = duty_of(community.pk).second_box
    if not is_well or not box or is_hushed(chain.silent_from, now):
        return is_well
    fault = _ping(box, now)
    with in_community(community):
        if fault:
            Chain.objects.filter(pk=chain.pk).update(ping_fault=fault)
        else:
            Chain.objects.filter(pk=chain.pk).update(pinged_at=now, ping_fault="")
    return True


def _ping(box: str, now: datetime) -> str:
    """One try; the fault, or nothing. Signed where a key stands behind the address."""
    import requests  # noqa: PLC0415  9 MB that only an installation with a second box needs

    url, _space, key = box.partition(" ")
    stamp = str(int(now.timestamp()))
    headers = {"Mulin-Time": stamp}
    if key:
        headers["Mulin-Signature"] = receipt_signature(key, time=stamp, content=b"")
    try:
        with requests.get(
            url, headers=headers, timeout=SECONDS_TO_PING, allow_redirects=False, stream=True
        ) as answer:
            return "" if answer.ok else str(answer.status_code)
    except requests.RequestException as error:
        return type(error).__name__


def keep_silent(
    *, by: Actor, now: datetime, token: str | None = None
) -> Chain:  # fmt: skip
    """For six minutes the second box hears nothing, as if Mulin were dead: its text must come.

    Alarms go on as ever. Raises NotPermitted, Refused where there is no second box.
    """
    check_setup(by)
    if not duty_of(by.community_id).second_box:
        raise Refused(_("No second box is written down."))
    with recording(by, "alarms.keep_silent", now=now, token=token) as act:
        chain = _chain(Community.objects.get(pk=by.community_id))
        if not act.is_repeat:
            chain.silent_from = now
            chain.save(update_fields=["silent_from"])
        act.on(chain)
    return chain


def say_text_came(
    *, by: Actor, now: datetime, token: str | None = None
) -> Chain:  # fmt: skip
    """The text of the second box came: it is proven for a week. Raises NotPermitted, and Refused
    without a silence that was announced.
    """
    check_setup(by)
    with recording(by, "alarms.text_came", now=now, token=token) as act:
        chain = _chain(Community.objects.get(pk=by.community_id))
        if act.is_repeat:
            return chain
        began = chain.silent_from
        if began is None or not began <= now <= began + SILENCE_COUNTS:
            raise Refused(_("Let the box be tried first; then its text can come."))
        chain.silent_from, chain.box_proven_at = None, now
        chain.save(update_fields=["silent_from", "box_proven_at"])
        act.on(chain, after={"box_proven_at": now})
    return chain


def _chain(community: Community) -> Chain:
    kept = chain_of(community.pk)
    if kept._state.adding:  # noqa: SLF001  Django's own word for a row that is not there yet
        Chain.objects.bulk_create([kept], ignore_conflicts=True)
    return chain_of(community.pk)
