"""The outbox, its channels, and the memory of the sweeps."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField

from mulin.ground.community.models import Account, TenantRow
from mulin.ground.notify.rules import CLOCK_SLACK, LONGEST_ALARM_WAIT, LONGEST_PLACE, State
from mulin.ground.notify.topics import topic_name
from mulin.kit.blindindex import blind_index
from mulin.kit.models import Row
from mulin.kit.scoping import tenant_manager


class Way(models.TextChoices):
    """How a message travels. The last two are carried by a person."""

    IN_APP = "in_app", _("in Mulin")
    WECHAT = "wechat", _("WeChat")
    SMS = "sms", _("text message")
    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")
    EMAIL = "email", _("e-mail")
    NTFY = "ntfy", _("ntfy")
    VOICE = "voice", _("a call by machine")
    ECHO = "echo", _("back to this house")
    CALL = "call", _("a phone call")
    DOOR = "door", _("a knock on the door")


#: What reaches a group of staff rather than one person.
GROUP_WAYS = (Way.WECOM, Way.DINGTALK, Way.FEISHU, Way.NTFY)

STATE_LABELS = {
    State.WAITING: _("waiting"),
    State.LEASED: _("being sent"),
    State.SENT: _("sent"),
    State.FAILED: _("given up"),
    State.TASK: _("to be told in person"),
    State.TOLD: _("told in person"),
    State.DIGESTED: _("sent together with others"),
    State.PASSED_ON: _("went another way"),
    State.WITHDRAWN: _("no longer needed"),
}


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> "MessageQuerySet":
        """To be sent now; alarms first. An alarm that waits longer than any may was written before
        the clock was put back: it goes at once.
        """
        is_ahead = Q(attempts=0, created_at__gt=now + CLOCK_SLACK) | Q(
            due_at__gt=now + LONGEST_ALARM_WAIT + CLOCK_SLACK
        )
        return self.filter(
            Q(due_at__lte=now) | (Q(is_alarm=True) & is_ahead), state=State.WAITING
        ).order_by("-is_alarm", "due_at", "id")

    def with_topic_group(self, group: str) -> "MessageQuerySet":
        return self.filter(Q(topic=group) | Q(topic__startswith=f"{group}."))

    def may_gather(self) -> "MessageQuerySet":
        """Text messages that may go together with others."""
        return self.filter(way=Way.SMS, is_alarm=False, is_awaited=False)

    def inbox_of(self, account_id: int) -> "MessageQuerySet":
        """What stands in an account's inbox, newest first: what is written down later about an
        earlier day has a higher number.
        """
        mine = self.filter(way=Way.IN_APP, account_id=account_id)
        return mine.order_by("-created_at", "-id")

    def unread(self) -> "MessageQuerySet":
        return self.filter(read_at__isnull=True)

    def texts_sent(self) -> "MessageQuerySet":
        """Text messages that left, whatever became of them: they are paid for."""
        return self.filter(way=Way.SMS, parts__isnull=False)

    def to_be_told(self) -> "MessageQuerySet":
        """What somebody still has to say or bring: alarms first, then the oldest."""
        return self.filter(state=State.TASK).order_by("-is_alarm", "created_at", "id")


class Message(TenantRow):
    """One delivery of one message on one channel to one recipient.

    `recipient_kind` and `recipient_id` name a record of a floor above, never by a key.
    `key` is the idempotency key: the same message is written once per recipient and channel,
    and the gateway is given the same key at every try. `carrier` is who tells it in person, now
    or when the channel fails.
    """

    created_at = models.DateTimeField()
    topic = models.CharField(max_length=60)
    recipient_kind = models.CharField(max_length=40)
    recipient_id = models.BigIntegerField()
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+")
    way = models.CharField(max_length=20, choices=Way.choices)
    address = EncryptedCharField(max_length=300, null=True, blank=True)
    subject = EncryptedCharField(max_length=300, null=True, blank=True)
    body = EncryptedTextField(null=True, blank=True)
    path = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, blank=True)
    is_alarm = models.BooleanField(default=False)
    is_awaited = models.BooleanField(default=False)  # somebody looks at their phone for it now
    key = models.CharField(max_length=100)
    state = models.CharField(
        max_length=20, choices=[(state.value, label) for state, label in STATE_LABELS.items()]
    )
    due_at = models.DateTimeField()
    leased_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    leased_by = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    carrier = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    told_note = models.CharField(max_length=200, blank=True)
    gateway_id = models.CharField(max_length=60, blank=True)  # what the other side calls it
    arrived_at = models.DateTimeField(null=True, blank=True)
    parts = models.PositiveSmallIntegerField(null=True, blank=True)  # what a text is paid by
    cost_yuan = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    digest_of = models.ForeignKey("self", models.CASCADE, null=True, related_name="digested")

    objects = tenant_manager(MessageQuerySet)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "key"), name="message_key_once"),
        )
        indexes = (
            models.Index(fields=("community", "state", "due_at")),
            models.Index(fields=("community", "account", "way", "id")),
            models.Index(fields=("community", "carrier", "state")),
            models.Index(fields=("community", "leased_at")),
            models.Index(fields=("community", "recipient_kind", "recipient_id", "way")),
            models.Index(fields=("community", "created_at")),
            models.Index(
                fields=("community", "gateway_id"),
                name="notify_message_of_gateway",
                condition=~Q(gateway_id=""),
            ),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def about(self) -> "str | Promise":
        """Its topic in words."""
        return topic_name(self.topic)


class ChannelSetting(TenantRow):
    """A channel that a community has set up, with its secret address.

    A text message begins with the registered `sign`, and costs `yuan_per_part`.
    """

    way = models.CharField(max_length=20, choices=Way.choices)
    target = EncryptedCharField(max_length=500)
    sign = models.CharField(max_length=20, blank=True)
    yuan_per_part = models.DecimalField(max_digits=6, decimal_places=4, null=True, blank=True)
    is_on = models.BooleanField(default=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "way"), name="one_setting_per_channel"),
        )

    def __str__(self) -> str:
        return self.way


class TextTemplate(TenantRow):
    """A text message as the gateway's vendor approved it: its number there, and its places.

    An empty `topic` is for whatever has no template of its own.
    """

    topic = models.CharField(max_length=60, blank=True)
    approval_id = models.CharField(max_length=60)
    text = models.CharField(max_length=500)
    longest = models.PositiveSmallIntegerField(default=LONGEST_PLACE)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "topic"), name="one_text_template_per_topic"
            ),
        )

    def __str__(self) -> str:
        return self.approval_id


class WeChatKind(models.TextChoices):
    """The two kinds of message a service account may send to whoever follows it."""

    TEMPLATE = "template", _("template message")
    SUBSCRIPTION = "subscription", _("subscription message")


class ServiceAccount(TenantRow):
    """The community's service account 服务号 at WeChat: its keys, and the template it sends by.

    Whether messages go by it, and how they fare, stands with the other channels in
    `ChannelSetting`. The pass that WeChat lends is kept here: all processes share one.
    """

    is_on = models.BooleanField(default=True)
    app_id = models.CharField(max_length=40)
    app_secret = EncryptedCharField(max_length=200)
    domain_code = models.CharField(max_length=40, blank=True)  # of the file that proves the domain
    callback_token = EncryptedCharField(max_length=100, null=True, blank=True)
    callback_key = EncryptedCharField(max_length=100, null=True, blank=True)
    template_kind = models.CharField(
        max_length=20, choices=WeChatKind.choices, default=WeChatKind.TEMPLATE
    )
    template_id = models.CharField(max_length=100, blank=True)
    subject_field = models.CharField(max_length=40, blank=True)
    body_field = models.CharField(max_length=40, blank=True)
    time_field = models.CharField(max_length=40, blank=True)
    access_token = EncryptedTextField(null=True, blank=True)
    token_until = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("community",), name="one_service_account"),)

    def __str__(self) -> str:
        return self.app_id


def index_of_open_id(community_id: int, open_id: str) -> str:
    """Under which an open id is found; another in each community, as the open ids are."""
    if not open_id:
        return ""
    return blind_index(f"open id {community_id}", open_id, key=settings.MULIN_INDEX_KEY)


class WeChatLinkQuerySet(models.QuerySet["WeChatLink"]):
    def standing(self) -> "WeChatLinkQuerySet":
        """Not undone."""
        return self.filter(ended_at__isnull=True)


class WeChatLink(TenantRow):
    """An account and a WeChat user of the community's service account, linked by their owner.

    The open id is good with this one service account only. `is_following` is unknown until WeChat
    has said it, and then as it said last, at `heard_at`.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    open_id = EncryptedCharField(max_length=100, null=True)
    open_id_index = models.CharField(max_length=32, blank=True)
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    is_following = models.BooleanField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(WeChatLinkQuerySet)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "open_id_index"),
                condition=Q(ended_at__isnull=True),
                name="one_account_per_wechat",
            ),
            models.UniqueConstraint(
                fields=("community", "account"),
                condition=Q(ended_at__isnull=True),
                name="one_wechat_per_account",
            ),
        )

    def __str__(self) -> str:
        return str(self.account_id)


class SweepRun(Row):
    """When a sweep last ran, and what went wrong. Shared: housekeeping of the installation."""

    name = models.CharField(max_length=60, unique=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=100, blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name
