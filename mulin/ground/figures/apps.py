"""Ties the figures floor to Django: its sweep and its menu."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FiguresConfig(AppConfig):
    """The floor on which every number stands."""

    name = "mulin.ground.figures"
    label = "figures"

    def ready(self) -> None:
        from mulin.ground.community import menu
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.rules import HANDLER_ROLES, Role
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.actions import snapshot_sweep
        from mulin.ground.figures.api import CALLS
        from mulin.ground.figures.listings import LISTINGS
        from mulin.ground.notify.sweeps import register_sweep

        register_listing(*LISTINGS, room=_("Figures"))
        for call in CALLS:
            register_call(call)
        register_sweep("figures", timedelta(hours=1), snapshot_sweep)
        menu.register(
            menu.Entry(
                _("Figures"), "figures:index", "chart-column",
                roles=HANDLER_ROLES | {Role.STREET_OVERSEER}, group=_("The house"), key="f",
                order=80,
            )
        )  # fmt: skip
