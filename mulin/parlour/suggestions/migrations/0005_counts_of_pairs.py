"""How many ideas hold a pair of characters is kept, beginning with those that are there."""

import django.db.models.deletion
import mulin.kit.ids
import mulin.kit.models
from django.db import migrations, models

from mulin.kit.scoping import in_community


def count_pairs(apps, schema_editor):
    pairs = apps.get_model("suggestions", "IdeaPair").objects
    counts = apps.get_model("suggestions", "PairCount").objects
    for community in apps.get_model("community", "Community").objects.all():
        # PostgreSQL shows rows of a community only to whoever says which.
        with in_community(community):
            found = pairs.filter(community=community).order_by().values_list("pair")
            counts.bulk_create(
                (
                    counts.model(community=community, pair=pair, count=count)
                    for pair, count in found.annotate(count=models.Count("*"))
                ),
                batch_size=1_000,
            )


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0003_dictation'),
        ('suggestions', '0004_held_ideas'),
    ]

    operations = [
        migrations.CreateModel(
            name='PairCount',
            fields=[
                ('id', mulin.kit.models.IdField(default=mulin.kit.ids.next_id, editable=False, primary_key=True, serialize=False)),
                ('pair', models.CharField(max_length=2)),
                ('count', models.PositiveIntegerField()),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.community')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('community', 'pair'), name='a_pair_is_counted_once')],
            },
        ),
        migrations.RunPython(count_pairs, migrations.RunPython.noop),
    ]
