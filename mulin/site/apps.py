"""Ties the roof to Django."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "mulin.site"
    label = "site"
