from django.db import migrations

from mulin.kit.parting import PartByCommunity


class Migration(migrations.Migration):
    dependencies = [
        ("reception", "0007_similar"),
    ]

    operations = [
        PartByCommunity("Visit"),
    ]
