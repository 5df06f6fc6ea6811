"""What mediators and their director owe today: numbers and days, never what a case is about."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.models import Agreement, Case, Committee, Promise, Seat, Sitting, Visit
from mulin.circle.mediation.rules import (
    LIVE_SEATS,
    TERM_NOTICE,
    TO_BE_REPORTED,
    Confirmation,
    SeatState,
    State,
)
from mulin.ground.community.dues import Asked, Due, Found, Kind, Part
from mulin.ground.community.rules import Harm, Role
from mulin.kit.clock import local_day

_WHY: Final[dict[str, Words]] = {
    "mediation.seat": _("you are asked to mediate"),
    "mediation.sitting": _("a sitting, or its record"),
    "mediation.promise": _("a promise falls due"),
    "mediation.visit": _("the parties are to be visited"),
    "mediation.confirm": _("the thirty days for a court run"),
    "mediation.unseated": _("nobody mediates it yet"),
    "mediation.report": _("must be reported by law"),
}


def parts(asked: Asked) -> Iterator[Part]:
    """Rows that are owed by this actor."""
    if asked.actor.has(Role.MEDIATOR):
        yield from _of_mediator(asked)
    if asked.actor.has(Role.MEDIATION_DIRECTOR):
        yield Part(
            "mediation.unseated",
            Case.objects.filter(state=State.RECEIVED).exclude(seats__state__in=LIVE_SEATS),
            harm=Harm.PROMISE, due="received_at", said=("number",),
        )  # fmt: skip
        must = Q(pk__in=())
        for one in TO_BE_REPORTED:
            # A list of words in JSON: both databases find a word in its text.
            must |= Q(stops__icontains=one.value)
        today = local_day(asked.now)
        yield Part(
            "mediation.term",
            Committee.objects.filter(ended_on__isnull=True, until__lte=today + TERM_NOTICE),
            harm=Harm.PROMISE, said=("until",),
        )  # fmt: skip
        yield Part(
            "mediation.report", Case.objects.filter(must, reported_at__isnull=True),
            harm=Harm.LIFE, due="received_at", said=("number",),
        )  # fmt: skip


def _of_mediator(asked: Asked) -> Iterator[Part]:
    mine = Seat.objects.filter(mediator__account__in=asked.accounts)
    today = local_day(asked.now)
    yield Part(
        "mediation.seat",
        mine.filter(state__in=[SeatState.ASKED, SeatState.DECLARED]).exclude(case__state=State.CLOSED),
        harm=Harm.PROMISE, due="asked_at", under="case_id", said=("case__number",),
    )  # fmt: skip
    cases = mine.filter(state=SeatState.SEATED).values("case")
    yield Part(
        "mediation.sitting",
        Sitting.objects.filter(
            case__in=cases, held_at__isnull=True, at__lte=asked.until, case__state=State.SITTING
        ),
        harm=Harm.PROMISE, due="at", under="case_id", said=("case__number",),
    )  # fmt: skip
    yield Part(
        "mediation.promise",
        Promise.objects.filter(
            agreement__case__in=cases, result="", due_on__lte=today + timedelta(days=3),
            agreement__case__state=State.AGREED,
        ),
        harm=Harm.PROMISE, under="agreement__case_id", said=("agreement__case__number",),
    )  # fmt: skip
    yield Part(
        "mediation.visit", Visit.objects.filter(case__in=cases, at__isnull=True, due_on__lte=today),
        harm=Harm.COURTESY, under="case_id", said=("case__number",),
    )  # fmt: skip
    yield Part(
        "mediation.confirm",
        Agreement.objects.filter(
            case__in=cases, confirmation=Confirmation.NONE, confirm_by__gte=today, reminders__gt=0
        ),
        harm=Harm.PROMISE, under="case_id", said=("case__number",),
    )  # fmt: skip


def _tell(asked: Asked, row: Found) -> Due:
    case = row.under or row.number
    return Due(
        kind=row.kind, number=row.number, what=row.said[0], why=_WHY[row.kind],
        harm=Harm(row.harm), due_at=row.due_at, holder_id=asked.actor.account_id,
        url=reverse("mediation:case", args=[case]), opens_beside=False,
    )  # fmt: skip


def _tell_term(asked: Asked, row: Found) -> Due:
    return Due(
        kind=row.kind, number=row.number,
        what=_("The mediation committee's term ends on %(day)s") % {"day": row.said[0]},
        why=_("the assembly of residents elects anew"), harm=Harm(row.harm), due_at=row.due_at,
        holder_id=asked.actor.account_id, url=reverse("mediation:committee"), opens_beside=False,
    )  # fmt: skip


_NAMES: Final = (
    ("mediation.seat", _("cases you are asked for")),
    ("mediation.sitting", _("sittings of mediation")),
    ("mediation.promise", _("promises of agreements")),
    ("mediation.visit", _("visits after an agreement")),
    ("mediation.confirm", _("thirty days of a court")),
    ("mediation.unseated", _("cases without a mediator")),
    ("mediation.report", _("cases to be reported")),
)
TOLD: Final = (
    *((Kind(name, label, "mediation:register"), _tell) for name, label in _NAMES),
    (Kind("mediation.term", _("the committee's term"), "mediation:committee"), _tell_term),
)
