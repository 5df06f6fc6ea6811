"""Ties the places floor to Django: its menu, and what it holds of a person."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "add_building": _("added a building"),
    "add_unit": _("added a staircase"),
    "add_dwelling": _("added a dwelling"),
    "add_dwellings": _("added dwellings"),
    "move_in": _("noted that somebody moved in"),
    "move_out": _("noted that somebody moved out"),
    "settle_by_addresses": _("settled people by their address"),
    "add_place": _("added a place"),
    "set_hours": _("set opening hours"),
    "close_place": _("closed a place"),
    "describe_place": _("described a place"),
    "places.add_photos": _("showed how a place looks"),
    "places.drop_photo": _("took a photo of a place away"),
    "locate": _("said where a building or place stands"),
    "add_season": _("set the hours of a season"),
    "end_season": _("took the hours of a season back"),
    "set_day": _("set the hours of one day"),
    "clear_day": _("took the hours of one day back"),
    "print_code": _("printed a code"),
}


class PlacesConfig(AppConfig):
    """Buildings and places."""

    name = "mulin.ground.places"
    label = "places"

    def ready(self) -> None:
        # The registries need the models, and those need every app to be known.
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import HANDLER_ROLES
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.people.rules import register_eraser, register_teller, register_under_name
        from mulin.ground.places import actions, queries
        from mulin.ground.places.figures import FIGURES
        from mulin.ground.places.listings import LISTINGS

        register_listing(*LISTINGS, room=_("Buildings and places"))
        for figure in FIGURES:
            register_figure(figure)
        register_under_name("places.Place.run_by", _("Places it runs"))
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
        name_verbs(VERBS)
