"""What GeoReport v2 shows of demands to everybody: kind, place, state, times.

Words and answer only of a demand that was shown to passers-by; never a person. https://wiki.open311.org/GeoReport_v2/
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.models import Category, NeedPhoto
from mulin.parlour.reception.models import STATE_LABELS, Demand, Story
from mulin.parlour.reception.rules import State, place_is_public

# Any: texts, moments, lists and mappings, as they are written.
Answer = dict[str, Any]
SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"


def services() -> list[Answer]:
    """Every kind of demand that can be told."""
    rows = Category.objects.filter(is_active=True).select_related("parent")
    return [
        {
            "service_code": row.code,
            "service_name": row.name,
            "description": row.name,
            "metadata": True,
            "type": "realtime",
            "keywords": "",
            "group": row.parent.name if row.parent else row.name,
        }
        for row in rows
    ]


def definition(kind: Category, attributes: Mapping[str, tuple[Any, Any]]) -> Answer:
    """What may be told beside the words: the same for every kind. Any: words, and classes of choices."""
    return {
        "service_code": kind.code,
        "attributes": [
            {
                "variable": True, "code": code, "datatype": "singlevaluelist", "required": False,
                "datatype_description": "", "order": order, "description": str(label),
                "values": [{"key": key, "name": str(name)} for key, name in choices.choices],
            }
            for order, (code, (label, choices)) in enumerate(attributes.items(), 1)
        ],
    }  # fmt: skip


def public_demands() -> "QuerySet[Demand]":
    """Demands whose kind, place and state everybody may see, with what an answer needs."""
    rows: QuerySet[Demand] = (
        Demand.objects.public()
        .select_related("need__category", "need__building", "need__place", "story")
        .prefetch_related(
            Prefetch("need__photos", NeedPhoto.objects.filter(is_public=True), "shown")
        )
    )
    return rows


def wanted(
    *, numbers: Sequence[str], codes: Sequence[str], statuses: Sequence[str],
    span: tuple[datetime, datetime],
) -> "QuerySet[Demand]":  # fmt: skip
    """The demands of a search, newest first."""
    rows = public_demands()
    if numbers:
        return rows.filter(need__number__in=numbers).order_by("-received_at", "-id")
    rows = rows.filter(received_at__gte=span[0], received_at__lte=span[1])
    if codes:
        rows = rows.filter(need__category__code__in=codes)
    if len(set(statuses)) == 1:
        rows = rows.filter(closed_at__isnull=statuses[0] == "open")
    return rows.order_by("-received_at", "-id")


def request_of(demand: Demand, photo_url: Callable[[str], str]) -> Answer:
    """One request. It is closed when whoever asked has said so, or could not be reached."""
    need, kind = demand.need, demand.need.category
    moments = (demand.received_at, demand.responded_at, demand.answered_at, demand.closed_at)
    shows_place = kind is not None and place_is_public(kind.code)
    building = need.building if shows_place else None
    place = need.place if shows_place else None
    spot = building or place
    photos = getattr(need, "shown", [])
    story = _shown_story(demand)
    return {
        "service_request_id": need.number,
        "status": "open" if demand.closed_at is None else "closed",
        "status_notes": story.answer if story else str(STATE_LABELS[State(demand.state)]),
        "service_name": kind.name if kind else str(_("not yet sorted")),
        "service_code": kind.code if kind else "",
        "description": story.words if story else "",
        "agency_responsible": "",
        "service_notice": "",
        "requested_datetime": demand.received_at,
        "updated_datetime": max(moment for moment in moments if moment),
        "expected_datetime": demand.answer_by,
        "address": spot.name if spot else "",
        "address_id": building.name if building else "",
        "zipcode": "",
        "lat": building.latitude if building else None,
        "long": building.longitude if building else None,
        "media_url": photo_url(photos[0].code) if photos else "",
    }


def _shown_story(demand: Demand) -> Story | None:
    """Its words, once the desk has shown them without their people."""
    story: Story | None = getattr(demand, "story", None)
    return story if story and story.taken_back_at is None and not demand.is_open else None


def receipt_of(demand: Demand) -> Answer:
    """What whoever sent a request is told at once."""
    return {
        "service_request_id": demand.need.number,
        "service_notice": str(STATE_LABELS[State(demand.state)]),
        "account_id": None,
    }
