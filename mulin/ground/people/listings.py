"""The roll as it is taken away. Numbers stand in it as the page shows them, never in full."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.ground.people.forms import RollListForm
from mulin.ground.people.models import (
    Affiliation,
    Consent,
    Household,
    Organisation,
    Person,
    PersonQuerySet,
)
from mulin.ground.people.queries import roll


def _roll(actor: Actor, values: Mapping[str, Any], _now: datetime) -> PersonQuerySet:
    grid = values.get("grid")
    found = roll(actor, query=values.get("q") or "", grid_id=grid.pk if grid else None)
    persons: PersonQuerySet = found.select_related("household").defer("id_number", "born_on")
    return persons


def _columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(gettext_lazy("Name"), lambda row: row.name),
        Column(gettext_lazy("Sex"), lambda row: row.get_sex_display()),
        Column(gettext_lazy("Year of birth"), lambda row: row.birth_year),
        Column(gettext_lazy("Phone"), lambda row: row.masked_phone),
        Column(gettext_lazy("Lives at"), lambda row: row.address),
        Column(gettext_lazy("Grid"), lambda row: row.grid and row.grid.name),
        Column(gettext_lazy("Household"), lambda row: row.household and row.household.name),
        Column(gettext_lazy("Belongs"), lambda row: row.get_residency_display()),
        Column(
            gettext_lazy("Party member"), lambda row: _("yes") if row.is_party_member else _("no")
        ),
    )


def _is_desk(actor: Actor) -> bool:
    return actor.is_desk


LISTINGS = (
    Listing(
        name="people.roll", label=gettext_lazy("People on the roll"), columns=_columns, rows=_roll,
        may=_is_desk, form=RollListForm, order=20, holds=(Person, Household),
    ),
)  # fmt: skip


TABLES = (
    table(
        "people.organisations", gettext_lazy("Organisations"), Organisation, may=_is_desk, order=21,
        related=("merged_into",), about_persons=False, columns=(
            (gettext_lazy("Name"), "name"), (gettext_lazy("Kind"), "kind"), (gettext_lazy("Phone"), "phone"), (gettext_lazy("Address"), "address"),
            (gettext_lazy("Closed"), "closed_at"), (gettext_lazy("Merged into"), "merged_into.name"),
        ),
    ),
    table(
        "people.affiliations", gettext_lazy("People of organisations"), Affiliation, may=_is_desk, order=21,
        related=("organisation", "person"), columns=(
            (gettext_lazy("Organisation"), "organisation.name"), (gettext_lazy("Name"), "person.name"), (gettext_lazy("Post"), "post"),
            (gettext_lazy("Since"), "since"), (gettext_lazy("Until"), "until"),
        ),
    ),
    table(
        "people.consents", gettext_lazy("Consents"), Consent, may=_is_desk, order=21, when="at",
        related=("person", "guardian"), columns=(
            (gettext_lazy("Name"), "person.name"), (gettext_lazy("Used for"), "purpose"), (gettext_lazy("Agreed"), "is_given"),
            (gettext_lazy("When"), "at"), (gettext_lazy("Guardian"), "guardian.name"),
        ),
    ),
)  # fmt: skip
