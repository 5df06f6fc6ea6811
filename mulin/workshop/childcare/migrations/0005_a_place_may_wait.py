"""A place that the published rota has too few adults for is asked, not held."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("childcare", "0004_gates"),)
    operations = (migrations.AddField("booking", "waits", models.BooleanField(default=False)),)
