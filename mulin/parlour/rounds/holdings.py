"""What rounds hold of a person: visits to the home while they lived there; told, blanked."""

from typing import Any

from django.db.models import Q, QuerySet

from mulin.ground.audit.actions import erase_details
from mulin.ground.places.models import Residence
from mulin.kit import clock
from mulin.kit.clock import end_of_day, start_of_day
from mulin.parlour.rounds.models import RoundVisit, Wish


def visits_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """When somebody knocked where this person lived, for the file of what is held of them."""
    return [
        {
            "at": visit.at.isoformat(),
            "dwelling": str(visit.dwelling),
            "outcome": str(visit.get_outcome_display()),
            "note": visit.note,
        }
        for visit in _visits(person_id).select_related("dwelling__unit__building").order_by("id")
    ]


def erase_notes(person_id: int) -> None:
    """Blank notes and wishes of the time they lived there, since a note may speak of anybody at
    home; that somebody knocked stays. Safe to run twice.
    """
    visits = _visits(person_id)
    wishes = Wish.objects.filter(_at_home(person_id, "asked_at"))
    visit_ids = list(visits.values_list("id", flat=True))
    wish_ids = list(wishes.values_list("id", flat=True))
    visits.update(note="")
    wishes.update(words="")
    erase_details("rounds.roundvisit", visit_ids, now=clock.now())
    erase_details("rounds.wish", wish_ids, now=clock.now())


def _visits(person_id: int) -> "QuerySet[RoundVisit]":
    visits: QuerySet[RoundVisit] = RoundVisit.objects.filter(_at_home(person_id, "at"))
    return visits


def _at_home(person_id: int, moment: str) -> Q:
    """Rows of the homes this person lived in, within the days they did."""
    where = Q(pk__in=[])
    for residence in Residence.objects.filter(person=person_id):
        span = Q(
            dwelling=residence.dwelling_id, **{f"{moment}__gte": start_of_day(residence.since)}
        )
        if residence.until is not None:
            span &= Q(**{f"{moment}__lt": end_of_day(residence.until)})
        where |= span
    return where
