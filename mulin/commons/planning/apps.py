"""Ties planning to Django: it has commands, and no tables."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "mulin.commons.planning"
    label = "planning"
