"""Ties the roof to Django: its menu entries, its address book, its sweep."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    """The roof: it knows all rooms and holds no rule."""

    name = "mulin.site"
    label = "site"

    def ready(self) -> None:
        # The models of the floors below are there only now.
        from mulin.ground.audit.jobs import anchor_heads
        from mulin.ground.community import menu
        from mulin.ground.community.rules import DESK_ROLES, Role
        from mulin.ground.notify.addresses import register_address_book
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.site import address_book, jobs

        register_address_book(address_book.KIND, address_book.login_code_book)
        # The record of acts lies below the sweeps and cannot register its own.
        register_sweep("anchor_heads", timedelta(days=1), anchor_heads)
        register_sweep("tidy_up", timedelta(hours=6), jobs.tidy_up)
        keepers = frozenset({Role.HEAD, Role.INSTALLER})
        menu.register(
            menu.Entry(
                _("Help somebody in"),
                "site:ways-in",
                "id-card",
                roles=DESK_ROLES,
                group=_("The roll"),
                order=60,
            )
        )
        house = _("The house")
        menu.register(
            menu.Entry(_("Team"), "site:team", "users", roles=keepers, group=house, order=80)
        )
        menu.register(
            menu.Entry(
                _("Working days"),
                "site:working-days",
                "calendar-days",
                roles=frozenset({Role.INSTALLER}),
                group=house,
                order=85,
            )
        )
        menu.register(menu.Entry(_("My account"), "site:account", "user", group=house, order=95))
        menu.register(
            menu.Entry(_("My account"), "site:account", "user", face="resident", order=95)
        )
