"""What the community knows better than the map, as a file."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.circle.proximity.models import (
    MapCorrection,
)
from mulin.circle.proximity.permissions import may_keep_map
from mulin.ground.downloads.tables import table

LISTINGS: Final = (
    table(
        "proximity.corrections", _("Corrections of the walking map"), MapCorrection,
        may=may_keep_map, order=66, when="made_at", related=("made_by",), about_persons=False,
        columns=(
            (_("What"), "fix"), (_("Note"), "words"),
            (_("East and north, degree"), lambda row: "；".join(f"{e},{n}" for e, n in row.line)),
            (_("Private"), "is_private"), (_("Opens"), "opens"), (_("Closes"), "closes"),
            (_("Since"), "made_at"), (_("Written by"), "made_by.display_name"),
            (_("Taken back"), "taken_back_at"),
        ),
    ),
)  # fmt: skip
