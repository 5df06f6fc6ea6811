"""What the room owes: corrections, certificates, wishes, insurance, posts nobody has taken."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.circle.volunteers.models import Activity, Certificate, Correction, Duty, Shift, Wish
from mulin.circle.volunteers.permissions import may_keep
from mulin.circle.volunteers.rules import Stand
from mulin.commons.gatherings.rules import State
from mulin.ground.community.dues import Asked, Due, Found, Kind, Part, line_of_mine
from mulin.ground.community.rules import Harm

#: A post that nobody has taken is owed so long before.
FILLED_WITHIN: Final = timedelta(days=3)
#: A volunteer sees the shifts of the week.
_SHIFTS_AHEAD: Final = timedelta(days=7)


def parts(asked: Asked) -> Iterator[Part]:
    """A volunteer's own shifts; the rest is the keepers'."""
    if asked.actor.person_id is not None:
        yield Part(
            "volunteers.duty",
            Duty.objects.going().filter(
                volunteer__person=asked.actor.person_id,
                shift__activity__gathering__state=State.PLANNED,
                shift__activity__gathering__ends_at__gt=asked.now,
                shift__activity__gathering__starts_at__lte=asked.until + _SHIFTS_AHEAD,
            ),
            harm=Harm.PROMISE, due="shift__activity__gathering__starts_at",
            said=("shift__activity__gathering__title", "shift__post"),
        )  # fmt: skip
    if not may_keep(asked.actor):
        return
    soon = {
        "activity__gathering__state": State.PLANNED,
        "activity__gathering__starts_at__gt": asked.now,
        "activity__gathering__starts_at__lte": asked.until + FILLED_WITHIN,
    }
    yield Part(
        "volunteers.post",
        Shift.objects.filter(**soon)
        .annotate(going=Count("duties", filter=Q(duties__stand=Stand.GOING)))
        .filter(going__lt=F("wanted")),
        harm=Harm.PROMISE, due="activity__gathering__starts_at", under="activity_id",
        said=("post", "activity__gathering__title"),
    )  # fmt: skip
    yield Part(
        "volunteers.insurance",
        Activity.objects.filter(
            **{name.removeprefix("activity__"): value for name, value in soon.items()},
            kind__is_risky=True, insurance="",
        ),
        harm=Harm.LIFE, due="gathering__starts_at", said=("gathering__title",),
    )  # fmt: skip
    yield Part(
        "volunteers.correction", Correction.objects.filter(decided_at__isnull=True),
        harm=Harm.COURTESY, due="asked_at",
        said=("volunteer__person__name", "activity__gathering__title"),
    )  # fmt: skip
    yield Part(
        "volunteers.certificate",
        Certificate.objects.filter(issued_at__isnull=True, revoked_at__isnull=True),
        harm=Harm.COURTESY, due="asked_at", said=("volunteer__person__name",),
    )  # fmt: skip
    yield Part(
        "volunteers.wish", Wish.objects.filter(ended_at__isnull=True), harm=Harm.COURTESY,
        due="at", said=("title",),
    )  # fmt: skip


def _due(asked: Asked, row: Found, url: str, why: str | Promise) -> Due:
    return Due(
        kind=row.kind, number=row.number, what=" · ".join(filter(None, row.said)), why=why,
        harm=Harm(row.harm), due_at=row.due_at, holder_id=asked.actor.account_id, url=url,
        opens_beside=False,
    )  # fmt: skip


def _tell_duty(asked: Asked, row: Found) -> Due:
    return line_of_mine(
        asked, row, what=" · ".join(filter(None, row.said)), why=_("you said that you come"),
        url=reverse("volunteers:mine"),
    )  # fmt: skip


def _tell_post(asked: Asked, row: Found) -> Due:
    url = reverse("volunteers:work", args=[row.under])
    return _due(asked, row, url, _("nobody has taken this post yet"))


def _tell_insurance(asked: Asked, row: Found) -> Due:
    url = reverse("volunteers:work", args=[row.number])
    return _due(asked, row, url, _("it may be dangerous: note the insurance"))


def _tell_correction(asked: Asked, row: Found) -> Due:
    return _due(asked, row, reverse("volunteers:open"), _("says that other times are right"))


def _tell_certificate(asked: Asked, row: Found) -> Due:
    return _due(asked, row, reverse("volunteers:open"), _("asks for a certificate"))


def _tell_wish(asked: Asked, row: Found) -> Due:
    return _due(asked, row, reverse("volunteers:open"), _("was asked for: plan it, or say why not"))


#: What is told of the rows that `parts` gives.
TOLD: Final = (
    (Kind("volunteers.duty", _("my shifts"), "volunteers:mine"), _tell_duty),
    (Kind("volunteers.post", _("posts nobody has taken"), "volunteers:desk"), _tell_post),
    (Kind("volunteers.insurance", _("insurances to note"), "volunteers:desk"), _tell_insurance),
    (Kind("volunteers.correction", _("corrections of hours"), "volunteers:open"), _tell_correction),
    (Kind("volunteers.certificate", _("certificates to issue"), "volunteers:open"), _tell_certificate),
    (Kind("volunteers.wish", _("activities asked for"), "volunteers:open"), _tell_wish),
)  # fmt: skip
