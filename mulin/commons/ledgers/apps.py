"""Ties old ledgers to Django: sweep, verbs, menu."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgersConfig(AppConfig):
    """Old ledgers, taken in from files."""

    name = "mulin.commons.ledgers"
    label = "ledgers"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.ledgers.jobs import forget_files
        from mulin.commons.ledgers.views import KEEPERS
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.notify.sweeps import register_sweep

        register_sweep("ledgers", timedelta(hours=12), forget_files)
        name_verbs(
            {
                "ledgers.look_at": _("looked at a file of an old ledger"),
                "ledgers.take_in": _("took an old ledger in"),
                "ledgers.undo": _("took an old ledger out again"),
            }
        )
        register(
            Entry(_("Old ledgers"), "ledgers:files", "upload", frozenset(KEEPERS), "desk",
                  _("The house"), "", 86)
        )  # fmt: skip
