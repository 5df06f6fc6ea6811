"""What the double five holds of a person: ideas, where they stood on a roll and for whom they spoke."""

from typing import Any

from django.db.models import Q, QuerySet

from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.parlour.doublefive.models import (
    Appraiser,
    Comment,
    Follow,
    Idea,
    Moment,
    Picture,
    Placing,
    Representative,
)
from mulin.parlour.doublefive.rules import Stage, State

#: What stands where a person's words stood. Data of the community, so in its language.
ERASED = "（已应本人要求删除）"


#: Ideas that are on no published list.
_NEVER_LISTED = Q(season__stage__in=[Stage.COLLECT, Stage.SCREEN]) | ~Q(state=State.PASSED)


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
    community's, and names nobody. What was refused or became part of another never stood on one.
    Safe to run twice.
    """
    ideas = Idea.objects.filter(person=person_id)
    _remove_pictures(ideas)
    ids = list(ideas.values_list("id", flat=True))
    ideas.update(words=ERASED, contact_phone=None)
    ideas.exclude(appeal="").update(appeal=ERASED)
    ideas.filter(_NEVER_LISTED).update(title=ERASED, site="", gains="")
    erase_details("doublefive.idea", ids, now=clock.now())


def rolls_told(person_id: int) -> list[dict[str, Any]]:  # Any: as above
    """What was decided about somebody's place on a roll, and for which terms they spoke for others."""
    placings = Placing.objects.filter(person=person_id).select_related("season", "rule")
    return [
        {
            "season": one.season.year, "group": one.rule.title if one.rule else "",
            "reason": one.reason, "on": one.placed_on.isoformat(),
        }
        for one in placings
    ] + [
        {
            "put_forward_by": one.put_forward_by, "chosen_how": one.chosen_how,
            "since": one.since.isoformat(), "until": one.until.isoformat(),
            "recalled_on": one.recalled_on.isoformat() if one.recalled_on else "",
            "recall_reason": one.recall_reason,
        }
        for one in Representative.objects.filter(person=person_id)
    ]  # fmt: skip


def erase_roll_words(person_id: int) -> None:
    """Blank what was written about somebody; that they had a term stays, without a word. Safe to run
    twice.
    """
    placings = Placing.objects.filter(person=person_id)
    terms = Representative.objects.filter(person=person_id)
    told = [(placings, "doublefive.placing"), (terms, "doublefive.representative")]
    ids = {kind: list(rows.values_list("id", flat=True)) for rows, kind in told}
    placings.update(reason=ERASED)
    terms.update(put_forward_by=ERASED, chosen_how=ERASED)
    terms.exclude(recall_reason="").update(recall_reason=ERASED)
    for kind, found in ids.items():
        erase_details(kind, found, now=clock.now())


def terms_kept(person_id: int) -> int:
    """Rows that say who spoke for others, and when: a vote by them must stay checkable."""
    count: int = Representative.objects.filter(person=person_id).count()
    return count


def _remove_pictures(ideas: "QuerySet[Idea]") -> None:
    """The pictures that were never shown, and those of ideas that were never listed: what stands on
    a published list is the community's.
    """
    unlisted = Q(moment=Moment.IDEA, idea__in=ideas.filter(_NEVER_LISTED))
    for picture in Picture.objects.filter(Q(idea__in=ideas, is_public=False) | unlisted):
        picture.file.delete(save=False)
        picture.thumb.delete(save=False)
        picture.delete()


def said_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """What this person said to projects, which they follow, and on which running roll they stand.
    What they said in an appraisal is nobody's and cannot be found.
    """
    comments = Comment.objects.filter(person=person_id).select_related("project__chosen__idea")
    follows = Follow.objects.filter(person=person_id).select_related("project__chosen__idea")
    rolls = Appraiser.objects.filter(person=person_id).select_related("appraisal__season")
    return [
        *(
            {"project": str(one.project), "words": one.words, "at": one.at.isoformat(),
             "answer": one.answer}
            for one in comments.order_by("id")
        ),
        *(
            {"follows": str(one.project), "since": one.since.isoformat()}
            for one in follows.order_by("id")
        ),
        *(
            {"roll": str(one.appraisal), "constituency": one.constituency,
             "answered_on": one.answered_on.isoformat() if one.answered_on else None,
             "way": one.way}
            for one in rolls.order_by("id")
        ),
    ]  # fmt: skip


def erase_said(person_id: int) -> None:
    """Blank what they said to projects and follow none any more. Safe to run twice."""
    said = Comment.objects.filter(person=person_id)
    ids = list(said.values_list("id", flat=True))
    said.update(words=ERASED)
    Follow.objects.filter(person=person_id).delete()
    erase_details("doublefive.comment", ids, now=clock.now())


def roll_kept(person_id: int) -> int:
    """On how many running rolls they stand."""
    return Appraiser.objects.filter(person=person_id).count()
