"""Ties upkeep to Django. It has no tables: what it did stands among the sweeps and in the acts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {"restore_backup": _("put a backup in place")}


class UpkeepConfig(AppConfig):
    """Backup, restore, moving."""

    name = "mulin.ground.upkeep"
    label = "upkeep"

    def ready(self) -> None:
        from mulin.ground.audit.verbs import name_verbs

        name_verbs(VERBS)
