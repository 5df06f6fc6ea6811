"""Files that were asked for."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Account, TenantRow
from mulin.ground.downloads.registry import EVERYTHING
from mulin.ground.downloads.rules import ARCHIVE, Format, State
from mulin.kit.scoping import tenant_manager

FORMAT_LABELS = {
    Format.XLSX: _("Excel or WPS (recommended: no digit is lost)"),
    Format.CSV: _("CSV, for programs"),
}


class DownloadQuerySet(models.QuerySet["Download"]):
    def of(self, account_id: int) -> "DownloadQuerySet":
        """What an account asked for and can still see, the newest first."""
        return self.filter(account_id=account_id).exclude(state=State.FORGOTTEN).order_by("-id")

    def waiting(self) -> "DownloadQuerySet":
        return self.filter(state=State.WAITING)

    def to_be_forgotten(self, now: datetime) -> "DownloadQuerySet":
        """Files whose day is over."""
        return self.exclude(state=State.FORGOTTEN).filter(forgotten_from__lte=now)


class Download(TenantRow):
    """One file: what was asked for by whom and what for, and where it lies until it is forgotten."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    listing = models.CharField(max_length=60)
    typed = models.TextField(blank=True)  # how the list was narrowed
    format = models.CharField(
        max_length=4, choices=[(one.value, label) for one, label in FORMAT_LABELS.items()]
    )
    purpose = models.CharField(max_length=100, blank=True)
    state = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in State], default=State.WAITING
    )
    asked_at = models.DateTimeField()
    tried_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField(null=True)
    forgotten_from = models.DateTimeField()
    row_count = models.PositiveIntegerField(null=True)
    kept_as = models.CharField(max_length=120, blank=True)
    fault = models.CharField(max_length=200, blank=True)
    parts = models.JSONField(default=list)  # names of the lists that stand in it

    objects = tenant_manager(DownloadQuerySet)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("community", "account", "id")),
            models.Index(fields=("community", "state", "forgotten_from")),
        )

    def __str__(self) -> str:
        return self.listing

    @property
    def suffix(self) -> str:
        """How its name ends: what it is written as, or an archive of such files."""
        return ARCHIVE if self.listing == EVERYTHING.name else self.format
