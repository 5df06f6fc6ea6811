"""What drafts hold of a person: what they typed themselves, and forms that are about them."""

from typing import Any

from django.db.models import Q

from mulin.ground.drafts.models import Draft
from mulin.ground.people.models import Person


def drafts_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """What the person has typed and not sent, for the file of what is held of them. What somebody
    else has half typed about them is only said to be there: it is not said yet.
    """
    account_id = _account_of(person_id)
    return [
        {
            "form": draft.form,
            "began_at": draft.began_at.isoformat(),
            "typed": draft.fields if draft.account_id == account_id else "",
        }
        for draft in Draft.objects.filter(_of(person_id, account_id)).order_by("id")
    ]


def erase_drafts(person_id: int) -> None:
    """Delete both. Safe to run twice."""
    Draft.objects.filter(_of(person_id, _account_of(person_id))).delete()


def _account_of(person_id: int) -> int | None:
    held: int | None = (
        Person.objects.filter(pk=person_id).values_list("account_id", flat=True).first()
    )
    return held


def _of(person_id: int, account_id: int | None) -> Q:
    return Q(about_id=person_id) | (Q(account_id=account_id) if account_id else Q(pk__in=[]))
