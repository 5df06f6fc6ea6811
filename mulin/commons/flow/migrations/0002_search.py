"""Makes flow_needwords searchable on either database."""

from django.db import migrations

from mulin.kit.search import SearchableBy


class Migration(migrations.Migration):
    dependencies = (("flow", "0001_initial"),)
    operations = (SearchableBy("flow_needwords"),)
