"""What the outbox is asked: what is due, whose tasks, what was sent and what failed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure

from mulin.ground.community.models import Membership
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.ground.notify.addresses import Recipient
from mulin.ground.notify.models import (
    GROUP_WAYS,
    STATE_LABELS,
    ChannelSetting,
    Message,
    MessageQuerySet,
    ServiceAccount,
    SweepRun,
    TextTemplate,
    Way,
    WeChatLink,
)
from mulin.ground.notify.queue import group_of
from mulin.ground.notify.rules import (
    DIGEST_WINDOW,
    LIMITER_WINDOW,
    PLACES,
    QuietHours,
    State,
    filled,
    parts_of,
    signed,
    topic_group,
)
from mulin.ground.notify.topics import topic_name
from mulin.kit.wording import Question

FAILED_JOBS_SHOWN = 20
OUTGOING = (Way.WECHAT, Way.SMS, Way.VOICE, Way.EMAIL, *GROUP_WAYS)


def quiet_hours() -> QuietHours:
    """The quiet hours of this installation."""
    begin, end = settings.MULIN_QUIET_HOURS
    return QuietHours(begin, end)


# ── for the sender ───────────────────────────────────────────────────────────────────────────


def targets() -> dict[str, str]:
    """The channels that are set up, each with its address: the community's own, else the
    installation's. The demonstration writes to nobody's WeChat.
    """
    found: dict[str, str] = {Way.ECHO: "here"}
    if settings.MULIN_VOICE_URL:
        found[Way.VOICE] = f"{settings.MULIN_VOICE_URL} {settings.MULIN_VOICE_TOKEN}".strip()
    if settings.MULIN_SMS_URL:
        found[Way.SMS] = f"{settings.MULIN_SMS_URL} {settings.MULIN_SMS_TOKEN}".strip()
    if settings.EMAIL_URL:
        found[Way.EMAIL] = settings.EMAIL_URL
    for setting in ChannelSetting.objects.all():
        if setting.is_on:
            found[setting.way] = setting.target
        else:
            found.pop(setting.way, None)
    if settings.MULIN_DEMO:
        found.pop(Way.WECHAT, None)
    return found


def sign_of_texts() -> str:
    """The signature registered for this community's text messages."""
    setting = ChannelSetting.objects.filter(way=Way.SMS).only("sign").first()
    return setting.sign if setting is not None else ""


def text_template_for(topic: str) -> TextTemplate | None:
    """The approved template of a topic, of its group, or of everything else."""
    wanted = (topic, topic_group(topic), "")
    found = {row.topic: row for row in TextTemplate.objects.filter(topic__in=wanted)}
    return next((found[one] for one in wanted if one in found), None)


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """An approved template on its page, and what its texts cost at most."""

    row: TextTemplate
    name: str | Promise
    signs: int
    parts: int


def template_lines() -> list[TemplateLine]:
    """Every approved template of the community."""
    sign, lines = sign_of_texts(), []
    for row in TextTemplate.objects.order_by("topic"):
        longest = signed(filled(row.text, dict.fromkeys(PLACES, "字" * row.longest)), sign)
        name = topic_name(row.topic) if row.topic else _("everything else")
        lines.append(TemplateLine(row, name, len(longest), parts_of(longest)))
    return lines


def wechat_door() -> ServiceAccount | None:
    """The service account by which people sign in and link their WeChat, if it is in use."""
    found: ServiceAccount | None = ServiceAccount.objects.filter(is_on=True).first()
    return found


def open_id_of(who: Recipient, *, set_up: Collection[str]) -> str | None:
    """The WeChat this recipient linked, if it may be written to."""
    if Way.WECHAT not in set_up or who.account_id is None or not who.may_write:
        return None
    link = link_of(who.account_id)
    return link.open_id if link is not None and link.is_following is not False else None


def link_of(account_id: int) -> WeChatLink | None:
    """The WeChat an account is linked with in this community."""
    found: WeChatLink | None = WeChatLink.objects.standing().filter(account_id=account_id).first()
    return found


def next_due(
    now: datetime, *, resting: Collection[str], only_alarms: bool = False
) -> Message | None:
    """The message to be sent now, if any may be.

    Ordinary ones keep to the quiet hours and to the limit for all channels together; those that
    somebody waits for pass the quiet hours; alarms pass both, and a resting channel too.
    """
    due = Message.objects.due(now)
    may_go = Q(is_alarm=True)
    if only_alarms:
        alarm: Message | None = due.filter(may_go).first()
        return alarm
    recent = Message.objects.filter(leased_at__gt=now - LIMITER_WINDOW, is_alarm=False)
    if recent.count() < settings.MULIN_MESSAGES_PER_MINUTE:
        ordinary = Q() if not quiet_hours().is_quiet(now) else Q(is_awaited=True)
        may_go |= ordinary & ~Q(way__in=resting)
    message: Message | None = due.filter(may_go).first()
    return message


def alarms_wait() -> bool:
    """Whether an alarm waits or is being sent: asked each second, so it is one short question."""
    unsent = (State.WAITING, State.LEASED)
    return bool(Message.objects.filter(state__in=unsent, is_alarm=True).exists())


def digest_moments(
    kind: str, record_id: int, topic: str, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """When the last text on this topic went to them, if lately, and when one goes that waits."""
    texts = (
        Message.objects.may_gather()
        .with_topic_group(topic_group(topic))
        .filter(recipient_kind=kind, recipient_id=record_id, due_at__gt=now - DIGEST_WINDOW)
    )
    moments = texts.aggregate(
        last=Max("due_at", filter=Q(state__in=(State.SENT, State.LEASED, State.DIGESTED))),
        gathering=Min("due_at", filter=Q(state=State.WAITING)),
    )
    return moments["last"], moments["gathering"]


def companions_of(lead: Message, now: datetime) -> MessageQuerySet:
    """Texts that are due and go together with this one."""
    found: MessageQuerySet = (
        Message.objects.due(now)
        .may_gather()
        .with_topic_group(topic_group(lead.topic))
        .filter(
            recipient_kind=lead.recipient_kind,
            recipient_id=lead.recipient_id,
            leased_at__isnull=True,  # what was tried on its own may have arrived on its own
        )
        .exclude(pk=lead.pk)
    )
    return found


def desk_accounts(community_id: int, now: datetime) -> list[int]:
    """The accounts that sit at the desk now."""
    return list(
        Membership.objects.running(now)
        .filter(community_id=community_id, role__in=[role.value for role in DESK_ROLES])
        .filter(account__is_active=True)
        .order_by("account_id")
        .values_list("account_id", flat=True)
        .distinct()
    )


# ── what is to be told in person ─────────────────────────────────────────────────────────────


def carries_for(actor: Actor, now: datetime) -> frozenset[int]:
    """The accounts whose tasks this actor has: their own, and of those they stand in for."""
    if actor.account_id is None:
        return frozenset()
    absent = (
        Membership.objects.running(now)
        .filter(
            community_id=actor.community_id,
            account_id=actor.account_id,
            stands_in_for__isnull=False,
        )
        .values_list("stands_in_for__account_id", flat=True)
    )
    return frozenset({actor.account_id, *absent})


def tasks_of(actor: Actor, now: datetime) -> MessageQuerySet:
    """What this actor is to tell in person: the desk all of it, a grid officer their own."""
    tasks: MessageQuerySet = Message.objects.to_be_told()
    if actor.has(*DESK_ROLES):
        return tasks
    return tasks.filter(carrier_id__in=carries_for(actor, now))


#: What the whole desk is to tell; every page of the desk shows how many.
_TASKS: Final = Question(lambda: Message.objects.to_be_told().order_by().values_list("id"))


def count_of_tasks(actor: Actor, now: datetime) -> int:
    """The number beside the menu entry."""
    if actor.has(*DESK_ROLES):
        return _TASKS.count()
    return tasks_of(actor, now).count()


#: What an account has not opened; every page of a resident shows how many.
_UNREAD: Final = Question(
    lambda account_id: Message.objects.inbox_of(account_id).unread().order_by().values_list("id")
)


def count_of_unread(actor: Actor, now: datetime) -> int:  # the menu passes the time to each entry
    """The number beside the inbox."""
    if actor.account_id is None:
        return 0
    return _UNREAD.count(actor.account_id)


# ── what was sent and what failed ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """How many messages of one channel are in each state."""

    way: str | Promise
    counts: list[int]


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed, without a word of what it worked on."""

    id: str
    name: str
    fault: str
    stopped_at: datetime


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel that leads out, and how it fares; its address stays unread."""

    way: str
    label: str | Promise
    is_set_up: bool = False
    is_on: bool = False
    last_ok_at: datetime | None = None
    last_error: str = ""
    last_error_at: datetime | None = None
    sign: str = ""
    yuan_per_part: Decimal | None = None

    @property
    def is_broken(self) -> bool:
        """The last thing heard of it was a fault."""
        return self.last_error_at is not None and (
            self.last_ok_at is None or self.last_ok_at < self.last_error_at
        )


def channels() -> list[ChannelLine]:
    """Every channel that can be set up, also those that are not."""
    found = {setting.way: setting for setting in ChannelSetting.objects.defer("target")}
    of_the_house = {Way.SMS: bool(settings.MULIN_SMS_URL), Way.EMAIL: bool(settings.EMAIL_URL)}
    return [
        ChannelLine(
            way=way.value, label=way.label, is_set_up=True, is_on=found[way].is_on,
            last_ok_at=found[way].last_ok_at, last_error=found[way].last_error,
            last_error_at=found[way].last_error_at, sign=found[way].sign,
            yuan_per_part=found[way].yuan_per_part,
        )
        if way in found
        else ChannelLine(
            way=way.value, label=way.label, is_set_up=of_the_house.get(way, False),
            is_on=of_the_house.get(way, False),
        )
        for way in OUTGOING
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class WeChatState:
    """What the page of the service account tells beside its form."""

    account: ServiceAccount | None
    missing: list[str | Promise]
    is_silent: bool
    linked: int
    following: int


def wechat_state() -> WeChatState:
    """The service account of the community in scope, and what is still missing to it."""
    account = ServiceAccount.objects.first()
    links = WeChatLink.objects.standing().aggregate(
        linked=Count("pk"), following=Count("pk", filter=~Q(is_following=False))
    )
    return WeChatState(
        account=account, missing=what_is_missing(account), is_silent=settings.MULIN_DEMO, **links
    )


def what_is_missing(account: ServiceAccount | None) -> list[str | Promise]:
    """What a service account can't work without, in the order it is set up."""
    if account is None:
        return [_("the app id and the app secret")]
    wanted: tuple[tuple[str, str | Promise], ...] = (
        (account.domain_code, _("the code of the file that proves the domain, for signing in")),
        (account.callback_token or "", _("the token of the callback, to hear who follows")),
        (account.template_id, _("the template by which messages are sent")),
        (account.subject_field, _("the template's field for the matter")),
    )
    return [name for value, name in wanted if not value]


def channel_of(way: str) -> ChannelLine | None:
    """One of them, or None if nothing of that name leads out."""
    return next((line for line in channels() if line.way == way), None)


def deliveries_since(since: datetime) -> list[Line]:
    """Per channel, how many messages written since then are in each state."""
    rows = (
        Message.objects.filter(created_at__gte=since)
        .order_by()
        .values_list("way", "state")
        .annotate(number=Count("pk"))
    )
    numbers = {(way, state): number for way, state, number in rows}
    return [
        Line(way.label, [numbers.get((way.value, state.value), 0) for state in STATE_LABELS])
        for way in Way
        if any((way.value, state.value) in numbers for state in STATE_LABELS)
    ]


def filled_columns(lines: list[Line]) -> tuple[list[str | Promise], list[Line]]:
    """The states in which something is, and the lines with these alone: nine columns of noughts
    hide the one that counts.
    """
    labels = list(STATE_LABELS.values())
    kept = [place for place in range(len(labels)) if any(line.counts[place] for line in lines)]
    return (
        [labels[place] for place in kept],
        [Line(line.way, [line.counts[place] for place in kept]) for line in lines],
    )


def failed() -> QuerySet[Message]:
    """What was given up, newest first; its words are not read."""
    found: QuerySet[Message] = Message.objects.filter(state=State.FAILED).order_by("-id")
    return found.defer("subject", "body", "address", "told_note")


def late_since(now: datetime, *, grace: timedelta) -> int:
    """How many messages are due for longer than this and still not gone."""
    return int(Message.objects.due(now - grace).count())


def failed_jobs(community_id: int) -> list[FailedJob]:
    """The last failed jobs of a community."""
    rows = Failure.objects.filter(group=group_of(community_id))[:FAILED_JOBS_SHOWN]
    return [FailedJob(row.id, row.name, fault_in(str(row.result)), row.stopped) for row in rows]


def sweeps() -> list[SweepRun]:
    """Every sweep, those in trouble first."""
    return list(SweepRun.objects.order_by("-failures_in_a_row", "name"))


def fault_in(report: str) -> str:
    """The kind of error at the end of a traceback; its words may tell of people and stay out."""
    last = report.strip().rpartition("\n")[2]
    return last.partition(":")[0][:120]
