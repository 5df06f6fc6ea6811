
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ballots', '0006_days_and_checks'),
    ]

    operations = [
        migrations.AddField(
            model_name='option',
            name='beside',
            field=models.CharField(blank=True, max_length=40),
        ),
    ]
