"""What the survey holds of a person: whether the household was drawn and has answered, no more.

What was answered is not told, for nobody can find it; and it stays after an erasure, being nobody's.
"""

from typing import Any

from mulin.parlour.survey.queries import holdings_of


def households_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Each survey for which a home of this person was drawn."""
    return [
        {
            "survey": str(row.survey),
            "dwelling": row.address,
            "outcome": str(row.get_disposition_display()),
            "answered_on": row.returned_on.isoformat() if row.returned_on else None,
            "way": str(row.get_way_display()) if row.way else "",
        }
        for row in holdings_of(person_id)
    ]


def households_kept(person_id: int) -> int:
    """How many rows stay after an erasure; they name a dwelling and no person."""
    return holdings_of(person_id).count()
