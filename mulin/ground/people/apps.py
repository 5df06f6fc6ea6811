"""Ties the people floor to Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "mulin.ground.people"
    label = "people"
