"""Communities that were there before have the first kinds of visits, too.

The list stands here as it was on that day: a migration does not change with the code.
"""

from django.db import migrations

KINDS = (
    ("w", "问政策办事", "question", 5),
    ("z", "开证明盖章", "papers", 5),
    ("t", "填表交材料", "papers", 10),
    ("q", "取送东西", "fetch", 2),
    ("h", "参加活动", "activity", 5),
    ("l", "坐坐聊聊", "chat", 15),
    ("y", "复印打印", "other", 3),
    ("x", "量血压", "other", 5),
    ("g", "借用工具", "fetch", 2),
    ("r", "找人", "other", 2),
    ("b", "报名登记", "activity", 5),
    ("e", "接送小孩", "other", 2),
)


def give_first_kinds(apps, schema_editor):
    kinds = apps.get_model("reception", "VisitKind").objects
    kinds.bulk_create(
        kinds.model(
            community=community, letter=letter, name=name, reason=reason, minutes=minutes, sort=sort
        )
        for community in apps.get_model("community", "Community").objects.all()
        for sort, (letter, name, reason, minutes) in enumerate(KINDS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = (("reception", "0003_visit_kinds"),)
    operations = (migrations.RunPython(give_first_kinds, migrations.RunPython.noop),)
