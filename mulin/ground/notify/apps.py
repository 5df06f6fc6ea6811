"""Ties the notify floor to Django."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "mulin.ground.notify"
    label = "notify"
