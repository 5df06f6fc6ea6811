"""Ties the ten-minute circle together."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "proximity.read_map": _("read a walking map"),
    "proximity.take_in_map": _("took a walking map in"),
    "proximity.leave_map": _("left a walking map out"),
    "proximity.correct": _("corrected the walking map"),
    "proximity.take_back": _("took a correction of the map back"),
}


class ProximityConfig(AppConfig):
    name = "mulin.circle.proximity"
    label = "proximity"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.circle.proximity.api import CALLS
        from mulin.circle.proximity.figures import figures
        from mulin.circle.proximity.listings import LISTINGS
        from mulin.circle.proximity.painting import paint
        from mulin.circle.proximity.queries import (
            home_for_chat,
            place_for_chat,
            ways_between,
            with_service,
        )
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import DESK_ROLES
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.sharing import register_shared
        from mulin.ground.places.walking.picture import register_painter
        from mulin.ground.places.walking.table import register_network

        register_listing(*LISTINGS, room=_("What is near me"))
        group = _("Ten-minute circle")
        for entry in (
            Entry(_("Who lacks what"), "proximity:coverage", "map-pin", DESK_ROLES, "desk", group,
                  "", 70),
            Entry(_("The next place"), "proximity:next", "map-pin", DESK_ROLES, "desk", group, "",
                  71),
            Entry(_("Walking map"), "proximity:map", "route", DESK_ROLES, "desk", group, "", 72),
            Entry(_("What is near me"), "proximity:around", "map-pin", None, "resident", "", "",
                  30),
        ):  # fmt: skip
            register(entry)
        register_way(
            Way(
                what=_("See what can be reached in ten minutes on foot"),
                pages=frozenset({"proximity:around", "proximity:place", "proximity:wall"}),
                by_call=_("Call us and say your building: we tell you what is near and open."),
                on_paper=_("The sheet of your building hangs in its hall, or is printed at the desk."),
                at_the_desk="proximity:coverage",
                order=24,
            )
        )  # fmt: skip
        for figure in figures(with_service):
            register_figure(figure)
        register_shared("proximity.home", home_for_chat)
        register_shared("proximity.place", place_for_chat)
        register_network(ways_between)
        register_painter(paint)
        for call in CALLS:
            register_call(call)
        name_verbs(VERBS)
