"""Ties drafts to Django: the act that ends one, the sweep, what is told and erased, the menu."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DraftsConfig(AppConfig):
    """Half-typed forms."""

    name = "mulin.ground.drafts"
    label = "drafts"

    def ready(self) -> None:
        from mulin.ground.audit.actions import register_sequel
        from mulin.ground.community import menu
        from mulin.ground.community.rules import HANDLER_ROLES
        from mulin.ground.drafts.actions import end_with_act
        from mulin.ground.drafts.holdings import drafts_told, erase_drafts
        from mulin.ground.drafts.jobs import forget
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.people.rules import register_eraser, register_teller

        register_sequel(end_with_act)
        register_sweep("drafts", timedelta(hours=6), forget)
        register_teller("drafts.draft", drafts_told)
        register_eraser("drafts.draft", erase_drafts)
        menu.register(
            menu.Entry(
                _("Begun and not sent"), "drafts:mine", "pencil", roles=HANDLER_ROLES,
                group=_("My day"), order=31,
            )
        )  # fmt: skip
