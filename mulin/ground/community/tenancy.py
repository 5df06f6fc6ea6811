"""Which tables belong to communities, and which stand outside, with the reason."""

from django.apps import apps
from django.db import connection, models

from mulin.kit.search import WordIndex

#: Tables that hold a community's name or no community at all, and why no scope guards them.
SHARED = {
    "community.Street": "reference: names of street offices",
    "community.Community": "the tenant itself",
    "community.Account": "one person may serve several communities; rights stand in memberships",
    "community.Membership": "asked at sign-in, before a community is chosen",
    "community.LoginCode": "belongs to a phone, before a community is chosen",
    "community.Invitation": "belongs to an account",
    "community.PersonalCard": "belongs to an account",
    "community.ShortLink": "a random code that tells the community",
    "community.WorkdayException": "reference: the calendar",
    "street.Sum": "a street reads it over communities: sums without persons, held back when small",
    "street.Grant": "a street asks it over communities: what a head lets it look at",
    "street.HandedUp": "a street reads it over communities: words that a community released",
    "notify.SweepRun": "the installation's own housekeeping, no resident's data",
}


def mulin_models() -> list[type[models.Model]]:
    """Every table of Mulin itself."""
    return [model for model in apps.get_models() if model.__module__.startswith("mulin.")]


def is_word_index(model: type[models.Model]) -> bool:
    """Indexes of salted digests: nothing readable, apart by construction (see kit.search)."""
    return issubclass(model, WordIndex)


def tenant_models() -> list[type[models.Model]]:
    """Tables guarded by a scope and, on PostgreSQL, by row-level security.

    Only those that exist already: the first migrations of a fresh database come one by one.
    """
    existing = set(connection.introspection.table_names())
    return [
        model
        for model in mulin_models()
        if model._meta.label not in SHARED
        and not is_word_index(model)
        and model._meta.db_table in existing
    ]
