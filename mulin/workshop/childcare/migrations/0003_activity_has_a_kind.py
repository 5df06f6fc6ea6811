"""What a group did has a kind: homework help, games, reading; rows of before say none."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('childcare', '0002_presence_is_checked'),
    ]

    operations = [
        migrations.AddField(
            model_name='activity',
            name='kind',
            field=models.CharField(blank=True, choices=[('homework', 'homework help'), ('tutoring', 'tutoring'), ('games', 'games'), ('reading', 'reading'), ('hands', 'making things by hand'), ('outdoors', 'outdoors')], max_length=10),
        ),
    ]
