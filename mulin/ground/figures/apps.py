"""Ties the figures floor to Django."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "mulin.ground.figures"
    label = "figures"
