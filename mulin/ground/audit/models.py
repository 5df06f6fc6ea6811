"""Acts, their erasable details, the head of each chain, and looks at sensitive things."""

from typing import Any

from django.db import models
from encrypted_fields.fields import EncryptedTextField

from mulin.ground.audit.verbs import look_label_of
from mulin.ground.community.models import Account, TenantRow
from mulin.kit.scoping import tenant_manager


class AppendOnly(Exception):  # noqa: N818  states the rule that was broken
    """Acts are written once and never changed."""


class Act(TenantRow):
    """One thing somebody did. Never updated, never deleted."""

    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=20)
    verb = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    # Null, not empty: unique only where a form sent one.
    token = models.CharField(max_length=64, null=True)  # noqa: DJ001
    detail_digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    objects = tenant_manager()

    class Meta:
        ordering = ("seq",)
        constraints = (
            models.UniqueConstraint(fields=("community", "seq"), name="act_seq_once"),
            # Two acts that follow the same one would be a fork of the chain.
            models.UniqueConstraint(fields=("community", "previous"), name="act_chain_no_fork"),
            models.UniqueConstraint(fields=("community", "token"), name="act_token_once"),
        )
        indexes = (
            models.Index(fields=("community", "kind", "record_id", "seq")),
            models.Index(fields=("community", "account", "seq")),
        )

    def save(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own signature
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly


class ActDetail(TenantRow):
    """What stood before and after an act: personal data, so it can be erased for good."""

    act = models.OneToOneField(Act, models.PROTECT, related_name="detail")
    changes = EncryptedTextField(null=True)  # JSON {"before": …, "after": …}; null once erased
    erased_at = models.DateTimeField(null=True)

    objects = tenant_manager()


class ChainHead(TenantRow):
    """The last act of a community's chain; also the lock under which acts are written."""

    seq = models.PositiveBigIntegerField(default=0)
    seal = models.CharField(max_length=64)
    proof = models.CharField(max_length=64)

    objects = tenant_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("community",), name="one_head"),)


class Look(TenantRow):
    """Somebody read something sensitive, and why."""

    at = models.DateTimeField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    what = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)

    objects = tenant_manager()

    class Meta:
        ordering = ("-at",)
        indexes = (
            models.Index(fields=("community", "kind", "record_id", "at")),
            models.Index(fields=("community", "at")),
        )

    @property
    def label(self) -> str:
        """What was read, in words."""
        return look_label_of(self.kind, self.what)
