"""Ideas that were there before are found by their pairs of characters, too."""

import unicodedata

from django.db import migrations

from mulin.kit.scoping import in_community


def pairs_of(words):
    """As the rules have it on this day: a migration does not change with the code."""
    letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", words).lower()))
    return dict.fromkeys(letters[at : at + 2] for at in range(len(letters) - 1))


def write_pairs(apps, schema_editor):
    pairs = apps.get_model("suggestions", "IdeaPair").objects
    ideas = apps.get_model("suggestions", "Idea").objects.select_related("need")
    for community in apps.get_model("community", "Community").objects.all():
        # PostgreSQL shows rows of a community only to whoever says which.
        with in_community(community):
            pairs.bulk_create(
                (
                    pairs.model(community=community, idea=idea, pair=pair)
                    for idea in ideas.filter(community=community).order_by("id")
                    for pair in pairs_of(idea.need.words)
                ),
                batch_size=1_000,
            )


class Migration(migrations.Migration):
    dependencies = (("suggestions", "0002_minutes"),)
    operations = (migrations.RunPython(write_pairs, migrations.RunPython.noop),)
