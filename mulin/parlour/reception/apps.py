"""Ties reception together: receiver, figures, sweeps, menu."""

from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    name = "mulin.parlour.reception"
    label = "reception"
