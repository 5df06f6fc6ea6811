"""Ties the flow to Django."""

from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "mulin.commons.flow"
    label = "flow"
