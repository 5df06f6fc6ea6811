"""Makes people_personwords searchable on either database."""

from django.db import migrations

from mulin.kit.search import SearchableBy


class Migration(migrations.Migration):
    dependencies = (("people", "0001_initial"),)
    operations = (SearchableBy("people_personwords"),)
