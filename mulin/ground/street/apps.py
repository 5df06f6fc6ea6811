"""Ties the street to Django: its sweep, its verbs, its menu, what it owes."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StreetConfig(AppConfig):
    """The street office above its communities."""

    name = "mulin.ground.street"
    label = "street"

    def ready(self) -> None:
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community import menu
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.rules import Role
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.street import dues
        from mulin.ground.street.actions.sums import sums_sweep
        from mulin.ground.street.listings import LISTINGS

        register_listing(*LISTINGS, room=_("The street"))
        register_parts("street", dues.parts, *dues.TOLD)
        register_sweep("street_sums", timedelta(hours=1), sums_sweep)
        name_topics({"street": _("matters handed up to the street")})
        name_verbs(
            {
                "street.give_grant": _("let the street look"),
                "street.end_grant": _("ended a grant to the street"),
                "street.take": _("took over what was handed up"),
                "street.answer": _("answered what was handed up"),
                "street.give_back": _("gave back what was handed up"),
            }
        )
        overseer, group = frozenset({Role.STREET_OVERSEER}), _("The street")
        menu.register(
            menu.Entry(
                _("Communities side by side"), "street:overview", "chart-column", roles=overseer,
                group=group, order=2,
            )
        )  # fmt: skip
        menu.register(
            menu.Entry(
                _("Handed up to us"), "street:handed-list", "clipboard-list", roles=overseer, group=group,
                order=3,
            )
        )  # fmt: skip
        menu.register(
            menu.Entry(
                _("What the street sees"), "street:grants", "eye", roles=frozenset({Role.HEAD}),
                group=_("The house"), order=88,
            )
        )  # fmt: skip
