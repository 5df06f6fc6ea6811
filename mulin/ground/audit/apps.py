"""Ties the audit floor to Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "mulin.ground.audit"
    label = "audit"
