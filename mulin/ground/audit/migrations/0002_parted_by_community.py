from django.db import migrations

from mulin.kit.parting import PartByCommunity


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
    ]

    operations = [
        PartByCommunity("Act"),
        PartByCommunity("ActDetail"),
    ]
