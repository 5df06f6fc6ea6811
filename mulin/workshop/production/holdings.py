"""What the workshop holds of a person: told; what is not needed blanked; the books stay."""

from typing import Any

from django.db.models import Q

from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.workshop.production.models import Movement, Offer, Worker, WorkWish
from mulin.workshop.production.queries import told_of


def work_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Their wishes, skills, and every movement through their hands."""
    told = told_of(person_id)
    return [told] if told["workers"] else []


def movements_kept(person_id: int) -> int:
    """Rows of the books that name them as a worker: kept at least three years."""
    mine = Q(source_worker__person=person_id) | Q(target_worker__person=person_id)
    count: int = Movement.objects.filter(mine).count()
    return count


def erase_work(person_id: int) -> None:
    """Blank notes and wishes; the books keep the worker's number, whose name is gone with the
    person's. Safe to run twice.
    """
    workers = Worker.objects.filter(person=person_id)
    ids = list(workers.values_list("pk", flat=True))
    wishes = WorkWish.objects.filter(worker__in=ids)
    wish_ids = list(wishes.values_list("pk", flat=True))
    workers.update(note="")
    wishes.update(words="", answer="")
    Offer.objects.filter(worker__in=ids).update(answer="")
    erase_details("production.worker", ids, now=clock.now())
    erase_details("production.workwish", wish_ids, now=clock.now())
