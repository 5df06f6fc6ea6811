"""What the hall holds of a person: told on request, blanked on erasure; what a roll keeps."""

from typing import Any

from mulin.parlour.deliberation.models import (
    Appraisal,
    Argument,
    Matter,
    Objection,
    Proxy,
    RollEntry,
    Seconder,
    Voice,
    Weight,
)

#: What stands where a person's words stood. Data of the community, so in its language.
ERASED = "（已应本人要求删除）"


def hall_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """What somebody proposed, seconded, argued, objected to."""
    return [
        *({"proposed": row.title} for row in Matter.objects.filter(proposer=person_id)),
        *(
            {"seconded": row.matter.title}
            for row in Seconder.objects.filter(person=person_id).select_related("matter")
        ),
        *({"argued": row.words} for row in Argument.objects.filter(person=person_id)),
        *({"objected": row.words} for row in Objection.objects.filter(person=person_id)),
        *(
            {"appraised": row.matter.title, "level": row.level}
            for row in Appraisal.objects.filter(person=person_id).select_related("matter")
        ),
        *(
            {"said": row.choice, "to": row.resolution.words}
            for row in Voice.objects.filter(entry__person=person_id).select_related("resolution")
        ),
    ]


def erase_hall(person_id: int) -> None:
    """Blank what somebody said; that a motion was seconded and a resolution voted stays true.

    Safe to run twice.
    """
    Matter.objects.filter(proposer=person_id).update(proposer=None)
    Argument.objects.filter(person=person_id).update(person=None, words=ERASED, why_hidden=ERASED)
    Objection.objects.filter(person=person_id).update(
        person=None, contact=None, words=ERASED, shortened="", why_shortened=""
    )
    Weight.objects.filter(person=person_id).delete()


def hall_kept(person_id: int) -> int:
    """Rows that stay, without a name: seats of rolls, seconds, ratings."""
    rolls: int = RollEntry.objects.filter(person=person_id).count()
    seconds: int = Seconder.objects.filter(person=person_id).count()
    ratings: int = Appraisal.objects.filter(person=person_id).count()
    proxies: int = Proxy.objects.filter(giver__person=person_id).count()
    return rolls + seconds + ratings + proxies
