"""Half-typed forms."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef
from encrypted_fields.fields import EncryptedTextField

from mulin.ground.audit.models import Act
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.drafts.rules import (
    LONGEST_NAME_OF_FORM,
    LONGEST_PATH,
    LONGEST_TOKEN,
    forgotten_before,
)
from mulin.kit.scoping import tenant_manager


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, account_id: int) -> "DraftQuerySet":
        """An account's own that are not sent, the last touched first: a form whose act is done
        is no draft, even if its last letters arrived after it.
        """
        spent = Act.objects.filter(token=OuterRef("token"))
        return self.filter(account_id=account_id).exclude(Exists(spent)).order_by("-kept_at", "-id")

    def to_be_forgotten(self, now: datetime) -> "DraftQuerySet":
        """Nobody has touched them for too long."""
        return self.filter(kept_at__lt=forgotten_before(now))


class Draft(TenantRow):
    """What one account has typed into one showing of a form; `form` says which form, `path` where
    it stands. `about_id` is the person the form is about, else its writer, so that an erasure finds it.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    form = models.CharField(max_length=LONGEST_NAME_OF_FORM)
    token = models.CharField(max_length=LONGEST_TOKEN)
    path = models.CharField(max_length=LONGEST_PATH)
    about_id = models.BigIntegerField(null=True)
    began_at = models.DateTimeField()
    kept_at = models.DateTimeField()
    fields = EncryptedTextField()  # JSON

    objects = tenant_manager(DraftQuerySet)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "account", "token"), name="draft_of_a_form_once"
            ),
        )
        indexes = (
            models.Index(fields=("community", "account", "form", "kept_at")),
            models.Index(fields=("community", "kept_at")),
            models.Index(fields=("community", "about_id")),
        )

    def __str__(self) -> str:
        return self.form
