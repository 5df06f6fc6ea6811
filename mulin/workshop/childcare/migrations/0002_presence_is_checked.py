"""The database itself refuses an adult among children without a record check of the last year."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import migrations, models

from mulin.kit.scoping import in_community

#: A day of the room went on until four in the morning when this was written.
NIGHT = timedelta(hours=4)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def copy_checks(apps, schema_editor):
    """Who was there had a check then; only the newest is written down, so an older one is taken."""
    for community in apps.get_model("community", "Community").objects.all():
        # PostgreSQL shows rows of a community only to whoever says which.
        with in_community(community):
            rows = apps.get_model("childcare", "Presence").objects.filter(community=community)
            for row in rows.select_related("carer").iterator():
                _copy_check(row)


def _copy_check(row):
    row.day = (row.came_at - NIGHT).astimezone(SHANGHAI).date()
    row.checked_on = min(row.carer.record_checked_on, row.day)
    try:
        row.check_ends_on = row.checked_on.replace(year=row.checked_on.year + 1)
    except ValueError:
        row.check_ends_on = date(row.checked_on.year + 1, 3, 1)
    row.save(update_fields=["day", "checked_on", "check_ends_on"])


class Migration(migrations.Migration):
    dependencies = (("childcare", "0001_initial"),)
    operations = (
        migrations.AddField("presence", "day", models.DateField(default="2000-01-01"), preserve_default=False),
        migrations.AddField("presence", "checked_on", models.DateField(default="2000-01-01"), preserve_default=False),
        migrations.AddField("presence", "check_ends_on", models.DateField(default="2000-01-01"), preserve_default=False),
        migrations.RunPython(copy_checks, migrations.RunPython.noop),
        migrations.AddConstraint(
            "presence",
            models.CheckConstraint(
                condition=models.Q(("check_ends_on__gt", models.F("day")), ("checked_on__lte", models.F("day"))),
                name="carer_checked_within_the_year",
            ),
        ),
    )
