"""What was handed up to the street and what it was let look at, as files."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.ground.downloads.tables import for_desk, table
from mulin.ground.street.models import (
    Grant,
    HandedUp,
)
from mulin.ground.street.permissions import may_grant

LISTINGS: Final = (
    table(
        "street.handed_up", _("Handed up to the street"), HandedUp, may=for_desk, order=13,
        rows=lambda actor: HandedUp.objects.filter(community=actor.community_id), when="handed_at",
        about_persons=False, columns=(
            (_("Number"), "number"), (_("Matter"), "topic"), (_("Words"), "words"),
            (_("Handed up"), "handed_at"), (_("Back by"), "back_by"), (_("State"), "stand"),
            (_("Answer"), "answer"), (_("Ended"), "closed_at"),
        ),
    ),
    table(
        "street.grants", _("What the street was let look at"), Grant, may=may_grant, order=13,
        rows=lambda actor: Grant.objects.filter(community=actor.community_id), when="given_at",
        related=("given_by", "ended_by"), about_persons=False, columns=(
            (_("What"), "what"), (_("Reason"), "reason"), (_("Given by"), "given_by.display_name"),
            (_("Since"), "given_at"), (_("Until"), "until"), (_("Ended"), "ended_at"),
        ),
    ),
)  # fmt: skip
