"""Ties the kit into Django: its templates, styles and template tags. It has no tables."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """The floor without tables that every room stands on."""

    name = "mulin.kit"
    label = "kit"
