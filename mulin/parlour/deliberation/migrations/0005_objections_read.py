"""Objections are read before they stand in the street; those of before stand there already."""

from datetime import UTC, datetime, timedelta

from django.db import migrations, models
from django.db.models import F


def those_of_before_are_read(apps, schema_editor):
    rows = apps.get_model("deliberation", "Objection").objects.all()
    rows.update(read_at=F("at"), read_until=F("at") + timedelta(days=2))


class Migration(migrations.Migration):
    dependencies = [
        ("deliberation", "0004_passed_on"),
    ]

    operations = [
        migrations.AddField(
            "objection", "read_until",
            models.DateTimeField(default=datetime(2026, 11, 30, tzinfo=UTC)), preserve_default=False,
        ),
        migrations.AddField(
            "objection", "read_at", models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            "objection", "shortened", models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "objection", "why_shortened",
            models.CharField(blank=True, default="", max_length=200), preserve_default=False,
        ),
        migrations.AddField(
            "objection", "escalated_at", models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            "objection",
            models.Index(
                fields=["community", "read_at", "read_until"], name="deliberatio_communi_63b564_idx"
            ),
        ),
        migrations.RunPython(those_of_before_are_read, migrations.RunPython.noop),
    ]
