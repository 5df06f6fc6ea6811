"""What the workshop holds of a person: told; what is not needed blanked; the books stay."""

from typing import Any

from django.db.models import Q

from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.kit.clock import local_day
from mulin.workshop.production.models import (
    Lot,
    LotQuestion,
    Movement,
    Offer,
    OfferState,
    OwnHours,
    Stop,
    Worker,
    WorkWish,
)
from mulin.workshop.production.queries import offers_alive, told_of


def work_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Their wishes, skills, questions, offers, receipts, doors, every movement through their hands.
    What she wrote down of her own hours stands on her page alone; here is how many days.
    """
    told = told_of(person_id)
    return [told] if told["workers"] else []


def movements_kept(person_id: int) -> int:
    """Rows of the books that name them as a worker: kept at least three years."""
    mine = Q(source_worker__person=person_id) | Q(target_worker__person=person_id)
    count: int = Movement.objects.filter(mine).count()
    return count


def erase_work(person_id: int) -> None:
    """Blank notes, wishes and doors; whoever works here has left, what she was offered is free
    again. The books keep the worker's number, whose name is gone with the person's. Safe to run
    twice.
    """
    now = clock.now()
    workers = Worker.objects.filter(person=person_id)
    ids = list(workers.values_list("pk", flat=True))
    wishes = WorkWish.objects.filter(worker__in=ids)
    wish_ids = list(wishes.values_list("pk", flat=True))
    workers.update(note="", home_from=None, home_until=None)
    questions = LotQuestion.objects.filter(worker__in=ids)
    question_ids = list(questions.values_list("pk", flat=True))
    questions.update(words="", answer="", answered_at=now)
    OwnHours.objects.filter(worker__in=ids).delete()
    workers.filter(left_on__isnull=True).update(left_on=local_day(now))
    Stop.objects.filter(worker__in=ids).update(door="")
    asked = offers_alive().filter(worker__in=ids)
    Lot.objects.filter(
        offers__in=asked.filter(state=OfferState.ACCEPTED).values("pk"), worker__in=ids
    ).update(worker=None)
    Offer.objects.filter(worker__in=ids, state=OfferState.OPEN).update(
        state=OfferState.TAKEN_BACK, answered_at=now
    )
    wishes.update(words="", answer="")
    Offer.objects.filter(worker__in=ids).update(answer="")
    erase_details("production.worker", ids, now=now)
    erase_details("production.workwish", wish_ids, now=now)
    erase_details("production.lotquestion", question_ids, now=now)
