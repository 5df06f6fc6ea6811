"""Ties the places floor to Django: its menu, and what it holds of a person."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    """Buildings and places."""

    name = "mulin.ground.places"
    label = "places"

    def ready(self) -> None:
        # The registries need the models, and those need every app to be known.
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import HANDLER_ROLES
        from mulin.ground.people.rules import register_eraser, register_teller
        from mulin.ground.places import actions, queries

        register_teller("residences", queries.residences_told)
        register_eraser("places.residence", actions.forget_homes)
        register(
            Entry(
                _("Buildings and places"),
                "places:list",
                "map-pin",
                roles=HANDLER_ROLES,
                group=_("The roll"),
                order=42,
            )
        )
