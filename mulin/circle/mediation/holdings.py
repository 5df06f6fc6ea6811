"""What the room holds of a person that others may know: their place on the panel.

Of cases nothing is told here: the desk takes such a file in somebody's name, and that there is a
case is secret. Whoever was a party asks the room itself, whose dossier is their copy
(docs/mediation-secrecy.md); a dossier stays for its term, then its key is thrown away.
"""

from typing import Any

from mulin.circle.mediation.models import CommitteeMember, Mediator
from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.kit.clock import local_day


def panel_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Their card on the panel."""
    rows = Mediator.objects.filter(person=person_id)
    return [
        {"since": str(one.since), "card": one.card, "dialects": one.dialects, "kinds": one.kinds}
        for one in rows
    ]


def committee_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Their offices on the committee: whom the residents elected stays known."""
    rows = CommitteeMember.objects.filter(person=person_id).select_related("committee")
    return [
        {
            "since": str(one.committee.since), "until": str(one.left_on or one.committee.until),
            "chair": one.is_chair,
        }
        for one in rows
    ]  # fmt: skip


def erase_panel(person_id: int) -> None:
    """Blank the card; they are on the panel no more. Safe to run twice."""
    now = clock.now()
    rows = Mediator.objects.filter(person=person_id)
    ids = list(rows.values_list("pk", flat=True))
    rows.update(card="", dialects=[])
    rows.filter(left_on__isnull=True).update(left_on=local_day(now))
    erase_details("mediation.mediator", ids, now=now)
