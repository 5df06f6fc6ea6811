from django.db import migrations

from mulin.kit.parting import PartByCommunity


class Migration(migrations.Migration):
    dependencies = [
        ("gatherings", "0002_series"),
    ]

    operations = [
        PartByCommunity("Attendance"),
    ]
