"""How a person stood to ideas, and why: told on request, taken out on erasure.

The idea itself is a need, which the flow tells and blanks.
"""

import secrets
from typing import Any

from mulin.commons.flow.models import Link
from mulin.commons.gatherings.models import AgendaItem
from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.parlour.suggestions.actions.pairs import forget_pairs
from mulin.parlour.suggestions.models import (
    FROM_IDEA,
    Idea,
    MinutePoint,
    Opinion,
    Stand,
)
from mulin.parlour.suggestions.queries import opinions_of


def stands_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Each idea this person supported or objected to."""
    rows = Stand.objects.filter(person=person_id).select_related("idea__need").order_by("id")
    return [
        {
            "idea": row.idea.need.number, "side": str(row.get_side_display()),
            "reason": row.reason, "at": row.at.isoformat(),
        }
        for row in rows
    ]  # fmt: skip


def erase_stands(person_id: int) -> None:
    """Take the name and the reasons out; that somebody was for or against stays counted.

    Answers quote what was said, and so do titles on an agenda: those of this person's ideas go,
    too. Safe to run twice.
    """
    mine = Stand.objects.filter(person=person_id)
    ids = list(mine.values_list("id", flat=True))
    for row in mine:
        row.voter, row.person, row.reason = f"x{row.pk}", None, ""
        row.save(update_fields=["voter", "person", "reason"])
    ideas = Idea.objects.filter(need__person=person_id)
    idea_ids = list(ideas.values_list("id", flat=True))
    needs = list(ideas.values_list("need", flat=True))
    picked = Link.objects.filter(kind=FROM_IDEA, to_kind="flow.need", to_id__in=needs)
    AgendaItem.objects.filter(pk__in=list(picked.values_list("from_id", flat=True))).update(
        title=""
    )
    ideas.update(answer="")
    forget_pairs(idea_ids)
    erase_details("suggestions.stand", ids, now=clock.now())
    erase_details("suggestions.idea", idea_ids, now=clock.now())


def opinions_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """What this person thought of statements, which only they are told."""
    return [
        {"statement": row.statement.words, "vote": row.vote}
        for row in opinions_of(person_id).select_related("statement").order_by("statement_id")
    ]


def erase_opinions(person_id: int) -> None:
    """Cut the voice from the person: the votes stay counted and lead to nobody. Safe to run twice."""
    voices = set(opinions_of(person_id).values_list("voice", flat=True))
    for voice in voices:
        Opinion.objects.filter(voice=voice).update(voice=secrets.token_hex(16))


def points_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """What the minutes have of this person that became no need."""
    rows = MinutePoint.objects.filter(speaker=person_id).select_related("gathering").order_by("id")
    return [{"gathering": row.gathering.title, "said": row.words} for row in rows]


def erase_points(person_id: int) -> None:
    """Take their words out of the minutes. Safe to run twice."""
    MinutePoint.objects.filter(speaker=person_id).update(words="", speaker=None, speaker_name=None)
