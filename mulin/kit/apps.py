"""Ties the kit into Django: its templates, styles and template tags. It has no tables."""

from django.apps import AppConfig

from mulin.kit.ciphers import share_keys


class KitConfig(AppConfig):
    """The floor without tables that every room stands on."""

    name = "mulin.kit"
    label = "kit"

    def ready(self) -> None:
        share_keys()
