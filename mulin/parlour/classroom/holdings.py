"""That a person stopped a fraud: told on request, taken out on erasure.

Who came to a lesson is the gatherings'; what was answered there is nobody's.
"""

from typing import Any

from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.parlour.classroom.models import StoppedFraud


def stopped_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Each fraud this person stopped."""
    return [
        {
            "day": row.day.isoformat(), "kind": str(row.get_trick_display()),
            "amount_yuan": str(row.amount_yuan), "how": row.how,
        }
        for row in StoppedFraud.objects.filter(person=person_id).order_by("id")
    ]  # fmt: skip


def erase_stopped(person_id: int) -> None:
    """Take the person and the story out; that a fraud of this sum was stopped stays counted."""
    mine = StoppedFraud.objects.filter(person=person_id)
    ids = list(mine.values_list("pk", flat=True))
    mine.update(person=None, how="")
    erase_details("classroom.stoppedfraud", ids, now=clock.now())
