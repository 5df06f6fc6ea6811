"""What the room holds of a grown-up: whose guardian they are, whether they mind children here.

A child has no record on the roll: its guardian reads everything on their own page, and what is kept
of it goes when it leaves.
"""

from typing import Any

from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.kit.clock import local_day
from mulin.workshop.childcare.models import CareConsent, Carer, Guardian, HandOver


def guardianship_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """What they agreed to as a guardian. No child is named: the desk prints this file for people, and
    has no leave to read of children; they do on their own page.
    """
    told = []
    for one in Guardian.objects.filter(person=person_id).select_related("child"):
        said = CareConsent.objects.filter(guardian=one).order_by("id")
        told.append(
            {
                "guardian_since": one.child.asked_at.isoformat(),
                "consents": [
                    {"use": str(row.get_use_display()), "given": row.is_given,
                     "at": row.at.isoformat()}
                    for row in said
                ],
            }
        )  # fmt: skip
    return told


def erase_guardianship(person_id: int) -> None:
    """Whoever is erased from the roll is no guardian here: name and phone are blanked. The room asks
    for another guardian. Safe to run twice.
    """
    rows = Guardian.objects.filter(person=person_id)
    ids = list(rows.values_list("pk", flat=True))
    rows.update(name="—", phone="—", phone_index="", person=None, stopped_at=clock.now())
    erase_details("childcare.guardian", ids, now=clock.now())


def carer_told(person_id: int) -> list[dict[str, Any]]:  # Any: as above
    """Since when their check counts, what they can."""
    return [
        {
            "record_checked_on": one.record_checked_on.isoformat(), "is_lead": one.is_lead,
            "first_aid_until": one.first_aid_until.isoformat() if one.first_aid_until else "",
            "presences": one.presences.count(),
        }
        for one in Carer.objects.filter(person=person_id)
    ]  # fmt: skip


def carer_kept(person_id: int) -> int:
    """That they minded children, with a check: kept as long as somebody may ask about a child."""
    count: int = Carer.objects.filter(person=person_id).count()
    return count


def erase_carer(person_id: int) -> None:
    """They mind nobody any more. Safe to run twice."""
    Carer.objects.filter(person=person_id, left_on__isnull=True).update(
        left_on=local_day(clock.now())
    )
    HandOver.objects.filter(second__person=person_id).update(second=None)
