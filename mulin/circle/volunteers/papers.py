"""Certificates on paper: kept as they were printed, for the volunteer and whoever issues them."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.circle.volunteers.models import Volunteer
from mulin.circle.volunteers.permissions import is_themselves
from mulin.commons.paper.registry import HandedUse
from mulin.ground.community.rules import Actor

CERTIFICATE: Final = "certificate"


def may_print(by: Actor, volunteer_id: int) -> bool:
    """The volunteer, and whoever keeps the volunteers' lists."""
    found = Volunteer.objects.filter(pk=volunteer_id).select_related("person").first()
    return found is not None and is_themselves(by, found.person)


HANDED: Final = HandedUse(
    kind=CERTIFICATE, label=_("Certificates handed out"), model=Volunteer._meta.label_lower,
    page="volunteers:volunteer", may=may_print,
)  # fmt: skip
