"""Ties the flow to Django, and to what is told and erased of a person."""

from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "mulin.commons.flow"
    label = "flow"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.flow.holdings import erase_needs, needs_told
        from mulin.ground.people.rules import register_eraser, register_teller

        register_teller("flow.need", needs_told)
        register_eraser("flow.need", erase_needs)
