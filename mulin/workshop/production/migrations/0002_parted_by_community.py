from django.db import migrations

from mulin.kit.parting import PartByCommunity


class Migration(migrations.Migration):
    dependencies = [
        ("production", "0001_initial"),
        ("wages", "0001_initial"),  # its lines of money point at movements
    ]

    operations = [
        PartByCommunity("Movement"),
    ]
