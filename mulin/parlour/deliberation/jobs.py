"""What falls due by itself: publications whose days are over, tasks past their limit."""

from datetime import datetime

from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.kit.clock import local_day
from mulin.parlour.deliberation.actions.following import (
    escalate_objection,
    escalate_task,
    let_stand,
)
from mulin.parlour.deliberation.queries import late_tasks, publications_over, unread_objections


def end_publications(community: Community, now: datetime) -> None:
    """Whatever nobody has an unanswered objection to is carried out."""
    for publication in publications_over(local_day(now)):
        let_stand(publication, by=system(community.pk), now=now)


def escalate_late(community: Community, now: datetime) -> None:
    """Tasks past their limit are brought before the desk, unread objections before the head too."""
    for task in late_tasks(now):
        escalate_task(task, by=system(community.pk), now=now)
    for objection in unread_objections(now):
        escalate_objection(objection, by=system(community.pk), now=now)
