"""What paper holds of a person: sheets they handed in and sheets they got; told, blanked."""

from typing import Any

from mulin.commons.paper.actions.handed import erase_handed_of
from mulin.commons.paper.actions.readings import forget_reading
from mulin.commons.paper.models import Handed, Reading
from mulin.ground.audit.actions import erase_details
from mulin.kit import clock


def sheets_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Each sheet of this person that was handed in, for the file of what is held of them."""
    rows = Reading.objects.filter(person_id=person_id).select_related("version").order_by("id")
    return [
        {
            "form": row.version.form.title if row.version else "",
            "handed_in_at": row.ended_at.isoformat() if row.ended_at else None,
            "record": row.record_number,
            "picture_is_kept": bool(row.picture),
        }
        for row in rows
    ]


def erase_sheets(person_id: int) -> None:
    """Their pictures go, and every word read on them; that a sheet came stays. Safe to run twice."""
    rows = list(Reading.objects.filter(person_id=person_id))
    for reading in rows:
        forget_reading(reading)
    erase_details("paper.reading", [row.pk for row in rows], now=clock.now())
    Reading.objects.filter(person_id=person_id).update(person=None)


def handed_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Each sheet that this person got from us."""
    rows = Handed.objects.filter(person_id=person_id).order_by("id").defer("pdf")
    return [{"title": row.title, "printed_at": row.printed_at.isoformat()} for row in rows]


def erase_handed(person_id: int) -> None:
    """The sheets go; that they were printed stays. Safe to run twice."""
    erase_handed_of(person_id, now=clock.now())
