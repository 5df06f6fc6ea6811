"""What the thread of needs holds of a person: told on request, blanked on erasure."""

from typing import Any

from django.db.models import Q

from mulin.commons.flow.models import Need, NeedPhoto, NeedWords, Step
from mulin.commons.flow.rules import QUOTING
from mulin.ground.audit.actions import erase_details
from mulin.kit import clock

#: What stands where a person's words stood. Data of the community, so in its language.
ERASED = "（已应本人要求删除）"


def needs_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """The needs of this person with their stories, for the file of what is held of them.

    A sealed one is left to its own room: the desk may take this file in the person's name.
    """
    needs = (
        Need.objects.filter(person_id=person_id, is_sealed=False)
        .prefetch_related("steps")
        .order_by("id")
    )
    return [
        {
            "number": need.number,
            "words": need.words,
            "said_at": need.said_at.isoformat(),
            "channel": need.channel,
            "contact_phone": need.contact_phone,
            "story": [
                {"at": step.at.isoformat(), "line": step.line}
                for step in need.steps.all()
                if step.is_for_asker
            ],
        }
        for need in needs
    ]


def erase_needs(person_id: int) -> None:
    """Blank what this person said, their contact, their photos. That there was a need, its kind,
    grid and times stay: they are the figures' rows and name nobody. Safe to run twice.
    """
    needs = Need.objects.filter(person_id=person_id)
    ids = list(needs.values_list("id", flat=True))
    for photo in NeedPhoto.objects.filter(need_id__in=ids):
        photo.file.delete(save=False)
        photo.thumb.delete(save=False)
        photo.delete()
    needs.update(words=ERASED, place_words="", contact_name=None, contact_phone=None)
    NeedWords.objects.filter(record_id__in=ids).delete()
    # What colleagues wrote to each other may tell of the person as well.
    told = Q(kind__in=QUOTING) | Q(is_for_asker=False)
    Step.objects.filter(told, need_id__in=ids).update(line=ERASED)
    erase_details("flow.need", ids, now=clock.now())
