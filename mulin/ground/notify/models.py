"""The outbox, its channels, and the memory of the sweeps."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField

from mulin.ground.community.models import Account, TenantRow
from mulin.kit.models import Row
from mulin.kit.scoping import tenant_manager


class Way(models.TextChoices):
    """How a message travels. The last two are carried by a person."""

    IN_APP = "in_app", _("in Mulin")
    SMS = "sms", _("text message")
    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")
    EMAIL = "email", _("e-mail")
    NTFY = "ntfy", _("ntfy")
    CALL = "call", _("a phone call")
    DOOR = "door", _("a knock on the door")


class MessageState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    LEASED = "leased", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("given up")
    TASK = "task", _("to be told in person")
    TOLD = "told", _("told in person")
    DIGESTED = "digested", _("sent within a digest")


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> "MessageQuerySet":
        """To be sent now, or left behind by a sender that died."""
        return self.filter(
            Q(state=MessageState.WAITING, due_at__lte=now)
            | Q(state=MessageState.LEASED, lease_until__lte=now)
        )

    def inbox_of(self, account_id: int) -> "MessageQuerySet":
        """What stands in an account's inbox, newest first."""
        return self.filter(way=Way.IN_APP, account_id=account_id).order_by("-id")


class Message(TenantRow):
    """One delivery of one message on one channel to one recipient.

    `recipient_kind` and `recipient_id` name a record of a floor above, never by a key.
    `key` is the idempotency key: the same message is written once per recipient and channel,
    and the gateway is given the same key at every try.
    """

    created_at = models.DateTimeField()
    topic = models.CharField(max_length=60)
    recipient_kind = models.CharField(max_length=40)
    recipient_id = models.BigIntegerField()
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+")
    way = models.CharField(max_length=20, choices=Way.choices)
    address = EncryptedCharField(max_length=300, null=True, blank=True)
    subject = models.CharField(max_length=120)
    body = EncryptedTextField(null=True, blank=True)
    path = models.CharField(max_length=200, blank=True)
    is_alarm = models.BooleanField(default=False)
    key = models.CharField(max_length=100)
    state = models.CharField(max_length=20, choices=MessageState.choices)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    carrier = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    told_note = models.CharField(max_length=200, blank=True)

    objects = tenant_manager(MessageQuerySet)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "key"), name="message_key_once"),
        )
        indexes = (
            models.Index(fields=("community", "state", "due_at")),
            models.Index(fields=("community", "account", "way", "id")),
            models.Index(fields=("community", "carrier", "state")),
        )


class ChannelSetting(TenantRow):
    """A channel that a community has set up, with its secret address."""

    way = models.CharField(max_length=20, choices=Way.choices)
    target = EncryptedCharField(max_length=500)
    is_on = models.BooleanField(default=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "way"), name="one_setting_per_channel"),
        )


class SweepRun(Row):
    """When a sweep last ran, and what went wrong. Shared: housekeeping of the installation."""

    name = models.CharField(max_length=60, unique=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
