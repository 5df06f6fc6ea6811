"""What the room holds of a person: told in full to them; words and health erased for good."""

from typing import Any

from django.db.models import Q

from mulin.circle.elders.actions.records import erase_health
from mulin.circle.elders.models import (
    Assessment,
    Contact,
    Elder,
    Fact,
    Hand,
    HealthCard,
    Helper,
    Kin,
    Member,
    Pair,
    ServiceOrder,
    Thanks,
)
from mulin.circle.elders.rules import PairState
from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.kit.clock import local_day


def care_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Everything of them as an elder, a helper, family, a member of a group."""
    told = [_elder_told(one) for one in Elder.objects.filter(person=person_id).order_by("pk")]
    roles: dict[str, Any] = {
        "helper": [
            {"since": one.since.isoformat(), "dialects": one.dialects, "interests": one.interests}
            for one in Helper.objects.filter(person=person_id)
        ],
        "visits_made": Contact.objects.filter(helper__person=person_id).count(),
        "family_of": Kin.objects.filter(person=person_id).count(),
        "groups": [
            one.group.name
            for one in Member.objects.filter(person=person_id).select_related("group")
        ],
        "helped_at": Hand.objects.filter(person=person_id).count(),
        "thanks": list(Thanks.objects.filter(person=person_id).values_list("words", flat=True)),
    }
    return told + ([roles] if any(roles.values()) else [])


def _elder_told(elder: Elder) -> dict[str, Any]:  # Any: as above
    card = HealthCard.objects.filter(elder=elder).first()
    return {
        "since": elder.since.isoformat(),
        "until": elder.ended_on.isoformat() if elder.ended_on else None,
        "dialect": elder.dialect, "interests": elder.interests, "can_do": elder.can_do,
        "categories": [
            [str(one.get_category_display()), one.since.isoformat(), one.source]
            for one in Fact.objects.filter(elder=elder)
        ],
        "assessments": [
            [one.standard, one.level, one.score, one.assessed_on.isoformat(), one.assessor]
            for one in Assessment.objects.filter(elder=elder)
        ],
        "health_card": card.told if card else {},
        "family": [
            one.relation for one in Kin.objects.filter(elder=elder)
        ],
        "visits": [
            [one.at.isoformat(), one.way, one.outcome, one.note or ""]
            for one in Contact.objects.filter(elder=elder).order_by("pk")
        ],
        "services": [
            [str(one.service), one.asked_at.isoformat(), one.state, one.words, one.rating_words]
            for one in ServiceOrder.objects.filter(elder=elder).select_related("service")
        ],
    }  # fmt: skip


def erase_care(person_id: int) -> None:
    """Care ends; likes, wishes, notes, words and health are blanked. That somebody was visited or
    served stays, without a name, for the sums. Safe to run twice.
    """
    now = clock.now()
    today = local_day(now)
    elders = list(Elder.objects.filter(person=person_id).values_list("pk", flat=True))
    helpers = list(Helper.objects.filter(person=person_id).values_list("pk", flat=True))
    theirs = Q(elder__in=elders) | Q(helper__in=helpers)
    Pair.objects.alive().filter(theirs).update(state=PairState.ENDED, ended_at=now)
    Pair.objects.filter(theirs).update(reason="", why_ended="")
    Elder.objects.filter(pk__in=elders).update(
        dialect="", interests="", can_do="", wished_sex="", wished_times="", due_at=None, due_way=""
    )
    Elder.objects.in_care().filter(pk__in=elders).update(ended_on=today)
    Helper.objects.filter(pk__in=helpers).update(dialects="", interests="", times="")
    Helper.objects.filter(pk__in=helpers, until__isnull=True).update(until=today)
    Fact.objects.filter(elder__in=elders).update(source="")
    for one in elders:
        erase_health(one, now=now)
    contacts = Contact.objects.filter(elder__in=elders)
    contacts.update(note=None)
    orders = ServiceOrder.objects.filter(elder__in=elders)
    orders.update(words="", rating_words="", why="")
    Thanks.objects.filter(Q(elder__in=elders) | Q(person=person_id)).update(words="")
    kin = Kin.objects.filter(Q(elder__in=elders) | Q(person=person_id))
    kin.update(relation="")
    kin.filter(until__isnull=True).update(until=today)
    members = Member.objects.filter(person=person_id)
    members.filter(until__isnull=True).update(until=today)
    for kind, rows in (("elders.contact", contacts), ("elders.serviceorder", orders)):
        erase_details(kind, list(rows.values_list("pk", flat=True)), now=now)
    erase_details("elders.elder", elders, now=now)
