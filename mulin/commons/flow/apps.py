"""Ties the flow to Django, and to what is told and erased of a person."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "flow.hand_over": _("handed a need over"),
    "flow.answer": _("answered a need"),
}


class FlowConfig(AppConfig):
    name = "mulin.commons.flow"
    label = "flow"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.flow.holdings import erase_needs, needs_told
        from mulin.commons.flow.listings import LISTINGS
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import register_eraser, register_teller

        register_listing(*LISTINGS, room=_("Reception"))
        register_teller("flow.need", needs_told)
        register_eraser("flow.need", erase_needs)
        name_verbs(VERBS)
        name_topics({"need": _("news on a matter")})
