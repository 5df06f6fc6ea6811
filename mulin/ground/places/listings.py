"""Buildings, homes and places as files for the desk."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Grid
from mulin.ground.downloads.tables import for_desk, table
from mulin.ground.places.models import (
    Building,
    Dwelling,
    OpeningHours,
    Place,
    PlaceDay,
    PlaceSeason,
    Residence,
    Unit,
)

LISTINGS: Final = (
    table(
        "places.homes", _("Buildings and homes"), Dwelling, may=for_desk, order=22,
        related=("unit__building__grid",), holds=(Building, Unit, Grid), about_persons=False, columns=(
            (_("Grid"), "unit.building.grid.name"), (_("Building"), "unit.building.name"),
            (_("Staircase"), "unit.name"), (_("Dwelling"), "room"),
            (_("North, degree"), "unit.building.latitude"),
            (_("East, degree"), "unit.building.longitude"),
        ),
    ),
    table(
        "places.residences", _("Who lives where"), Residence, may=for_desk, order=22,
        related=("person", "dwelling__unit__building"), columns=(
            (_("Name"), "person.name"), (_("Dwelling"), "dwelling"), (_("Since"), "since"),
            (_("Until"), "until"),
        ),
    ),
    table(
        "places.places", _("Places"), Place, may=for_desk, order=22, about_persons=False,
        related=("grid", "building", "run_by"), columns=(
            (_("Name"), "name"), (_("Kind"), "kind"), (_("Grid"), "grid.name"),
            (_("Building"), "building.name"), (_("Run by"), "run_by.name"), (_("Phone"), "phone"),
            (_("What for"), "services_said"), (_("Capacity"), "capacity"), (_("Steps"), "steps"),
            (_("Has a ramp"), "has_ramp"), (_("Way in"), "way_in"), (_("North, degree"), "latitude"),
            (_("East, degree"), "longitude"), (_("Closed since"), "closed_at"),
        ),
    ),
    table(
        "places.hours", _("Opening hours"), OpeningHours, may=for_desk, order=22,
        related=("place", "season"), holds=(PlaceSeason,), about_persons=False, columns=(
            (_("Place"), "place.name"), (_("Season"), "season.name"), (_("Weekday"), "weekday"),
            (_("Opens"), "opens"), (_("Closes"), "closes"),
        ),
    ),
    table(
        "places.days", _("Days with other hours"), PlaceDay, may=for_desk, order=22,
        related=("place",), about_persons=False, columns=(
            (_("Place"), "place.name"), (_("Day"), "day"), (_("Opens"), "opens"),
            (_("Closes"), "closes"), (_("Why"), "why"),
        ),
    ),
)  # fmt: skip
