"""What the skills chain holds of a person: told; words blanked, results kept without a name."""

from typing import Any

from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.workshop.skills.models import Newcomer
from mulin.workshop.skills.queries import told_of


def learning_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """First talks and assessments."""
    told = told_of(person_id)
    return [told] if told["talks"] or told["assessments"] else []


def erase_learning(person_id: int) -> None:
    """Blank what she wished and why she did not begin; a talk that waits ends. Safe to run twice."""
    now = clock.now()
    rows = Newcomer.objects.filter(person=person_id)
    ids = list(rows.values_list("pk", flat=True))
    rows.filter(worker__isnull=True, given_up_at__isnull=True).update(given_up_at=now)
    rows.update(wish="", why="")
    erase_details("skills.newcomer", ids, now=now)
