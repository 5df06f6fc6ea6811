"""Ties the tenant floor to Django."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from mulin.kit.scoping import protect_tables


def protect_tenant_tables(**_kwargs: Any) -> None:
    """After every migration: force row-level security on each table that has a community."""
    from mulin.ground.community.tenancy import tenant_models

    protect_tables([model._meta.db_table for model in tenant_models()])


class CommunityConfig(AppConfig):
    """The tenant floor."""

    name = "mulin.ground.community"
    label = "community"

    def ready(self) -> None:
        # Not bound to one sender: tables of later apps are protected when theirs are made.
        post_migrate.connect(protect_tenant_tables, dispatch_uid="protect_tenant_tables")
