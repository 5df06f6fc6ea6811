"""Writing messages, sending them, telling them in person, trying again.

A message is sent in three steps, each its own transaction: lease, send, mark. Whoever dies in
between leaves a lease behind, and the message is sent once more with the same key. It is never
marked before it is sent: a message told twice is a nuisance, one never told is a betrayal.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, gettext_noop, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure

from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor, system
from mulin.ground.notify.addresses import Recipient, recipient_of
from mulin.ground.notify.channels import SENDERS, is_target
from mulin.ground.notify.channels.shape import Approved, Outcome, Parcel, Verdict
from mulin.ground.notify.models import (
    GROUP_WAYS,
    ChannelSetting,
    Message,
    MessageQuerySet,
    TextTemplate,
    Way,
    WeChatLink,
    index_of_open_id,
)
from mulin.ground.notify.permissions import (
    may_mark_told,
    may_read,
    may_retry,
    may_set_channels,
)
from mulin.ground.notify.queries import (
    carries_for,
    companions_of,
    desk_accounts,
    digest_moments,
    next_due,
    open_id_of,
    quiet_hours,
    sign_of_texts,
    targets,
    text_template_for,
)
from mulin.ground.notify.queue import enqueue, group_of, ring
from mulin.ground.notify.rules import (
    IN_PERSON,
    LEASE,
    PLACE,
    ROUND,
    TIMEOUTS_BEFORE_REST,
    State,
    chosen_ways,
    digest_due_at,
    filled,
    fit,
    is_path,
    next_steps,
    place_values,
    quota_day_key,
    row_key,
    send_not_before,
    unknown_places,
    wait_after,
    wait_after_death,
)
from mulin.ground.notify.workers import is_dead, worker_name
from mulin.kit.failpoints import failpoint
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.kit.sentences import Sentence

logger = logging.getLogger(__name__)

#: Said in the language of whoever is told. A `Sentence` keeps its values apart until then.
Words = str | Promise | Sentence
Clock = Callable[[], datetime]


# ── writing ──────────────────────────────────────────────────────────────────────────────────


def tell(
    recipient: tuple[str, int], *, by: Actor, topic: str, subject: Words, body: Words,
    path: str = "", now: datetime, key: str, is_alarm: bool = False, is_awaited: bool = False,
    may_wait: bool = False,
) -> list[Message]:  # fmt: skip
    """Tell somebody something, in the transaction of the act it tells of.

    `recipient` is a kind and an id (see `addresses`); `key` names the occasion, so that telling
    it again writes nothing and returns the first rows. Lazy words are said in the recipient's
    language. An alarm passes quiet hours and limiter and is tried until it gets through; what
    `is_awaited`, a code for signing in, passes the quiet hours, is forgotten once sent, and goes
    by a channel that leads out or not at all: in nobody's hands and in no inbox. What `may_wait`,
    a line on the way to an answer, is no reason to ring or to knock: only messages carry it.
    Raises LookupError for an unknown recipient and ValueError for a path that leads elsewhere.
    """
    who = recipient_of(*recipient, now)
    ways = _ways_to(who, set_up=frozenset(targets()) - frozenset(GROUP_WAYS), is_alarm=is_alarm)
    if is_awaited:
        ways = [(way, to) for way, to in ways if way not in {Way.IN_APP, *IN_PERSON}]
    if may_wait:
        ways = [(way, to) for way, to in ways if way not in IN_PERSON]
    return _write(
        [(who, ways)], by=by, topic=topic, subject=subject, body=body, path=path, now=now, key=key,
        is_alarm=is_alarm, is_awaited=is_awaited,
    )  # fmt: skip


def tell_desk(
    *, by: Actor, topic: str, subject: Words, body: Words, path: str = "", now: datetime, key: str,
    is_alarm: bool = False,
) -> list[Message]:  # fmt: skip
    """Tell the desk: the inbox of everybody who sits there, and the groups the staff have set up.

    An alarm goes to their phones too.
    """
    set_up = targets()
    told = []
    for account_id in desk_accounts(by.community_id, now):
        who = recipient_of("account", account_id, now)
        ways = _ways_to(who, set_up=set_up, is_alarm=True) if is_alarm else [(Way.IN_APP.value, "")]
        told.append((who, ways))
    groups = [(way.value, set_up[way]) for way in GROUP_WAYS if way in set_up]
    told.append((Recipient(kind="desk", id=by.community_id), groups))
    return _write(
        told, by=by, topic=topic, subject=subject, body=body, path=path, now=now, key=key,
        is_alarm=is_alarm, is_awaited=False,
    )  # fmt: skip


def _ways_to(
    who: Recipient, *, set_up: Collection[str], is_alarm: bool
) -> list[tuple[str, str]]:  # fmt: skip
    """An alarm goes by every way at once; anything else by the first, and on from there."""
    reach = who.reach(open_id=open_id_of(who, set_up=set_up))
    return chosen_ways(reach, set_up=set_up, all_at_once=is_alarm)


def _write(
    told: Iterable[tuple[Recipient, list[tuple[str, str]]]], *, by: Actor, topic: str,
    subject: Words, body: Words, path: str, now: datetime, key: str, is_alarm: bool,
    is_awaited: bool,
) -> list[Message]:  # fmt: skip
    if path and not is_path(path):
        msg = f"not a path inside Mulin: {path}"
        raise ValueError(msg)
    rows = []
    for who, ways in told:
        language = who.language or settings.LANGUAGE_CODE
        with translation.override(language):
            said, told_more = str(subject), str(body)
        for way, address in ways:
            row = Message(
                community_id=by.community_id, created_at=now, topic=topic, recipient_kind=who.kind,
                recipient_id=who.id, way=way, address=address, subject=said, body=told_more,
                path=path, language=language, is_alarm=is_alarm, is_awaited=is_awaited,
                key=row_key(key, kind=who.kind, record_id=who.id, way=way),
                # Beside the inbox: they also read it there, so a failed text is no silence.
                account_id=who.account_id if way == Way.IN_APP or who.looks_into_mulin else None,
                carrier_id=who.carrier_account_id,
            )  # fmt: skip
            _place(row, now)
            rows.append(row)
    return _insert(rows, community_id=by.community_id, now=now)


def _place(row: Message, now: datetime) -> None:
    """State and time of a new message: in the inbox at once, with a person, or on its way out."""
    row.due_at = now
    if row.way == Way.IN_APP:
        row.state, row.sent_at = State.SENT, now
        return
    if row.way in IN_PERSON:
        row.state = State.TASK
        return
    row.state = State.WAITING
    passes = row.is_alarm or row.is_awaited
    if row.way == Way.SMS and not passes:
        last_at, gathering_at = digest_moments(row.recipient_kind, row.recipient_id, row.topic, now)
        row.due_at = digest_due_at(now, last_at=last_at, gathering_at=gathering_at)
    row.due_at = send_not_before(row.due_at, quiet=quiet_hours(), passes=passes)


def _insert(rows: list[Message], *, community_id: int, now: datetime) -> list[Message]:
    keys = [row.key for row in rows]
    with transaction.atomic():
        Message.objects.bulk_create(rows, ignore_conflicts=True)  # told before: the first stays
        if any(row.state == State.WAITING and row.due_at <= now for row in rows):
            ring(community_id)
    transaction.on_commit(partial(failpoint, "outbox.after_commit"))
    return list(Message.objects.filter(key__in=keys).order_by("id"))


# ── lease, send, mark ────────────────────────────────────────────────────────────────────────


def deliver_due(
    community: Community, *, clock: Clock, worker: str = "", only_alarms: bool = False
) -> int:
    """Send what is due, one message after another, and return how many were tried.

    Opens the community's scope itself, once for each step: what is leased must be committed
    before it is sent. A channel that keeps silent rests until the next round, so that it does
    not hold up the others; one message's fault is that message's alone. Whoever sends `only_alarms`
    leaves the rest to others.
    """
    worker = worker or worker_name()
    started = clock()
    recover(community, now=started)
    with in_community(community):
        addresses = targets()
    silences: Counter[str] = Counter()
    tried = 0
    while clock() - started < ROUND:
        resting = {way for way, times in silences.items() if times >= TIMEOUTS_BEFORE_REST}
        message = lease_due(
            community, now=clock(), worker=worker, resting=resting, only_alarms=only_alarms
        )
        if message is None:
            break
        failpoint("outbox.after_lease")
        outcome = _send(community, message, addresses.get(message.way, ""))
        failpoint("outbox.after_send")
        silences[message.way] = silences[message.way] + 1 if outcome.silent else 0
        tried += 1
        try:
            _mark(community, message, outcome, now=clock())
        except Exception:  # whatever it is, the next message must still go
            logger.exception("message %s could not be marked", message.pk)
    return tried


def recover(community: Community, *, now: datetime) -> int:
    """Take back messages whose sender died or outlived its lease; returns how many."""
    taken = 0
    with in_community(community), transaction.atomic():
        for message in Message.objects.filter(state=State.LEASED):
            is_held = message.lease_until is not None and message.lease_until > now
            if is_held and not is_dead(message.leased_by):
                continue
            wait = wait_after_death(message.attempts, is_alarm=message.is_alarm)
            if wait is None:
                taken += _give_up(message, "whoever sent it died each time", now=now)
            else:
                taken += _holding(message).update(
                    state=State.WAITING, due_at=now + wait, last_error="its sender died"
                )
    return taken


def lease_due(
    community: Community, *, now: datetime, worker: str, resting: Collection[str] = (),
    only_alarms: bool = False,
) -> Message | None:  # fmt: skip
    """Take the next message that may go now, for as long as a lease lasts; None if there is none.

    Leases of one community follow each other, so that two workers keep one limit. Texts that
    gather with this one are joined to it here, once and for all: every try says the same.
    """
    with in_community(community):
        if not Message.objects.due(now).exists():
            return None
        with transaction.atomic():
            Community.objects.select_for_update(no_key=True).get(pk=community.pk)
            message = next_due(now, resting=resting, only_alarms=only_alarms)
            if message is None:
                return None
            is_first = message.leased_at is None
            changes = {"leased_at": now, "lease_until": now + LEASE, "leased_by": worker}
            leased = Message.objects.filter(pk=message.pk, state=State.WAITING).update(
                state=State.LEASED, attempts=F("attempts") + 1, **changes
            )
            if leased != 1:
                return None
            message.state, message.attempts = State.LEASED, message.attempts + 1
            for name, value in changes.items():
                setattr(message, name, value)
            if is_first and message.way == Way.SMS and not (message.is_alarm or message.is_awaited):
                companions_of(message, now).filter(address__isnull=False).update(
                    state=State.DIGESTED, digest_of=message
                )
            return message


def _send(community: Community, message: Message, target: str) -> Outcome:
    if not target:
        return Outcome(Verdict.NEVER, "the channel is not set up")
    if not (message.subject or message.body):
        return Outcome(Verdict.NEVER, "its words were erased meanwhile")
    try:
        with in_community(community):
            parcel = _parcel(community, message)
        return SENDERS[message.way](parcel, target)
    except Exception as error:  # a poison message: whatever it breaks, the others go on
        logger.exception("message %s could not be sent", message.pk)
        return Outcome(Verdict.LATER, f"it could not be sent: {type(error).__name__}")


def _parcel(community: Community, message: Message) -> Parcel:
    with translation.override(message.language or settings.LANGUAGE_CODE):
        subject, body = _words(message)
    url = ""
    if message.path and community.host:
        url = f"{'https' if settings.HTTPS else 'http'}://{community.host}{message.path}"
    if url and message.way not in {Way.SMS, Way.WECHAT}:
        body = f"{body}\n{url}"
    return Parcel(
        message.key, message.address or "", subject, body, message.is_alarm, url=url,
        community_id=community.pk, written_at=message.created_at,
        sign=sign_of_texts() if message.way == Way.SMS else "",
        approved=_approved(community, message, subject, body) if message.way == Way.SMS else None,
    )  # fmt: skip


def _approved(community: Community, message: Message, subject: str, body: str) -> Approved | None:
    template = text_template_for(message.topic)
    if template is None:
        return None
    said = {"community": community.name, "subject": subject, "body": body or subject}
    values = place_values(said, longest=template.longest)
    used = {place: values[place] for place in PLACE.findall(template.text) if place in values}
    return Approved(template.approval_id, used, filled(template.text, values))


def _words(message: Message) -> tuple[str, str]:
    """What a message says; a digest says in turn what each of its messages says."""
    gathered = list(message.digested.order_by("id"))
    if not gathered:
        return message.subject or "", message.body or ""
    texts = [_one_line(each) for each in (message, *gathered)]
    kept, left_out = fit(texts)
    lines = [f"{number}. {text}" for number, text in enumerate(kept, start=1)]
    if left_out:
        more = ngettext("and %(count)d more", "and %(count)d more", left_out)
        lines.append(more % {"count": left_out})
    subject = ngettext("You have %(count)d message", "You have %(count)d messages", len(texts))
    return subject % {"count": len(texts)}, "\n".join(lines)


def _one_line(message: Message) -> str:
    if not message.body:
        return message.subject or ""
    return pgettext("a message in one line", "%(subject)s: %(body)s") % {
        "subject": message.subject, "body": message.body,
    }  # fmt: skip


def _mark(community: Community, message: Message, outcome: Outcome, *, now: datetime) -> None:
    with in_community(community), transaction.atomic():
        failpoint("outbox.before_mark")
        _note_health(message.way, outcome, now)
        if outcome.verdict is Verdict.DELIVERED:
            _mark_sent(message, outcome, now)
            return
        if outcome.gone:
            _note_gone(message, now)
        if outcome.verdict is Verdict.QUOTA:
            _tell_of_quota(community, message.way, now)
        wait = None
        if outcome.verdict is Verdict.LATER or (
            outcome.verdict is Verdict.QUOTA and message.is_alarm
        ):
            wait = wait_after(
                message.attempts, is_alarm=message.is_alarm, asked=outcome.wait,
                has_next=bool(next_steps(message.way)),
            )  # fmt: skip
        if wait is None:
            _give_up(message, outcome.why, now=now)
            return
        passes = message.is_alarm or message.is_awaited
        due_at = send_not_before(now + wait, quiet=quiet_hours(), passes=passes)
        _holding(message).update(state=State.WAITING, due_at=due_at, last_error=outcome.why[:300])
        if outcome.verdict is Verdict.QUOTA:
            _carry_in_person(message, now)


def _holding(message: Message) -> MessageQuerySet:
    """The message, as long as nobody took over the lease it was sent under."""
    return Message.objects.filter(
        pk=message.pk, state=State.LEASED, leased_by=message.leased_by, leased_at=message.leased_at
    )


def _mark_sent(message: Message, outcome: Outcome, now: datetime) -> None:
    """Sent is sent, even if the lease had run out meanwhile."""
    changes: dict[str, object] = {
        "state": State.SENT, "sent_at": now, "last_error": "",
        "gateway_id": outcome.gateway_id[:60], "parts": outcome.parts,
        "cost_yuan": _cost(message.way, outcome.parts),
    }  # fmt: skip
    if message.is_awaited:
        changes |= {"subject": None, "body": None}  # a code that was sent is nobody's any more
    may_be_sent = (State.LEASED, State.WAITING, State.WITHDRAWN)
    Message.objects.filter(pk=message.pk, state__in=may_be_sent).update(**changes)


def _cost(way: str, parts: int | None) -> Decimal | None:
    setting = ChannelSetting.objects.filter(way=way).first() if parts is not None else None
    if setting is None or setting.yuan_per_part is None or parts is None:
        return None
    return setting.yuan_per_part * parts


def _give_up(message: Message, why: str, *, now: datetime) -> int:
    return give_up(_holding(message), message, why, now=now)


def give_up(held: MessageQuerySet, message: Message, why: str, *, now: datetime) -> int:
    """A way has failed for good: the next one takes over, or somebody's voice or feet.

    `held` is the message in the state it must still be in; returns 1, or 0 when it is not.
    """
    following = _by_next_way(message, now)
    state = State.FAILED if following is None else State.PASSED_ON
    given_up: int = held.update(state=state, last_error=why[:300])
    if given_up and following is not None:
        _insert([following], community_id=message.community_id, now=now)
    elif given_up:
        _carry_in_person(message, now)
    return given_up


def _by_next_way(message: Message, now: datetime) -> Message | None:
    """The same words by the next way that leads to them as they are reached now.

    Not an alarm, which went by all ways at once, nor what was awaited and is stale by then.
    """
    steps = next_steps(message.way)
    if not steps or message.is_alarm or message.is_awaited or not message.subject:
        return None
    try:
        who = recipient_of(message.recipient_kind, message.recipient_id, now)
    except LookupError:
        return None
    addresses, set_up = dict(who.ways), targets()
    way = next((step for step in steps if step in set_up and addresses.get(step)), None)
    if way is None:
        return None
    following = Message(
        community_id=message.community_id, created_at=now, topic=message.topic,
        recipient_kind=message.recipient_kind, recipient_id=message.recipient_id, way=way,
        address=addresses[way], subject=message.subject, body=message.body, path=message.path,
        language=message.language, account_id=message.account_id, carrier_id=message.carrier_id,
        key=row_key(
            message.key, kind=message.recipient_kind, record_id=message.recipient_id, way=way
        ),
    )  # fmt: skip
    _place(following, now)
    return following


def _note_gone(message: Message, now: datetime) -> None:
    """Whoever no longer follows the service account is not written to there again."""
    if message.way == Way.WECHAT:
        WeChatLink.objects.standing().filter(
            open_id_index=index_of_open_id(message.community_id, message.address or "")
        ).update(is_following=False, heard_at=now)


def _carry_in_person(message: Message, now: datetime) -> None:
    """Where the channel failed and no inbox has it, somebody tells it in person.

    Not what was awaited, which is stale by then, nor what went to a group of staff.
    """
    is_reached = message.account_id is not None and not message.is_alarm
    if is_reached or message.is_awaited or message.way in GROUP_WAYS:
        return
    with translation.override(message.language or settings.LANGUAGE_CODE):
        subject, body = _words(message)
    if not (subject or body):
        return
    Message.objects.bulk_create(
        [
            Message(
                community_id=message.community_id, created_at=now, topic=message.topic,
                recipient_kind=message.recipient_kind, recipient_id=message.recipient_id,
                way=Way.CALL, address=message.address if message.way == Way.SMS else "",
                subject=subject, body=body, path=message.path, language=message.language,
                is_alarm=message.is_alarm, state=State.TASK, due_at=now,
                key=row_key(
                    message.key, kind=message.recipient_kind, record_id=message.recipient_id,
                    way=Way.CALL,
                ),
                carrier_id=message.carrier_id,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _note_health(way: str, outcome: Outcome, now: datetime) -> None:
    """The channel's own state, for the page of what failed."""
    setting = ChannelSetting.objects.filter(way=way)
    if outcome.verdict is Verdict.DELIVERED:
        setting.update(last_ok_at=now)
    else:
        setting.update(last_error=outcome.why[:300], last_error_at=now)


def _tell_of_quota(community: Community, way: str, now: datetime) -> None:
    if way == Way.WECHAT:
        body: Words = gettext_lazy(
            "WeChat takes no more messages of the service account today. Until midnight they go as"
            " text messages, or are told in person."
        )
    else:
        body = Sentence(
            gettext_noop(
                "%(channel)s: the gateway takes no more messages. Please top it up. Until then"
                " people who don't use Mulin are to be called."
            ),
            {"channel": Way(way).label},
        )
    tell_desk(
        by=system(community.pk),
        topic="channel.quota",
        subject=gettext_lazy("A channel's quota is used up"),
        body=body,
        path=reverse("notify:deliveries"),
        now=now,
        key=quota_day_key(way, now),
    )  # fmt: skip


# ── what need not be told any more ───────────────────────────────────────────────────────────


def withdraw(topic: str) -> int:
    """Tell no more of this: what has not left stays here. Returns how many messages.

    What is being sent at this moment may still arrive, and then counts as sent.
    """
    waiting = (State.WAITING, State.LEASED, State.TASK)
    withdrawn: int = Message.objects.filter(topic=topic, state__in=waiting).update(
        state=State.WITHDRAWN
    )
    return withdrawn


def drop_echoes(*, before: datetime) -> int:
    """Forget trials of the outbox, which told nobody anything. Returns how many rows."""
    dropped, _kinds = Message.objects.filter(way=Way.ECHO, created_at__lt=before).delete()
    return dropped


# ── people's hands ───────────────────────────────────────────────────────────────────────────


def mark_told(
    message: Message, *, by: Actor, note: str, now: datetime, token: str | None = None
) -> Message:
    """The carrier told it: on the phone or at the door.

    Raises NotPermitted, or TakenMeanwhile when somebody else told it first.
    """
    if not may_mark_told(by, message, carries_for=carries_for(by, now)):
        raise NotPermitted(_("Only whoever carries this message, or the desk, can do this."))
    with recording(by, "tell-in-person", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Message)
        told = Message.objects.filter(pk=message.pk, state=State.TASK).update(
            state=State.TOLD, sent_at=now, told_note=note
        )
        if told != 1:
            raise TakenMeanwhile(_("Somebody has told this already."))
        message.refresh_from_db()
        act.on(message, before={"state": State.TASK}, after={"state": State.TOLD, "note": note})
    return message


def mark_read(message: Message, *, by: Actor, now: datetime) -> Message:
    """The owner of the inbox has read it. No act is written: it is nobody else's business."""
    if not may_read(by, message):
        raise NotPermitted(_("This message is somebody else's."))
    Message.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=now)
    message.refresh_from_db()
    return message


def mark_all_read(*, by: Actor, now: datetime) -> int:
    """Everything in the actor's inbox counts as read; returns how many were new."""
    if by.account_id is None:
        raise NotPermitted(_("Please sign in first."))
    return int(Message.objects.inbox_of(by.account_id).unread().update(read_at=now))


def retry_message(
    message: Message, *, by: Actor, now: datetime, token: str | None = None
) -> Message:
    """Send once more what was given up, with a full set of tries.

    Raises NotPermitted, or TakenMeanwhile when it is on its way already.
    """
    if not may_retry(by):
        raise NotPermitted(_("Only the head of the community or the installer can do this."))
    with recording(by, "retry-message", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Message)
        freed = Message.objects.filter(pk=message.pk, state=State.FAILED).update(
            state=State.WAITING, attempts=0, due_at=now
        )
        if freed != 1:
            raise TakenMeanwhile(_("This message is on its way already."))
        ring(by.community_id)
        message.refresh_from_db()
        act.on(message, before={"state": State.FAILED}, after={"state": State.WAITING})
    return message


def retry_job(
    job_id: str, *, by: Actor, community: Community, now: datetime, token: str | None = None
) -> str:
    """Queue a failed job of this community once more; returns the new job's id.

    Raises NotPermitted, or TakenMeanwhile when somebody was faster.
    """
    if not may_retry(by):
        raise NotPermitted(_("Only the head of the community or the installer can do this."))
    with recording(by, "retry-job", now=now, token=token) as act:
        act.on(community, after={"job": job_id})
        if act.is_repeat:
            return job_id
        failure = Failure.objects.filter(pk=job_id, group=group_of(community.pk)).first()
        if failure is None or failure.func != "mulin.ground.notify.jobs.run_job":
            raise TakenMeanwhile(_("This job is not waiting any more."))
        name, _community_id, ids = failure.args
        failure.delete()
        return enqueue(name, community=community, **ids)


def set_channel(
    way: str, *, target: str, is_on: bool, by: Actor, now: datetime, token: str | None = None,
    sign: str = "", yuan_per_part: Decimal | None = None,
) -> ChannelSetting:  # fmt: skip
    """Set up a channel of the community, or switch it off. An empty target keeps the old one.

    Raises NotPermitted, or Refused beside the field for an address the channel can't use.
    """
    if not may_set_channels(by):
        raise NotPermitted(_("Only the head of the community or the installer can do this."))
    with recording(by, "set-channel", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(ChannelSetting)
        setting: ChannelSetting = ChannelSetting.objects.filter(way=way).first() or ChannelSetting(
            community_id=by.community_id, way=way
        )
        before = {"is_on": setting.is_on} if setting.target else {}
        setting.target = target or setting.target or targets().get(way, "")
        if is_on and not is_target(way, setting.target):
            raise Refused(_("This address does not fit the channel."), field="target")
        if any(mark in sign for mark in "【】"):
            raise Refused(_("Without the brackets: they are put around it."), field="sign")
        setting.sign, setting.yuan_per_part = sign, yuan_per_part
        setting.is_on, setting.last_error, setting.last_error_at = is_on, "", None
        setting.save()
        # The address is a secret; the act says only that it was changed.
        act.on(setting, before=before, after={"is_on": is_on, "is_new_address": bool(target)})
    return setting


def keep_template(
    topic: str, *, approval_id: str, text: str, longest: int, by: Actor, now: datetime,
    token: str | None = None,
) -> TextTemplate:  # fmt: skip
    """Write down an approved template; a topic has one, the newer takes its place.

    Raises NotPermitted, or Refused beside the field for places that nothing stands in.
    """
    if not may_set_channels(by):
        raise NotPermitted(_("Only the head of the community or the installer can do this."))
    unknown = unknown_places(text)
    if unknown:
        raise Refused(
            _("Nothing stands in %(places)s. There is ${subject}, ${body} and ${community}."),
            {"places": ", ".join(f"${{{place}}}" for place in unknown)},
            field="text",
        )
    with recording(by, "keep-template", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(TextTemplate)
        template: TextTemplate
        template, _is_new = TextTemplate.objects.update_or_create(
            community_id=by.community_id, topic=topic,
            defaults={"approval_id": approval_id, "text": text, "longest": longest},
        )  # fmt: skip
        act.on(template, after={"topic": topic, "approval_id": approval_id})
    return template


def drop_template(
    template: TextTemplate, *, by: Actor, now: datetime, token: str | None = None
) -> None:  # fmt: skip
    """Use a template no more; its topic is then sent in plain words. Raises NotPermitted."""
    if not may_set_channels(by):
        raise NotPermitted(_("Only the head of the community or the installer can do this."))
    with recording(by, "drop-template", now=now, token=token) as act:
        act.on(template, before={"topic": template.topic, "approval_id": template.approval_id})
        if not act.is_repeat:
            TextTemplate.objects.filter(pk=template.pk).delete()
