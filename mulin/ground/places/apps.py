"""Ties the places floor to Django."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "mulin.ground.places"
    label = "places"
