"""What the room owes: somebody who is due or was missed, a service, an assessment, a trial that ends."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.models import WAY_LABELS, Elder, Pair, ServiceOrder
from mulin.circle.elders.permissions import may_keep
from mulin.circle.elders.queries import helpers_of, owed_by_desk, to_assess
from mulin.circle.elders.rules import PairState, Way
from mulin.ground.community.dues import Asked, Due, Found, Kind, Part, line_of_mine
from mulin.ground.community.rules import Harm
from mulin.kit.clock import local_day


def parts(asked: Asked) -> Iterator[Part]:
    """For the desk all; for a helper the doors of their round, and for kin whom nobody found."""
    if asked.actor.person_id is not None and not may_keep(asked.actor):
        paired = Pair.objects.alive().filter(helper__in=helpers_of(asked.actor)).values("elder")
        yield Part(
            "elders.round",
            Elder.objects.in_care().filter(pk__in=paired, due_at__lte=asked.until),
            harm=Harm.FRAIL, due="due_at", said=("due_way",),
        )  # fmt: skip
        near = Elder.objects.near_to(asked.actor).exclude(person=asked.actor.person_id)
        yield Part("elders.missed", near.filter(misses__gt=0), harm=Harm.FRAIL, due="due_at")
    if not may_keep(asked.actor):
        return
    yield Part(
        "elders.contact",
        owed_by_desk(asked.now, asked.until),
        harm="harm",
        due="due_at",
        said=("person__name", "person__address", "due_way", "misses"),
    )
    yield Part(
        "elders.order",
        ServiceOrder.objects.open().filter(due_at__lte=asked.until),
        harm=Harm.FRAIL,
        due="due_at",
        said=("elder__person__name", "service__name"),
    )
    yield Part(
        "elders.assessment",
        to_assess(local_day(asked.until)),
        harm=Harm.PROMISE,
        under="elder_id",
        said=("elder__person__name",),
    )
    yield Part(
        "elders.trial",
        Pair.objects.filter(state=PairState.TRIAL, trial_until__lte=asked.until),
        harm=Harm.COURTESY,
        due="trial_until",
        said=("elder__person__name", "helper__person__name"),
    )


def _tell_round(asked: Asked, row: Found) -> Due:
    way = row.said[0]
    return line_of_mine(
        asked, row, what=str(_("Somebody of your round")),
        why=WAY_LABELS[Way(way)] if way else "", url=reverse("elders:round"),
    )  # fmt: skip


def _tell_missed(asked: Asked, row: Found) -> Due:
    return line_of_mine(
        asked, row, what=str(_("Somebody of your family")), why=_("was not found: look in"),
        url=reverse("elders:mine"),
    )  # fmt: skip


def _tell_contact(_asked: Asked, row: Found) -> Due:
    name, address, way, misses = row.said
    why = WAY_LABELS[Way(way)] if way else ""
    return Due(
        kind=row.kind, number=row.number, what=f"{name} · {address}" if address else name,
        why=_("was not found: look in") if misses != "0" else why, harm=Harm(row.harm),
        due_at=row.due_at, url=reverse("elders:elder", args=[row.number]), opens_beside=False,
    )  # fmt: skip


def _tell_order(_asked: Asked, row: Found) -> Due:
    name, service = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=f"{name} · {service}",
        why=_("a service was asked for"), harm=Harm(row.harm), due_at=row.due_at,
        url=reverse("elders:services"), opens_beside=False,
    )  # fmt: skip


def _tell_assessment(_asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=row.said[0], why=_("abilities are assessed again"),
        harm=Harm(row.harm), due_at=row.due_at, url=reverse("elders:elder", args=[row.under]),
        opens_beside=False,
    )  # fmt: skip


def _tell_trial(_asked: Asked, row: Found) -> Due:
    elder, helper = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=f"{elder} · {helper}",
        why=_("the trial of a pair ends: ask both"), harm=Harm(row.harm), due_at=row.due_at,
        url=reverse("elders:pairs"), opens_beside=False,
    )  # fmt: skip


#: What is told of the rows that `parts` gives.
TOLD: Final = (
    (Kind("elders.round", _("my round"), "elders:round"), _tell_round),
    (Kind("elders.missed", _("family not found"), "elders:mine"), _tell_missed),
    (Kind("elders.contact", _("elders to look in on"), "elders:due"), _tell_contact),
    (Kind("elders.order", _("services for elders"), "elders:services"), _tell_order),
    (Kind("elders.assessment", _("assessments"), "elders:people"), _tell_assessment),
    (Kind("elders.trial", _("pairs on trial"), "elders:pairs"), _tell_trial),
)
