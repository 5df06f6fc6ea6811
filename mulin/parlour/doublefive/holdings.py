"""What the double five holds of a person: the ideas they offered; told, blanked."""

from typing import Any

from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.parlour.doublefive.models import Idea
from mulin.parlour.doublefive.rules import Stage

#: What stands where a person's words stood. Data of the community, so in its language.
ERASED = "（已应本人要求删除）"


def ideas_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Each idea of this person with what became of it."""
    rows = Idea.objects.filter(person=person_id).select_related("season").order_by("id")
    return [
        {
            "season": idea.season.year,
            "title": idea.title,
            "words": idea.words,
            "offered_at": idea.offered_at.isoformat(),
            "contact_phone": idea.contact_phone,
            "state": str(idea.get_state_display()),
            "reason": idea.reason,
            "appeal": idea.appeal,
        }
        for idea in rows
    ]


def erase_ideas(person_id: int) -> None:
    """Blank the author's own words and contact. What was put on a published list stays: it is the
    community's, and names nobody. Safe to run twice.
    """
    ideas = Idea.objects.filter(person=person_id)
    ids = list(ideas.values_list("id", flat=True))
    ideas.update(words=ERASED, contact_phone=None)
    ideas.exclude(appeal="").update(appeal=ERASED)
    ideas.filter(season__stage__in=[Stage.COLLECT, Stage.SCREEN]).update(
        title=ERASED, site="", gains=""
    )
    erase_details("doublefive.idea", ids, now=clock.now())
