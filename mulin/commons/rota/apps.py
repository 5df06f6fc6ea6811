"""Ties the rota together."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RotaConfig(AppConfig):
    name = "mulin.commons.rota"
    label = "rota"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.rota.registry import DutyKind, register
        from mulin.ground.community.rules import DESK_ROLES

        register(DutyKind("front-desk", _("Front desk"), DESK_ROLES))
