"""Files of old ledgers."""

import json
from datetime import date
from typing import Any

from django.db import models
from encrypted_fields.fields import EncryptedTextField

from mulin.ground.community.models import Account, TenantRow
from mulin.kit.scoping import tenant_manager


class LedgerFile(TenantRow):
    """A file that was looked at, perhaps taken in, perhaps taken out again.

    `rows`: {line, fault, record, besides} each, without a word of the file; `besides` is what had to
    be made for the record, [name of the table, id] each. `waiting`: what the lines say, as long as
    nobody has taken them in.
    """

    ledger = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    looked_at_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    rows = models.JSONField(default=list)
    waiting = EncryptedTextField(null=True)
    taken_in_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("community", "ledger", "at")),)

    def __str__(self) -> str:
        return self.file_name

    @property
    def lines(self) -> dict[int, dict[str, Any]]:  # Any: what each kind of cell gives
        """What the lines say, by their number; nothing once it was taken in."""
        kept = json.loads(self.waiting or "{}")
        return {int(number): _back(values) for number, values in kept.items()}

    @property
    def records(self) -> list[int]:
        """What came of it."""
        return [row["record"] for row in self.rows if row.get("record")]

    def besides(self, name: str) -> list[int]:
        """What was made of a table for its records."""
        return [pk for row in self.rows for table, pk in row.get("besides", ()) if table == name]

    @property
    def good(self) -> int:
        """How many lines nothing is wrong with."""
        return sum(not row["fault"] for row in self.rows)


def packed(lines: dict[int, dict[str, Any]]) -> str:  # Any: as above
    """Lines as they are kept."""
    return json.dumps(
        {
            number: {
                name: {"day": value.isoformat()} if isinstance(value, date) else value
                for name, value in values.items()
            }
            for number, values in lines.items()
        },
        ensure_ascii=False,
    )


def _back(values: dict[str, Any]) -> dict[str, Any]:  # Any: as above
    return {
        name: date.fromisoformat(value["day"]) if isinstance(value, dict) else value
        for name, value in values.items()
    }
