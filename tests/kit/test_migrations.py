"""Tables that are made together are the tables that Django makes one by one."""

import pytest
from django.apps import apps
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader

from mulin.kit.migrations import TablesTogether


@pytest.fixture
def loader():
    return MigrationLoader(None)


def made_by(migration, loader, apply):
    """The SQL of a migration, and what Django knows afterwards."""
    before = loader.project_state((migration.app_label, migration.name), at_end=False)
    assert before.apps.get_models()
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        after = apply(migration, before, editor, collect_sql=True)
        sql = [*editor.collected_sql, *map(str, editor.deferred_sql)]
    sql = [line for line in sql if not line.startswith("--")]
    models = {
        model._meta.label: sorted(field.name for field in model._meta.get_fields())
        for model in after.apps.get_models()
    }
    return sql, after, models


@pytest.mark.parametrize("label", ["survey", "places"])
def test_tables_made_together_are_those_made_one_by_one(
    label, loader, django_db_setup, django_db_blocker
):
    migration = loader.disk_migrations[label, "0001_initial"]
    assert isinstance(migration, TablesTogether)
    with django_db_blocker.unblock():  # outside a transaction, and nothing is written
        together = made_by(migration, loader, TablesTogether.apply)
        one_by_one = made_by(migration, loader, migrations.Migration.apply)
    assert together == one_by_one
    assert len(together[0]) > len(apps.get_app_config(label).models)
