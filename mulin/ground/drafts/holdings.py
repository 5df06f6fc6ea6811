"""What drafts hold of a person: what they typed themselves, and forms that are about them."""

from typing import Any

from mulin.ground.drafts.models import Draft
from mulin.ground.people.models import Person


def drafts_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """What the person has typed and not sent, for the file of what is held of them. What somebody
    else has half typed about them is only said to be there: it is not said yet.
    """
    own = Person.objects.filter(pk=person_id, account__isnull=False)
    account_id = own.values_list("account_id", flat=True).first()
    return [
        {
            "form": draft.form,
            "began_at": draft.began_at.isoformat(),
            "typed": draft.fields if draft.account_id == account_id else "",
        }
        for draft in Draft.objects.filter(about_id=person_id).order_by("id")
    ]


def erase_drafts(person_id: int) -> None:
    """Delete both. Safe to run twice."""
    Draft.objects.filter(about_id=person_id).delete()
