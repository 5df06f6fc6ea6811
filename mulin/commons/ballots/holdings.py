"""What ballots hold of a person: that they stood on a roll and took a ballot; never which one."""

from typing import Any

from mulin.commons.ballots.models import Complaint, Correction, Objection, RollEntry
from mulin.ground.audit.actions import erase_details
from mulin.kit import clock


def rolls_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Votes on whose roll a person stands, for the file of what is held of them."""
    return (
        [
            {
                "vote": entry.election.title,
                "constituency": entry.constituency.title,
                "ballot": str(entry.get_mark_display()),
                "on": entry.taken_on.isoformat() if entry.taken_on else "",
            }
            for entry in RollEntry.objects.filter(person=person_id)
            .select_related("election", "constituency")
            .order_by("id")
        ]
        + [
            {"vote": one.election.title, "objection": one.words, "answer": one.answer}
            for one in Objection.objects.filter(person=person_id).select_related("election")
        ]
        + [
            {"vote": one.election.title, "complaint": one.words, "answer": one.answer}
            for one in Complaint.objects.filter(person=person_id).select_related("election")
        ]
    )


def rolls_kept(person_id: int) -> int:
    """Rows of rolls: they must stay countable until complaints are over, and are then removed."""
    return (
        RollEntry.objects.filter(person=person_id).count()
        + Correction.objects.filter(person=person_id).count()
    )


def erase_words(person_id: int) -> None:
    """Blank what was written about a person; that they stood on the roll stays. Safe to run twice."""
    objections = Objection.objects.filter(person=person_id)
    ids = list(objections.values_list("id", flat=True))
    objections.update(words="", answer="")
    complaints = Complaint.objects.filter(person=person_id)
    ids_of_complaints = list(complaints.values_list("id", flat=True))
    complaints.update(person=None, contact=None, words="", answer="")
    corrections = Correction.objects.filter(person=person_id)
    ids_of_corrections = list(corrections.values_list("id", flat=True))
    corrections.update(reason="")
    RollEntry.objects.filter(person=person_id).update(helper="", companion="")
    erase_details("ballots.objection", ids, now=clock.now())
    erase_details("ballots.complaint", ids_of_complaints, now=clock.now())
    erase_details("ballots.correction", ids_of_corrections, now=clock.now())
