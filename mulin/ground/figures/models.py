"""The daily value of each figure, kept for trends and for roll-ups over communities."""

from django.db import models

from mulin.ground.community.models import TenantRow
from mulin.kit.scoping import tenant_manager


class Snapshot(TenantRow):
    """What a figure was at the end of a day."""

    name = models.CharField(max_length=60)
    day = models.DateField()
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    denominator = models.PositiveIntegerField(null=True)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "name", "day"), name="one_value_a_day"),
        )
