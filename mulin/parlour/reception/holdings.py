"""What reception holds of a person: told on request, blanked on erasure."""

from typing import Any

from mulin.commons.flow.holdings import ERASED
from mulin.ground.audit.actions import erase_details
from mulin.ground.street.actions.hand_up import erase
from mulin.kit import clock
from mulin.parlour.reception.models import (
    AT_STREET,
    Confirmation,
    Demand,
    EmergencyPack,
    Offer,
    Sending,
    Share,
    Story,
    Visit,
    WorkOrder,
)


def visits_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Every visit of this person, for the file of what is held of them."""
    rows = Visit.objects.filter(person_id=person_id).order_by("id")
    return [
        {
            "at": visit.at.isoformat(),
            "reason": str(visit.get_reason_display()),
            "channel": str(visit.get_channel_display()),
            "minutes": visit.minutes,
            "note": visit.note,
        }
        for visit in rows
    ]


def stories_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """What of this person's matters was shown to the street, for the file of what is held."""
    rows = Story.objects.filter(
        demand__need__person_id=person_id, demand__need__is_sealed=False
    ).order_by("id")
    return [
        {
            "words": story.words,
            "answer": story.answer,
            "shown_at": story.shown_at.isoformat(),
            "taken_back_at": story.taken_back_at.isoformat() if story.taken_back_at else None,
        }
        for story in rows
    ]


def erase_stories(person_id: int) -> None:
    """What was shown of this person's matters is gone; packs that may name them are, too. Safe to
    run twice: the day's pack is made anew at the press of a button.
    """
    Story.objects.filter(demand__need__person_id=person_id).delete()
    EmergencyPack.objects.all().delete()


def erase_visits(person_id: int) -> None:
    """Blank notes and words; that somebody came stays as a row without a name. Safe to run twice."""
    visits = Visit.objects.filter(person_id=person_id)
    demands = list(Demand.objects.filter(need__person_id=person_id).values_list("id", flat=True))
    visit_ids = list(visits.values_list("id", flat=True))
    visits.update(note="", person=None)
    orders = WorkOrder.objects.filter(demand_id__in=demands).values_list("id", flat=True)
    said = Confirmation.objects.filter(demand_id__in=demands)
    said.exclude(words="").update(words=ERASED)
    # What was asked of colleagues and of units outside, and what they said.
    Offer.objects.filter(demand_id__in=demands).update(why=ERASED)
    Offer.objects.filter(demand_id__in=demands).exclude(refusal="").update(refusal=ERASED)
    Share.objects.filter(demand_id__in=demands).update(asked=ERASED)
    Share.objects.filter(demand_id__in=demands).exclude(report="").update(report=ERASED)
    sendings = Sending.objects.filter(demand_id__in=demands)
    sendings.update(asked=ERASED)
    erase(AT_STREET, list(sendings.values_list("id", flat=True)))
    Sending.objects.filter(demand_id__in=demands).exclude(answer="").update(answer=ERASED)
    for order in WorkOrder.objects.filter(demand_id__in=demands):
        order.cells = "{}"
        order.save(update_fields=["cells"])
    erase_details("reception.workorder", list(orders), now=clock.now())
    erase_details("reception.demand", demands, now=clock.now())
    erase_details("reception.visit", visit_ids, now=clock.now())
