"""The database itself refuses a child too many, and an adult's going that leaves too few behind."""

from django.db import migrations, models

from mulin.kit.gates import MakeGate
from mulin.kit.scoping import in_community

#: Months from, until, children an adult, as they were when this was written.
BANDS = ((6, 12, 3), (12, 24, 5), (24, 36, 7), (36, 72, 9), (72, 216, 15))
SMALLEST = 3

#: Who is counted at a moment, and whether they are too few for the children who are here then.
TOO_FEW = """
(SELECT COUNT(*) FROM childcare_stay WHERE community_id = NEW.community_id
   AND left_at IS NULL AND arrived_at <= {moment}) > 0
AND (SELECT COUNT(*) FROM childcare_presence WHERE community_id = NEW.community_id
       AND went_at IS NULL AND day = ROOM_DAY({moment}))
  < (SELECT CASE WHEN SUM(adults) > 2 THEN SUM(adults) ELSE 2 END FROM
      (SELECT (COUNT(*) + per_adult - 1) / per_adult AS adults FROM childcare_stay
        WHERE community_id = NEW.community_id AND left_at IS NULL AND arrived_at <= {moment}
        GROUP BY per_adult) AS bands)
"""


def copy_bands(apps, schema_editor):
    """How many of a child's age one adult may mind, on the day it came."""
    for community in apps.get_model("community", "Community").objects.all():
        # PostgreSQL shows rows of a community only to whoever says which.
        with in_community(community):
            rows = apps.get_model("childcare", "Stay").objects.filter(community=community)
            for row in rows.select_related("child").iterator():
                row.per_adult = per_adult(row.child.born_on, row.day)
                row.save(update_fields=["per_adult"])


def per_adult(born, day):
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    return next((count for first, until, count in BANDS if first <= months < until), SMALLEST)


class Migration(migrations.Migration):
    dependencies = (("childcare", "0003_activity_has_a_kind"),)
    operations = (
        migrations.AddField("presence", "is_short", models.BooleanField(default=False)),
        migrations.AddField("stay", "is_short", models.BooleanField(default=False)),
        migrations.AddField(
            "stay", "per_adult", models.PositiveSmallIntegerField(default=SMALLEST), preserve_default=False
        ),
        migrations.RunPython(copy_bands, migrations.RunPython.noop),
        migrations.AddConstraint(
            "stay",
            models.CheckConstraint(condition=models.Q(("per_adult__gt", 0)), name="stay_has_a_band"),
        ),
        MakeGate(
            "care_no_child_too_many", table="childcare_stay", when="INSERT", lock="childcare",
            only_if="NEW.left_at IS NULL AND NOT NEW.is_short",
            wrong=TOO_FEW.format(moment="NEW.arrived_at"),
        ),
        # Whoever comes back is as whoever comes.
        MakeGate(
            "care_no_child_too_many_again", table="childcare_stay", lock="childcare",
            when="UPDATE OF left_at, arrived_at, per_adult, is_short",
            only_if="NEW.left_at IS NULL AND NOT NEW.is_short AND (OLD.left_at IS NOT NULL OR OLD.is_short"
            " OR OLD.arrived_at <> NEW.arrived_at OR OLD.per_adult <> NEW.per_adult)",
            wrong=TOO_FEW.format(moment="NEW.arrived_at"),
        ),
        # Whoever forgot to go on another day is counted no more, and takes nobody away.
        MakeGate(
            "care_no_adult_too_few", table="childcare_presence", lock="childcare",
            when="UPDATE OF went_at",
            only_if="OLD.went_at IS NULL AND NEW.went_at IS NOT NULL AND NOT NEW.is_short"
            " AND OLD.day = ROOM_DAY(NEW.went_at)",
            wrong=TOO_FEW.format(moment="NEW.went_at"),
        ),
    )
