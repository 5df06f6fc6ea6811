"""Ties the people floor to Django: its address book, sweep, menu, and what an erasure leaves."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """The roll."""

    name = "mulin.ground.people"
    label = "people"

    def ready(self) -> None:
        # The registries need the models, and those need every app to be known.
        from mulin.ground.community.menu import Entry, register  # noqa: PLC0415
        from mulin.ground.community.rules import HANDLER_ROLES  # noqa: PLC0415
        from mulin.ground.notify.addresses import register_address_book  # noqa: PLC0415
        from mulin.ground.notify.sweeps import register_sweep  # noqa: PLC0415
        from mulin.ground.people import addresses, holdings, jobs  # noqa: PLC0415

        register_address_book(addresses.KIND, addresses.person_book)
        register_sweep("stale_roll_previews", timedelta(hours=6), jobs.drop_stale_previews)
        holdings.register()
        register(
            Entry(
                _("People"),
                "people:list",
                "users",
                roles=HANDLER_ROLES,
                group=_("The roll"),
                key="p",
                order=40,
            )
        )
        register(
            Entry(
                _("Organisations"),
                "people:organisations",
                "store",
                roles=HANDLER_ROLES,
                group=_("The roll"),
                order=41,
            )
        )
        register(
            Entry(_("What is held of me"), "people:mine", "shield-check", face="resident", order=60)
        )
